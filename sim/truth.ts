import type { Pose } from '../base/se3.ts';
import type { Obstacles } from './geometry/obstacles.ts';
import type { Walker } from './physics/people.ts';
import type { Robot } from './robot.ts';
import type { Scene } from './scene.ts';

/** What only an evaluator may know. No sensor packet carries any of it. */
export class GroundTruth {
  readonly scene: Scene;
  private readonly robots: ReadonlyMap<number, Robot>;
  private readonly obstacles: Obstacles;
  private readonly walkers: readonly Walker[];

  constructor(scene: Scene, robots: readonly Robot[], obstacles: Obstacles, walkers: readonly Walker[]) {
    this.scene = scene;
    this.robots = new Map(robots.map((robot) => [robot.id, robot]));
    this.obstacles = obstacles;
    this.walkers = walkers;
  }

  /** A robot's body now, scene frame; of a dead one, where it died. @throws RangeError for an unknown robot */
  sceneFromBody(agent: number): Pose {
    return this.robot(agent).sceneFromBody.slice();
  }

  /** m/s along its heading and rad/s, now. */
  velocity(agent: number): { readonly linear: number; readonly angular: number } {
    return this.robot(agent).velocity;
  }

  alive(agent: number): boolean {
    return this.robot(agent).isAlive;
  }

  /** Whom the sightings of a robot's last packet really show, in their order. */
  sighted(observer: number): readonly number[] {
    return this.robot(observer).sighted;
  }

  /** Where the loose solids of the scene are now, by rising id: metres, radians. */
  loose(): { readonly id: number; readonly x: number; readonly y: number; readonly yaw: number }[] {
    const { loose, looseSolids } = this.obstacles;
    return looseSolids.map(({ id }, i) => {
      const yaw = Math.atan2(loose.sin[i], loose.cos[i]);
      return { id, x: loose.x[i], y: loose.y[i], yaw };
    });
  }

  /** Where people are now, in the order of `Scene.persons`. */
  persons(): { readonly x: number; readonly y: number }[] {
    return this.walkers.map(({ cylinder: { x, y } }) => ({ x, y }));
  }

  private robot(agent: number): Robot {
    const robot = this.robots.get(agent);
    if (!robot) throw new RangeError(`there is no robot ${agent}`);
    return robot;
  }
}
