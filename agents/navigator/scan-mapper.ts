import type { DepthScan } from '../../base/sensors.ts';
import type { Explored } from './explored.ts';
import type { OccupancyGrid } from './grid.ts';
import { SETTINGS } from './settings.ts';

const { cell, peerRadius } = SETTINGS.grid;
/** Rays stop carving this far short of what they hit: walls met at a grazing angle would be eaten away. */
const SHORT = 0.12;

/** Draws depth scans into the grid: what stands where rays end, free ground where they pass. */
export class ScanMapper {
  private readonly grid: OccupancyGrid;
  private readonly explored: Explored;
  private readonly radius: number;

  /** @param radius footprint of the robot, metres: where it stands is free */
  constructor(grid: OccupancyGrid, explored: Explored, radius: number) {
    this.grid = grid;
    this.explored = explored;
    this.radius = radius;
  }

  /**
   * @param x, y, yaw the body's pose when the scan was taken, team frame
   * @param peers x, y pairs of known robots: rays end at them, but they are not drawn
   */
  draw(scan: DepthScan, x: number, y: number, yaw: number, peers: readonly number[], time: number): void {
    const { grid, explored } = this;
    const { ranges, angleMin, angleStep, maxRange } = scan;
    grid.cover(x, y, maxRange);
    grid.beginRound();
    for (let i = 0; i < ranges.length; i++) {
      const range = ranges[i];
      if (!(range <= maxRange)) continue;
      const angle = yaw + angleMin + i * angleStep;
      const px = x + range * Math.cos(angle);
      const py = y + range * Math.sin(angle);
      if (nearAny(peers, px, py)) continue;
      const index = grid.indexAt(px, py);
      if (index >= 0 && grid.markHit(index)) explored.noteKnown(px, py);
    }
    for (let i = 0; i < ranges.length; i++) {
      const range = ranges[i];
      if (Number.isNaN(range)) continue;
      const angle = yaw + angleMin + i * angleStep;
      this.carve(x, y, Math.cos(angle), Math.sin(angle), range <= maxRange ? range - SHORT : maxRange, time);
    }
    this.carveFootprint(x, y);
  }

  /** Free cells along a ray (Amanatides & Woo 1987). */
  private carve(x: number, y: number, dx: number, dy: number, length: number, time: number): void {
    const { grid, explored } = this;
    const stepX = dx > 0 ? 1 : -1;
    const stepY = dy > 0 ? 1 : -1;
    let i = Math.floor(x / cell);
    let j = Math.floor(y / cell);
    const deltaX = dx === 0 ? Infinity : Math.abs(cell / dx);
    const deltaY = dy === 0 ? Infinity : Math.abs(cell / dy);
    let nextX = dx === 0 ? Infinity : ((i + (dx > 0 ? 1 : 0)) * cell - x) / dx;
    let nextY = dy === 0 ? Infinity : ((j + (dy > 0 ? 1 : 0)) * cell - y) / dy;
    let travelled = 0;
    while (travelled < length) {
      const index = (j - grid.minY) * grid.width + i - grid.minX;
      if (grid.markFree(index)) explored.noteKnown((i + 0.5) * cell, (j + 0.5) * cell);
      if (nextX < nextY) {
        travelled = nextX;
        nextX += deltaX;
        i += stepX;
      } else {
        travelled = nextY;
        nextY += deltaY;
        j += stepY;
      }
    }
    for (let along = 0.5; along < length; along += 1) explored.noteSeen(x + along * dx, y + along * dy, time);
  }

  private carveFootprint(x: number, y: number): void {
    const { grid, explored, radius } = this;
    for (let py = y - radius; py <= y + radius; py += cell) {
      for (let px = x - radius; px <= x + radius; px += cell) {
        const index = grid.indexAt(px, py);
        const inside = (px - x) * (px - x) + (py - y) * (py - y) <= radius * radius;
        if (inside && index >= 0 && grid.markFree(index)) explored.noteKnown(px, py);
      }
    }
  }
}

function nearAny(peers: readonly number[], x: number, y: number): boolean {
  for (let i = 0; i < peers.length; i += 2) {
    const dx = peers[i] - x;
    const dy = peers[i + 1] - y;
    if (dx * dx + dy * dy < peerRadius * peerRadius) return true;
  }
  return false;
}
