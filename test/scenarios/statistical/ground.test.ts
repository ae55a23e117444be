import { describe, expect, it } from 'vitest';
import { Floor } from '../../../scenarios/statistical/floor.ts';
import { textureInView } from '../../../scenarios/statistical/gaze.ts';
import { Ground } from '../../../scenarios/statistical/ground.ts';
import { Search } from '../../../scenarios/statistical/search.ts';
import type { Scene } from '../../../sim/scene.ts';
import { box, squareRoom } from '../room.ts';

const START = [[1, 1]] as const;
/** A wall across the room at x = 3 with a doorway at its upper end, y from 4.5 on. */
const divided = squareRoom(box({ x: 3, y: 2.25, hx: 0.06, hy: 2.25, kind: 'wall', z: 1.25, hz: 1.25 }));
const textured = (scene: Scene, bareAreas: Scene['bareAreas'] = []): Scene => ({
  ...scene,
  materials: [{ name: 'wall', texture: 90, contrast: 0.5 }],
  bareAreas,
});
const LEFT = { minX: 0, minY: 0, maxX: 3, maxY: 6, everything: false };

describe('the ground', () => {
  it('has the faces that can be seen, and meets them where they stand', () => {
    const ground = new Ground(squareRoom(), START);
    // Squares whose centre is nearer than 0.13 m to a wall belong to it: 23 of 0.25 m are left of 6 m.
    expect(ground.faces).toBe(4 * 23);
    ground.look(3, 3, 1, 0, 8, () => undefined);
    expect(ground.hitRange).toBeCloseTo(3, 0);
    expect(ground.faceAt[2 * ground.hit + 1]).toBeCloseTo(3, 0);
    ground.look(3, 3, 1, 0, 2, () => undefined);
    expect(ground.hit).toBe(-1);
  });

  it('counts walls, and hides behind them', () => {
    const ground = new Ground(divided, START);
    expect(ground.canSee(1, 1, 5, 1)).toBe(false);
    expect(ground.wallsBetween(1, 1, 5, 1)).toBe(1);
    expect(ground.canSee(1, 5.2, 5, 5.2)).toBe(true);
    expect(ground.wallsBetween(1, 5.2, 5, 5.2)).toBe(0);
  });

  it('has something for a camera where walls are not bare', () => {
    const look = { x: 1.5, y: 2, yaw: Math.PI };
    const rich = textureInView(new Ground(textured(divided), START), look, 1.5, 8);
    const bare = textureInView(new Ground(textured(divided, [LEFT]), START), look, 1.5, 8);
    expect(rich).toBeGreaterThan(0.8);
    expect(bare).toBe(0);
  });
});

describe('ways over the floor', () => {
  it('lead through the doorway, over known ground alone', () => {
    const floor = new Floor(divided, 0.22, START);
    const search = new Search(floor);
    const [from, to] = [floor.nearest(1, 1), floor.nearest(5, 1)];
    search.from(from, new Uint8Array(floor.count).fill(1));
    expect(search.metresTo(to)).toBeGreaterThan(8.5);
    expect(search.metresTo(to)).toBeLessThan(12);
    const way = search.wayTo(to);
    expect(way.at(-1)).toBe(to);
    expect(Math.max(...way.map((place) => floor.y[place]))).toBeGreaterThan(4.7);
    const known = Uint8Array.from({ length: floor.count }, (_, place) => (floor.y[place] < 4.5 ? 1 : 0));
    search.from(from, known);
    expect(search.metresTo(to)).toBe(Infinity);
  });
});
