import { planarPose, poseOf } from '../../base/se3.ts';
import type { CameraRig } from '../../base/sensors.ts';
import { readRenderKernels } from '../../bin/resources.ts';
import { type Cylinder, Obstacles } from '../../sim/geometry/obstacles.ts';
import type { WornBoard } from '../../sim/render/boards.ts';
import type { Renderer } from '../../sim/render/renderer.ts';
import { type StagedScene, stageScene } from '../../sim/render/surfaces.ts';
import type { Scene } from '../../sim/scene.ts';

/** A camera one metre above the floor that looks along the body's x axis. */
export const RIG: CameraRig = {
  kind: 'rgbd',
  width: 160,
  height: 120,
  fx: 100,
  fy: 100,
  cx: 79.5,
  cy: 59.5,
  baseline: 0.1,
  closeDepth: 4,
  bodyFromCamera: poseOf(0, 0, 1, -0.5, 0.5, -0.5, 0.5),
  pyramid: { levels: 8, scaleFactor: 1.2 },
};

export const NOBODY = -1;
const render = await readRenderKernels();

/** A scene in front of a camera without noise. */
export class Picture {
  readonly rig: CameraRig;
  readonly obstacles: Obstacles;
  readonly staged: StagedScene;
  readonly renderer: Renderer;

  constructor(
    scene: Scene,
    cylinders: readonly Cylinder[] = [],
    { rig = RIG, boards = [] }: { rig?: CameraRig; boards?: readonly (readonly WornBoard[])[] } = {},
  ) {
    this.rig = rig;
    this.obstacles = new Obstacles(scene, cylinders);
    this.staged = stageScene(scene, this.obstacles, boards);
    this.renderer = render.newRenderer(this.staged.stage, rig.width * rig.height, rig.height);
  }

  draw(x: number, y: number, yaw: number, skipped = NOBODY): void {
    this.renderer.draw(this.rig, planarPose(x, y, yaw), skipped);
  }

  grey(): Uint8Array {
    return this.renderer.readGrey(1, 0, 1);
  }

  depth(): Float32Array {
    const range = { nearest: 0, farthest: 1000 };
    return this.renderer.readDepth({ sigma: [0, 0], dropout: 0, seed: 1, ...range });
  }
}

export function cylinder(x: number, y: number, changes: Partial<Cylinder> = {}): Cylinder {
  return { x, y, yaw: 0, vx: 0, vy: 0, radius: 0.25, height: 1.75, present: true, ...changes };
}

export function spreadOf(values: ArrayLike<number>): number {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return Math.sqrt(list.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / list.length);
}

/** Pixels of a rectangle, row by row. */
export function patch(
  image: Uint8Array,
  [left, top, right, bottom]: readonly [number, number, number, number],
): number[] {
  const out: number[] = [];
  for (let v = top; v < bottom; v++) out.push(...image.subarray(v * RIG.width + left, v * RIG.width + right));
  return out;
}
