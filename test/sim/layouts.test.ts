import { describe, expect, it } from 'vitest';
import { buildScene } from '../../sim/build-scene.ts';
import { Boxes } from '../../sim/geometry/boxes.ts';
import { FreeSpace, HEADROOM } from '../../sim/geometry/free-space.ts';
import { openTraps } from '../../sim/layouts/populate.ts';
import type { LayoutOptions } from '../../sim/options.ts';
import type { Scene } from '../../sim/scene.ts';
import { APPEARANCE, box } from './worlds.ts';

function layout(kind: 'office' | 'warehouse' | 'corridors' | 'plaza', seed: number): LayoutOptions {
  const [width, depth] = { office: [30, 22], warehouse: [36, 24], corridors: [44, 26], plaza: [40, 36] }[
    kind
  ];
  return { kind, seed, width, depth, clutter: 0.5, people: 3 };
}

const built = new Map<string, Scene>();

/** A scene in the usual clothes; tests share it. */
function sceneOf(kind: Parameters<typeof layout>[0], seed: number): Scene {
  const key = `${kind}${seed}`;
  const scene = built.get(key) ?? buildScene(layout(kind, seed), APPEARANCE);
  built.set(key, scene);
  return scene;
}

describe.each(['office', 'warehouse', 'corridors', 'plaza'] as const)('the %s layout', (kind) => {
  it.each([1, 2])('lets a robot get everywhere (seed %i)', (seed) => {
    const scene = sceneOf(kind, seed);
    for (const [radius, share] of [
      [0.22, 0.999],
      [0.3, 0.99],
    ]) {
      const space = new FreeSpace(scene.bounds, scene.solids, radius, 0.07);
      const steps = space.flood(scene.starts[0][0], scene.starts[0][1]);
      let free = 0;
      let reached = 0;
      for (let k = 0; k < steps.length; k++) {
        if (space.isFree(k)) free++;
        if (steps[k] >= 0) reached++;
      }
      expect(reached / free).toBeGreaterThan(share);
    }
  });

  it.each([1, 2])('has places for a team to start together (seed %i)', (seed) => {
    const { starts, solids, bounds } = sceneOf(kind, seed);
    expect(starts.length).toBeGreaterThanOrEqual(8);
    const low = new Boxes(solids.filter((solid) => solid.z - solid.hz < HEADROOM));
    const steps = new FreeSpace(bounds, solids, 0.22).flood(starts[0][0], starts[0][1]);
    const space = new FreeSpace(bounds, solids, 0.22);
    for (const [x, y] of starts) {
      for (let i = 0; i < low.count; i++) expect(low.distance(i, x, y)).toBeGreaterThanOrEqual(0.5);
      expect(steps[space.cellAt(x, y)]).toBeGreaterThanOrEqual(0);
    }
    for (const [x, y] of starts.slice(0, 4)) {
      expect(Math.hypot(x - starts[0][0], y - starts[0][1])).toBeLessThan(3.5);
    }
    starts.forEach(([x, y], i) => {
      for (const [ox, oy] of starts.slice(0, i)) expect(Math.hypot(x - ox, y - oy)).toBeGreaterThan(1);
    });
  });

  it('keeps its geometry, people and starts under another appearance', () => {
    const plain = sceneOf(kind, 2);
    const other = buildScene(layout(kind, 2), {
      seed: 9,
      texture: 5,
      bare: 0.6,
      repeated: 0.7,
      light: 0.3,
      bareAreas: [[1, 1, 3, 3]],
    });
    const geometry = (scene: typeof plain) => ({
      solids: scene.solids.map(({ material: _, ...rest }) => rest),
      persons: scene.persons,
      starts: scene.starts,
      bounds: scene.bounds,
    });
    expect(geometry(other)).toEqual(geometry(plain));
    expect(other.solids.map(({ material }) => material)).not.toEqual(
      plain.solids.map(({ material }) => material),
    );
  });

  it('comes from its seed alone', () => {
    const again = buildScene(layout(kind, 1), APPEARANCE);
    expect(JSON.stringify(again)).toBe(JSON.stringify(sceneOf(kind, 1)));
    expect(sceneOf(kind, 2).solids).not.toEqual(again.solids);
  });
});

describe('layouts', () => {
  it('leave corridors plain in any appearance, rooms not', () => {
    const { bareAreas } = sceneOf('corridors', 1);
    const lengths = bareAreas.map((a) => Math.max(a.maxX - a.minX, a.maxY - a.minY));
    expect(lengths.length).toBeGreaterThanOrEqual(4);
    expect(Math.min(...lengths)).toBeGreaterThan(8);
    expect(sceneOf('office', 1).bareAreas).toEqual([]);
    expect(buildScene(layout('office', 1), { ...APPEARANCE, bare: 1 }).bareAreas.length).toBeGreaterThan(15);
  });

  it('take away furniture that closes floor off, and only that', () => {
    const bounds = { minX: 0, minY: 0, maxX: 9, maxY: 9 };
    const fence = [
      box('furniture', 6, 4.5, 1.5, 0.2, 0.8),
      box('furniture', 4.5, 6, 0.2, 1.5, 0.8),
      box('furniture', 7.5, 6, 0.2, 1.5, 0.8),
      box('furniture', 6, 7.5, 1.5, 0.2, 0.8),
    ];
    const solids = [box('furniture', 2, 2, 0.5, 0.5, 0.8), box('wall', 4.5, 0.1, 4.5, 0.1, 2.7), ...fence];
    openTraps(solids, bounds, [1, 4]);
    expect(solids).toHaveLength(5);
    expect(solids[0].x).toBe(2);
  });

  it('route people over free floor', () => {
    const scene = sceneOf('office', 2);
    expect(scene.persons).toHaveLength(3);
    const space = new FreeSpace(scene.bounds, scene.solids, 0.25, 0.05);
    for (const { route } of scene.persons) {
      for (let i = 1; i < route.length; i++) expect(space.straight(...route[i - 1], ...route[i])).toBe(true);
    }
  });

  it.each([
    ['layout:', { ...layout('office', 1), width: 6 }],
    ['layout.clutter', { ...layout('office', 1), clutter: 3 }],
    ['layout.people', { ...layout('office', 1), people: -1 }],
  ])('refuse what cannot be built (%s)', (where, options) => {
    expect(() => buildScene(options as LayoutOptions, APPEARANCE)).toThrow(where);
  });

  it('refuse an appearance out of range', () => {
    expect(() => buildScene(layout('office', 1), { ...APPEARANCE, light: 2 })).toThrow('appearance.light');
  });
});
