import { describe, expect, it } from 'vitest';
import type { ImageFrame } from '../../base/sensors.ts';
import { readRenderKernels } from '../../bin/resources.ts';
import { digest } from '../../scenarios/digest.ts';
import type { RobotSetup, SimOptions } from '../../sim/options.ts';
import { SimWorld } from '../../sim/world.ts';
import { cylinder, Picture, patch, RIG, spreadOf } from './pictures.ts';
import { box, hall, profile, QUIET, robot, run } from './worlds.ts';

const render = await readRenderKernels();

function world(robots: readonly RobotSetup[], options: Partial<SimOptions> = {}): SimWorld {
  return new SimWorld({ ...QUIET, scene: hall(), robots, ...options }, render);
}

function image(from: SimWorld): ImageFrame {
  return run(from, 0.1)[0].camera as ImageFrame;
}

function bytesOf(numbers: Float32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

const { camera: NOISE } = QUIET;

describe('the image camera', () => {
  it('delivers grey and depth of what is before it', () => {
    const frame = image(world([robot(0, [2, 5, 0])]));
    expect([frame.kind, frame.width, frame.height]).toEqual(['images', 640, 480]);
    expect([frame.grey.length, frame.depth!.length]).toEqual([307_200, 307_200]);
    expect(frame.right).toBeUndefined();
    // Its camera stands at 2.1; the wall's face is at 11.94, beyond what it measures.
    expect(frame.depth![240 * 640 + 320]).toBe(0);
    const near = image(world([robot(0, [7, 5, 0])]));
    const patchOfWall = [...near.depth!.subarray(240 * 640 + 300, 240 * 640 + 340)].filter((z) => z > 0);
    expect(patchOfWall.reduce((sum, z) => sum + z, 0) / patchOfWall.length).toBeCloseTo(4.84, 1);
  });

  it('errs in depth as its options say', () => {
    const frame = image(world([robot(0, [7, 5, 0])]));
    const wall = [];
    for (let v = 160; v < 250; v++) wall.push(...frame.depth!.subarray(v * 640 + 200, v * 640 + 440));
    const known = wall.filter((z) => z > 0);
    expect(1 - known.length / wall.length).toBeCloseTo(0.03, 2);
    const [a, b] = NOISE.depthSigma;
    const sigma = a + b * 4.84 * 4.84;
    expect(spreadOf(known)).toBeGreaterThan(0.95 * sigma);
    expect(spreadOf(known)).toBeLessThan(1.05 * sigma);
  });

  it('is darker and noisier in dim light', () => {
    const seen = (light: number) => {
      const { grey } = image(world([robot(0, [7, 5, 0])], { scene: hall([], { texture: 0, light }) }));
      const wall = [];
      for (let v = 150; v < 250; v++) wall.push(...grey.subarray(v * 640 + 200, v * 640 + 440));
      return { mean: wall.reduce((sum, value) => sum + value, 0) / wall.length, sigma: spreadOf(wall) };
    };
    const [bright, dim] = [seen(1), seen(0.2)];
    expect(dim.mean).toBeLessThan(0.7 * bright.mean);
    expect(bright.sigma).toBeGreaterThan(1.4);
    expect(dim.sigma).toBeGreaterThan(1.5 * bright.sigma);
  });

  it('gives a stereo pair whose disparity is that of the depth', () => {
    const rig = { ...profile(0).rig, kind: 'stereo' as const, baseline: 0.24 };
    const setup = { ...robot(0, [7, 5, 0]), profile: profile(0, { rig }) };
    const scene = hall([], { texture: 90 });
    const { grey, right, depth } = image(world([setup], { scene }));
    expect(depth).toBeUndefined();
    const disparity = Math.round((385 * 0.24) / 4.84);
    const difference = (shift: number) => {
      const changes = [];
      for (let v = 180; v < 260; v++)
        for (let u = 200; u < 440; u++) changes.push(grey[v * 640 + u] - right![v * 640 + u - shift]);
      return spreadOf(changes);
    };
    expect(difference(disparity)).toBeLessThan(0.6 * difference(disparity + 8));
    expect(difference(disparity)).toBeLessThan(0.6 * difference(disparity - 8));
  });

  it('gives the same bytes for the same seed, others for another', () => {
    const hash = (seed: number) => {
      const own = world([robot(0, [2, 5, 0]), robot(1, [4, 5.5, 1])], {
        seed,
        scene: hall([box('clutter', 5, 5, 0.2, 0.2, 0.4, 2)], { texture: 90 }, [
          {
            route: [
              [3, 2],
              [9, 8],
            ],
            speed: 1,
            offset: 0,
          },
        ]),
      });
      return digest((update) => {
        for (let i = 0; i < 10; i++) {
          for (const { camera } of run(own, 0.1, 0.5, 0.4)) {
            const { grey, depth } = camera as ImageFrame;
            update(grey);
            update(bytesOf(depth!));
          }
        }
      });
    };
    expect(hash(1)).toBe(hash(1));
    expect(hash(1)).not.toBe(hash(2));
  });

  it('shows teammates that a robot knows by their boards, unless it is to know none', () => {
    const team = [robot(0, [6, 5, 0]), robot(1, [8, 5, 0.4])];
    const seen = (strangers: boolean) =>
      run(world(team, { strangers }), 0.1)[0].sightings.map(({ peer }) => peer);
    expect(seen(false)).toEqual([1]);
    expect(seen(true)).toEqual([]);
  });

  it('keeps the mission from depending on who looks: a robot far off changes no image', () => {
    const alone = image(world([robot(0, [2, 2, 0])]));
    const two = image(world([robot(0, [2, 2, 0]), robot(1, [2, 8, 1.57])]));
    expect(Buffer.compare(two.grey, alone.grey)).toBe(0);
    expect(Buffer.compare(bytesOf(two.depth!), bytesOf(alone.depth!))).toBe(0);
  });
});

describe('a teammate on images', () => {
  const robots = [robot(0, [2, 5, 0]), robot(1, [4, 5, Math.PI])];

  it('is known by the board it wears, and whom it really is by where it stands', () => {
    const own = world(robots);
    const [{ sightings }] = run(own, 0.1);
    expect(sightings.map(({ peer }) => peer)).toEqual([1]);
    expect(sightings[0].bodyFromPeer[0]).toBeCloseTo(2, 1);
    expect(own.truth.sighted(0)).toEqual([1]);
  });

  it('is not known where nobody is to be recognised', () => {
    const [{ sightings }] = run(world(robots, { strangers: true }), 0.1);
    expect(sightings).toEqual([]);
  });
});

describe('motion blur', () => {
  const EDGE = [70, 40, 90, 60] as const;
  const still = { vx: 0, vy: 0, turnRate: 0, exposure: 0.05 };

  /** How steep the steepest edge in the middle of the image is. */
  function steepest(picture: Picture): number {
    const pixels = patch(picture.grey(), EDGE);
    const steps = pixels.map((value, i) => (i % 20 === 0 ? 0 : Math.abs(value - pixels[i - 1])));
    return Math.max(...steps);
  }

  function pillar(): Picture {
    return new Picture(hall([], { texture: 0 }), [cylinder(6, 5.2)]);
  }

  it('is none for a camera at rest', () => {
    const picture = pillar();
    picture.draw(2, 5, 0);
    const sharp = picture.grey();
    picture.draw(2, 5, 0);
    picture.renderer.blur(still);
    expect(picture.grey()).toEqual(sharp);
  });

  it('smears by as many pixels as the camera turns', () => {
    const edge = (motion: typeof still) => {
      const picture = pillar();
      picture.draw(2, 5, 0);
      picture.renderer.blur(motion);
      return steepest(picture);
    };
    const sharp = edge(still);
    // 100 pixels a radian, 1 rad/s, 0.05 s: five pixels.
    expect(edge({ ...still, turnRate: 1 }) / sharp).toBeCloseTo(1 / 5, 1);
    // 0.8 m/s across at 3.8 m: one pixel.
    expect(edge({ ...still, vy: 3.2 }) / sharp).toBeCloseTo(1 / 4, 1);
    expect(edge({ ...still, vx: 1 }) / sharp).toBeGreaterThan(0.8);
  });

  it('is the same on an image of any width', () => {
    const blurred = (width: number) => {
      const rig = { ...RIG, width };
      const picture = new Picture(hall([], { texture: 90 }), [cylinder(6, 2.2)], { rig });
      picture.draw(2, 5, 0);
      picture.renderer.blur({ ...still, turnRate: 1 });
      return picture.grey();
    };
    // At its right border each image has less to smear.
    const [even, odd] = [blurred(160), blurred(155)];
    const apart = Array.from({ length: 155 }, (_, u) => {
      const column = Array.from({ length: 120 }, (_, v) => even[v * 160 + u] - odd[v * 155 + u]);
      return Math.max(...column.map(Math.abs));
    });
    expect(Math.max(...apart.slice(8, 144))).toBeLessThanOrEqual(2);
    expect(Math.max(...apart.slice(144))).toBeLessThan(20);
  });

  it('smears what moves before a camera at rest', () => {
    const picture = pillar();
    const [person] = picture.staged.cylinders;
    picture.draw(2, 5, 0);
    const sharp = steepest(picture);
    picture.renderer.place(person, 6, 5.2, 1, 0, 0, 3.2, true);
    picture.draw(2, 5, 0);
    picture.renderer.blur(still);
    // What it uncovers stays sharp, so half of the step does.
    expect(steepest(picture) / sharp).toBeLessThan(0.6);
  });
});

describe('boards', () => {
  it('are drawn cell by cell as they are, the right way up', () => {
    const cells = [1, 0, 0, 1, 1, 1, 0, 0, 1];
    // A square of 0.6 m that faces −x, its middle a metre up.
    const corners = [-0.3, 0.3, 1.3, -0.3, 0.3, 0.7, -0.3, -0.3, 0.7, -0.3, -0.3, 1.3];
    const picture = new Picture(hall([], { texture: 0 }), [cylinder(5, 5, { height: 0.5 })], {
      boards: [[{ corners, side: 3, cells }]],
    });
    picture.draw(3.2, 5, 0);
    const grey = picture.grey();
    // At 1.5 m a cell is 13⅓ pixels.
    const seen = cells.map((_, k) => {
      const u = Math.round(RIG.cx + ((k % 3) - 1) * (20 / 1.5));
      const v = Math.round(RIG.cy + (Math.floor(k / 3) - 1) * (20 / 1.5));
      return grey[v * RIG.width + u] > 128 ? 1 : 0;
    });
    expect(seen).toEqual(cells);
    expect(picture.depth()[60 * RIG.width + 80]).toBeCloseTo(1.5, 3);
    picture.draw(6.8, 5, Math.PI);
    expect(picture.depth()[60 * RIG.width + 80]).toBeGreaterThan(6);
  });
});
