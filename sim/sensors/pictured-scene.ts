import type { Pose } from '../../base/se3.ts';
import type { CameraRig } from '../../base/sensors.ts';
import type { Cylinder, Obstacles } from '../geometry/obstacles.ts';
import type { WornBoard } from '../render/boards.ts';
import type { RenderKernels } from '../render/load.ts';
import type { Renderer } from '../render/renderer.ts';
import { type StagedScene, stageScene } from '../render/surfaces.ts';
import type { Scene } from '../scene.ts';

/** Everything there is to see, ready to be drawn where it stands now. */
export class PicturedScene {
  readonly renderer: Renderer;
  private readonly obstacles: Obstacles;
  private readonly staged: StagedScene;

  /**
   * @param rigs of all cameras that will look at it
   * @param boards what each cylinder of `obstacles` wears, in their order
   */
  constructor(
    scene: Scene,
    obstacles: Obstacles,
    kernels: RenderKernels,
    rigs: readonly CameraRig[],
    boards: readonly (readonly WornBoard[])[] = [],
  ) {
    this.obstacles = obstacles;
    this.staged = stageScene(scene, obstacles, boards);
    this.renderer = kernels.newRenderer(
      this.staged.stage,
      Math.max(...rigs.map(({ width, height }) => width * height)),
      Math.max(...rigs.map(({ height }) => height)),
    );
  }

  /** @param self what carries the camera, which it does not see */
  draw(rig: CameraRig, sceneFromBody: Pose, self: Cylinder): void {
    this.arrange();
    const skipped = this.staged.cylinders[this.obstacles.cylinders.indexOf(self)] ?? -1;
    this.renderer.draw(rig, sceneFromBody, skipped);
  }

  private arrange(): void {
    const { loose, cylinders } = this.obstacles;
    const { renderer, staged } = this;
    for (let i = 0; i < loose.count; i++) {
      const { x, y, cos, sin } = loose;
      renderer.place(staged.loose[i], x[i], y[i], cos[i], sin[i], 0, 0, true);
    }
    for (let i = 0; i < cylinders.length; i++) {
      const { x, y, yaw, vx, vy, present } = cylinders[i];
      renderer.place(staged.cylinders[i], x, y, Math.cos(yaw), Math.sin(yaw), vx, vy, present);
    }
  }
}
