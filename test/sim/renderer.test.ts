import { describe, expect, it } from 'vitest';
import { compose, planarPose, rotationMatrix } from '../../base/se3.ts';
import { castRays } from '../../bench/renderer/ray-caster.ts';
import { drawAtlas } from '../../sim/render/glyphs.ts';
import type { Scene } from '../../sim/scene.ts';
import { cylinder, NOBODY, Picture, patch, RIG, spreadOf } from './pictures.ts';
import { box, hall } from './worlds.ts';

const FURNITURE = [
  { ...box('furniture', 6, 3, 0.7, 0.35, 0.74), yaw: 0.4 },
  box('furniture', 9, 7, 0.4, 0.2, 1.9),
  { ...box('wall', 8, 5, 0.6, 0.06, 0.6), z: 2.4 },
  box('clutter', 5, 6, 0.2, 0.2, 0.4, 3),
];
const VIEWS = [
  [2, 5, 0],
  [5, 5, 0.8],
  [10.5, 8.5, -2.4],
  [5, 5.6, 1.5],
] as const;
const MIDDLE = 60 * RIG.width + 80;

function busyHall(): Picture {
  return new Picture(hall(FURNITURE), [cylinder(4, 5.5), cylinder(7, 4, { radius: 0.22, height: 0.45 })]);
}

/** A hall in which every surface is of one material. */
function hallOf(name: string, texture = 90): Scene {
  const scene = hall([], { texture });
  const material = scene.materials.findIndex((m) => m.name === name);
  return { ...scene, solids: scene.solids.map((solid) => ({ ...solid, material })) };
}

describe('the renderer', () => {
  it('shows at every pixel the surface that a ray through it meets first', () => {
    const picture = busyHall();
    const atlas = drawAtlas();
    for (const [x, y, yaw] of VIEWS) {
      picture.draw(x, y, yaw);
      const depth = picture.depth();
      const grey = picture.grey();
      const rays = castRays(picture.staged.stage, RIG, planarPose(x, y, yaw), NOBODY, atlas);
      const off = rays.depth.filter((z, i) => Math.abs(depth[i] - z) > 1e-3 * z);
      // Where two surfaces meet, a pixel is a mixture of both.
      const other = rays.grey.filter((value, i) => Math.abs(grey[i] - value) > 3);
      expect(off.length).toBeLessThan(5);
      expect(other.length).toBeLessThan(0.03 * grey.length);
    }
  });

  it('agrees with what stops light in the rest of the simulator', () => {
    const picture = busyHall();
    for (const [x, y, yaw] of VIEWS) {
      picture.draw(x, y, yaw);
      const depth = picture.depth();
      const eye = compose(planarPose(x, y, yaw), RIG.bodyFromCamera);
      const r = rotationMatrix(eye);
      picture.obstacles.focus(eye[0], eye[1], 30, []);
      let off = 0;
      for (let v = 0; v < RIG.height; v++) {
        for (let u = 0; u < RIG.width; u++) {
          const [a, b] = [(u - RIG.cx) / RIG.fx, (v - RIG.cy) / RIG.fy];
          const [dx, dy, dz] = [0, 1, 2].map((i) => r[3 * i] * a + r[3 * i + 1] * b + r[3 * i + 2]);
          const flat = dz < 0 ? -eye[2] / dz : dz > 0 ? (2.7 - eye[2]) / dz : 30;
          const solid = 30 * picture.obstacles.free(eye[0], eye[1], eye[2], 30 * dx, 30 * dy, 30 * dz);
          if (Math.abs(depth[v * RIG.width + u] - Math.min(flat, solid)) > 0.005) off++;
        }
      }
      // Round things are drawn with 24 sides.
      expect(off).toBeLessThan(0.005 * RIG.width * RIG.height);
    }
  });

  it('shows what moves where it is now, and neither what is gone nor what carries the camera', () => {
    const picture = new Picture(hall(), [cylinder(5, 5)]);
    const [person] = picture.staged.cylinders;
    const ahead = (skipped?: number) => {
      picture.draw(2, 5, 0, skipped);
      return picture.depth()[MIDDLE];
    };
    expect(ahead()).toBeCloseTo(2.75, 2);
    expect(ahead(person)).toBeCloseTo(9.94, 2);
    picture.renderer.place(person, 4, 5, 1, 0, 0, 0, true);
    expect(ahead()).toBeCloseTo(1.75, 2);
    picture.renderer.place(person, 4, 5, 1, 0, 0, 0, false);
    expect(ahead()).toBeCloseTo(9.94, 2);
  });

  it('draws steps at edges as mixtures', () => {
    const picture = new Picture(hall([{ ...box('furniture', 6, 5, 0.5, 0.5, 2), yaw: 0.3 }], { texture: 0 }));
    picture.draw(2, 5, 0.02);
    const levels = (image: ArrayLike<number>) => new Set(Array.from(image)).size;
    const rays = castRays(picture.staged.stage, RIG, planarPose(2, 5, 0.02), NOBODY, drawAtlas());
    expect(levels(picture.grey())).toBeGreaterThan(levels(rays.grey.map(Math.round)) + 3);
  });
});

describe('textures', () => {
  const WALL = [20, 40, 140, 75] as const;

  it('are there where the material says so, and in bare places are not', () => {
    const seen = (scene: Scene) => {
      const picture = new Picture(scene);
      picture.draw(9, 5, 0);
      return spreadOf(patch(picture.grey(), WALL));
    };
    const textured = hallOf('wall');
    const rich = seen(textured);
    expect(rich).toBeGreaterThan(2);
    expect(seen(hallOf('bare'))).toBe(0);
    const area = { minX: 10, minY: 0, maxX: 12, maxY: 10, everything: false };
    expect(seen({ ...textured, bareAreas: [area] })).toBe(0);
    const beside = seen({ ...textured, bareAreas: [{ ...area, maxY: 5 }] });
    expect(beside).toBeGreaterThan(0);
    expect(beside).toBeLessThan(rich);
  });

  it('repeat where the material does, and nowhere else', () => {
    const shift = (name: string, by: number) => {
      const picture = new Picture(hallOf(name));
      const [a, b] = [4, 4 + by].map((y) => {
        picture.draw(9, y, 0);
        return patch(picture.grey(), WALL);
      });
      return spreadOf(a.map((value, i) => value - b[i]));
    };
    expect(shift('panels', 1.5)).toBeLessThan(0.3);
    expect(shift('panels', 0.7)).toBeGreaterThan(3);
    expect(shift('wall', 1.5)).toBeGreaterThan(3);
  });

  it('depend on the appearance seed, not on when they are drawn', () => {
    const seen = (seed: number) => {
      const picture = new Picture(hall([], { texture: 90, seed }));
      picture.draw(9, 5, 0);
      return picture.grey();
    };
    expect(seen(1)).toEqual(seen(1));
    expect(seen(2)).not.toEqual(seen(1));
  });

  it('fade with distance rather than flicker', () => {
    const far = new Picture(hallOf('wall', 200), [], { rig: { ...RIG, fx: 12, fy: 12 } });
    const middle = [75, 57, 85, 61] as const;
    const at = (y: number) => {
      far.draw(2, y, 0);
      return patch(far.grey(), middle);
    };
    const still = at(5);
    // A pixel is 0.8 m wide there: a finger's breadth must not change it.
    const changes = [5.01, 5.02, 5.05].map((y) => Math.max(...at(y).map((v, i) => Math.abs(v - still[i]))));
    expect(Math.max(...changes)).toBeLessThanOrEqual(3);
  });
});
