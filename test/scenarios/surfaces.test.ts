import { describe, expect, it } from 'vitest';
import { Surfaces } from '../../scenarios/evaluate/surfaces.ts';
import type { Solid } from '../../sim/scene.ts';
import { box, ROOM_CELLS, squareRoom } from './room.ts';

const explorers = { starts: [[3, 3]] as const, radius: 0.22, range: 8 };
const cellsOf = (...solids: Solid[]) => new Surfaces(squareRoom(...solids), explorers).count;

describe('reachable surface', () => {
  it('is the inside of a room, not the outside of its walls', () => {
    expect(cellsOf()).toBe(ROOM_CELLS);
  });

  it('has the sides of a pillar too', () => {
    expect(cellsOf(box({ x: 1.5, y: 3, hx: 0.2, hy: 0.3 }))).toBe(ROOM_CELLS + 2 * 4 + 2 * 6);
  });

  it('leaves out what can be pushed, and what the scan passes over or under', () => {
    const at = { x: 1.5, y: 3, hx: 0.2, hy: 0.2 };
    expect(cellsOf(box({ ...at, mass: 5 }))).toBe(ROOM_CELLS);
    expect(cellsOf(box({ ...at, z: 0.72, hz: 0.02 }))).toBe(ROOM_CELLS);
    expect(cellsOf(box({ ...at, z: 0.1, hz: 0.1 }))).toBe(ROOM_CELLS);
  });

  it('leaves out wall hidden behind a cupboard, and the side by which they touch', () => {
    // 1 m wide against the wall y = 0: ten wall cells gone; its front and two sides of 0.5 m are there instead.
    expect(cellsOf(box({ x: 3, y: 0.25, hx: 0.5, hy: 0.25 }))).toBe(ROOM_CELLS - 10 + 10 + 2 * 5);
  });

  it('ends where a robot cannot get to look: a closed chamber', () => {
    const wall = box({ x: 3, y: 2, hx: 3, hy: 0.05, z: 1.25, hz: 1.25 });
    // Of the room y > 2.05 is left: its far wall, the partition, and 39.5 cells on either side.
    expect(cellsOf(wall)).toBeGreaterThanOrEqual(60 + 60 + 2 * 39);
    expect(cellsOf(wall)).toBeLessThanOrEqual(60 + 60 + 2 * 40);
  });

  it('reaches as far as the scan through a gap too narrow for a robot', () => {
    const left = box({ x: 1.4, y: 2, hx: 1.4, hy: 0.05, z: 1.25, hz: 1.25 });
    const right = box({ x: 4.6, y: 2, hx: 1.4, hy: 0.05, z: 1.25, hz: 1.25 });
    const closed = cellsOf(box({ x: 3, y: 2, hx: 3, hy: 0.05, z: 1.25, hz: 1.25 }));
    const slit = cellsOf(left, right);
    expect(slit).toBeGreaterThan(closed + 20);
    expect(slit).toBeLessThan(ROOM_CELLS + 56);
  });

  it('works for solids at an angle', () => {
    expect(cellsOf(box({ x: 1.5, y: 3, hx: 0.3, hy: 0.3, yaw: 0.5 }))).toBe(ROOM_CELLS + 4 * 6);
  });
});

describe('which cell a ray hit', () => {
  const surfaces = new Surfaces(squareRoom(), explorers);

  it('is the one it meets from the front, with the true range', () => {
    const cell = surfaces.hit(3, 3, 1, 0, 3.05);
    expect(cell).toBeGreaterThanOrEqual(0);
    expect(surfaces.hitRange).toBeCloseTo(3, 12);
    expect(surfaces.hit(3, 2, 1, 0, 2.9)).not.toBe(cell);
  });

  it('is none where something else was in the way, or nothing where it measured', () => {
    expect(surfaces.hit(3, 3, 1, 0, 2)).toBe(-1);
    expect(surfaces.hit(3, 3, 1, 0, 7)).toBe(-1);
    expect(surfaces.hit(7, 3, -1, 0, 1)).toBe(-1);
  });

  it('follows a grazing ray to where it truly ends, whatever its noise', () => {
    const slant = Math.atan2(0.1, 3);
    const [dx, dy, range] = [Math.cos(slant), Math.sin(slant), 0.1 / Math.sin(slant)];
    const cell = surfaces.hit(1, 5.9, dx, dy, range);
    expect(surfaces.hit(1, 5.9, dx, dy, range + 0.15)).toBe(cell);
    expect(surfaces.hitRange).toBeCloseTo(range, 9);
  });
});
