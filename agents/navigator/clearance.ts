import type { OccupancyGrid } from './grid.ts';
import { SETTINGS } from './settings.ts';

const { cell } = SETTINGS.grid;
const STRAIGHT = 5;
const DIAGONAL = 7;
const FAR = 60;

/** Chamfer units a metre. */
export const CHAMFER = STRAIGHT / cell;

/**
 * Distance of every cell of the grid to the nearest obstacle, in chamfer units up to 60 (1.2 m), after Borgefors (1986).
 * @param obstacles further obstacles as x, y, radius triples (metres) that are not in the grid
 * @param out one value a cell
 */
export function computeClearance(grid: OccupancyGrid, obstacles: readonly number[], out: Uint8Array): void {
  const { evidence, width, height } = grid;
  for (let i = 0; i < evidence.length; i++) out[i] = evidence[i] > 0 ? 0 : FAR;
  for (let k = 0; k < obstacles.length; k += 3)
    stamp(grid, obstacles[k], obstacles[k + 1], obstacles[k + 2], out);
  for (let row = 1; row < height; row++) {
    for (let i = row * width + 1, end = (row + 1) * width - 1; i < end; i++) relax(out, i, -1, -width);
  }
  for (let row = height - 2; row >= 0; row--) {
    for (let i = (row + 1) * width - 2, end = row * width; i > end; i--) relax(out, i, 1, width);
  }
}

/** Takes over what is nearer by way of the neighbours in the direction of the sweep. */
function relax(out: Uint8Array, i: number, step: number, row: number): void {
  let least = out[i];
  if (least <= STRAIGHT) return;
  const beside = out[i + step] + STRAIGHT;
  const across = out[i + row] + STRAIGHT;
  const corner = out[i + row + step] + DIAGONAL;
  const far = out[i + row - step] + DIAGONAL;
  if (beside < least) least = beside;
  if (across < least) least = across;
  if (corner < least) least = corner;
  if (far < least) least = far;
  out[i] = least;
}

function stamp(grid: OccupancyGrid, x: number, y: number, radius: number, out: Uint8Array): void {
  const centre = grid.indexAt(x, y);
  if (centre >= 0) out[centre] = 0;
  for (let py = y - radius; py <= y + radius; py += cell) {
    for (let px = x - radius; px <= x + radius; px += cell) {
      const index = grid.indexAt(px, py);
      if (index >= 0 && (px - x) * (px - x) + (py - y) * (py - y) <= radius * radius) out[index] = 0;
    }
  }
}
