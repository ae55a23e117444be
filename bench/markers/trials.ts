import type { Random } from '../../base/random.ts';
import { between, compose, log, type Pose, planarPose, wrapAngle } from '../../base/se3.ts';
import type { PeerSighting } from '../../base/sensors.ts';
import { FreeSpace } from '../../sim/geometry/free-space.ts';
import { Obstacles } from '../../sim/geometry/obstacles.ts';
import { boardsOf, MAST_FOOT, PLATE } from '../../sim/markers/board.ts';
import { inverse6 } from '../../sim/markers/normal-equations.ts';
import type { SimOptions } from '../../sim/options.ts';
import type { RenderKernels } from '../../sim/render/load.ts';
import { cylinderOf } from '../../sim/robot.ts';
import { BoardSpotter } from '../../sim/sensors/board-spotter.ts';
import { exposureIn } from '../../sim/sensors/exposure.ts';
import { ImageCamera } from '../../sim/sensors/image-camera.ts';
import { PicturedScene } from '../../sim/sensors/pictured-scene.ts';
import { PeerDetector } from '../../sim/sensors/sightings.ts';

/** How the one that looks moves, and the light it looks by. */
export interface Condition {
  readonly name: string;
  /** m/s, rad/s. */
  readonly speed: number;
  readonly turnRate: number;
  /** 0…1. */
  readonly light: number;
}

/** What became of one look at a teammate in the open. */
export interface Trial {
  readonly condition: string;
  readonly range: number;
  readonly images: Outcome;
  readonly features: Outcome;
  /** CPU milliseconds to find the boards in the image. */
  readonly cost: number;
}

/** Nothing: not seen. */
export type Outcome = Errors | undefined;

export interface Errors {
  /** Metres, then radians: of the distance on the floor, of the bearing, of roll, pitch and heading. */
  readonly range: number;
  readonly bearing: number;
  readonly tilts: readonly [roll: number, pitch: number];
  readonly heading: number;
  /** Squared error in units of the covariance: of six degrees of freedom. */
  readonly nees: number;
  readonly mistaken: boolean;
}

/** Bearings either way, radians. */
const BEARING = Math.PI / 6;
const IDS = [0, 1, 2, 3, 4, 5, 6, 7];
const BODY_CLEARANCE = 0.05;

/** Two robots put anywhere in a scene, the one in sight of the other. */
export class Trials {
  private readonly options: SimOptions;
  private readonly render: RenderKernels;
  private readonly random: Random;
  private readonly space: FreeSpace;
  private readonly places: number[];

  /** @param options of a scenario of two robots or more */
  constructor(options: SimOptions, render: RenderKernels, random: Random) {
    const { bounds, solids } = options.scene;
    this.options = options;
    this.render = render;
    this.random = random;
    this.space = new FreeSpace(bounds, solids, options.robots[0].profile.radius + BODY_CLEARANCE);
    const [x, y] = options.scene.starts[0];
    this.places = [...this.space.flood(x, y)].flatMap((steps, k) => (steps >= 0 ? [k] : []));
  }

  /** @param count looks at each range */
  run(condition: Condition, ranges: readonly number[], count: number): Trial[] {
    const { robots, camera, sightings } = this.options;
    const random = this.random.fork(condition.name);
    const scene = { ...this.options.scene, light: condition.light };
    const { profile } = robots[0];
    const [self, mate] = robots.map(cylinderOf);
    const obstacles = new Obstacles(scene, [self, mate]);
    const pictured = new PicturedScene(
      scene,
      obstacles,
      this.render,
      [profile.rig],
      [boardsOf(0), boardsOf(1)],
    );
    const lens = new ImageCamera(profile.rig, camera, scene, pictured, random.fork('camera'));
    const spotter = new BoardSpotter(profile);
    const model = new PeerDetector(
      profile,
      sightings,
      obstacles,
      exposureIn(camera, scene),
      random.fork('model'),
    );
    const pairs = ranges.flatMap((range) =>
      Array.from({ length: count }, () => this.place(range, obstacles)),
    );
    return pairs.flatMap((pair) => {
      if (!pair) return [];
      const { range, sceneFromSelf, sceneFromMate } = pair;
      const [vx, vy] = forwards(sceneFromSelf, condition.speed);
      const [mateVx, mateVy] = forwards(sceneFromMate, condition.speed);
      Object.assign(self, { x: sceneFromSelf[0], y: sceneFromSelf[1], yaw: yawOf(sceneFromSelf), vx, vy });
      Object.assign(mate, {
        x: sceneFromMate[0],
        y: sceneFromMate[1],
        yaw: yawOf(sceneFromMate),
        vx: mateVx,
        vy: mateVy,
      });
      const { turnRate } = condition;
      const frame = lens.capture({ sceneFromBody: sceneFromSelf, vx, vy, turnRate, self });
      const motion = { linear: condition.speed, angular: turnRate };
      const looker = { id: 0, sceneFromBody: sceneFromSelf, cylinder: self, velocity: motion };
      const mateMotion = { linear: condition.speed, angular: 0 };
      const seenMate = { id: 1, sceneFromBody: sceneFromMate, cylinder: mate, velocity: mateMotion };
      const team = [looker, seenMate];
      const start = process.cpuUsage();
      const images = spotter.look(looker, team, IDS, frame);
      const { user, system } = process.cpuUsage(start);
      const truth = between(sceneFromSelf, sceneFromMate);
      const [seen, told] = [images, model.look(looker, team, IDS)].map(([one]) => one?.sighting);
      return [
        {
          condition: condition.name,
          range,
          images: seen && errorsOf(seen, truth),
          features: told && errorsOf(told, truth),
          cost: (user + system) / 1000,
        },
      ];
    });
  }

  /** Nothing where the scene has no such place, or none was found in a while. */
  private place(range: number, obstacles: Obstacles) {
    const { random, space, places } = this;
    for (let attempt = 0; attempt < 200; attempt++) {
      const k = random.pick(places);
      const sceneFromSelf = planarPose(space.x(k), space.y(k), random.uniform(-Math.PI, Math.PI));
      const bearing = random.uniform(-BEARING, BEARING);
      const selfFromMate = planarPose(
        range * Math.cos(bearing),
        range * Math.sin(bearing),
        random.uniform(-Math.PI, Math.PI),
      );
      const sceneFromMate = compose(sceneFromSelf, selfFromMate);
      if (!space.freeAt(sceneFromMate[0], sceneFromMate[1])) continue;
      if (this.inTheOpen(sceneFromSelf, sceneFromMate, obstacles))
        return { range, sceneFromSelf, sceneFromMate };
    }
    return undefined;
  }

  private inTheOpen(sceneFromSelf: Pose, [x, y]: Pose, obstacles: Obstacles): boolean {
    const eye = compose(sceneFromSelf, this.options.robots[0].profile.rig.bodyFromCamera);
    obstacles.focus(eye[0], eye[1], 20, obstacles.cylinders);
    const [away, side] = [Math.hypot(x - eye[0], y - eye[1]), PLATE / 2];
    const [left, up] = [(-side * (y - eye[1])) / away, (side * (x - eye[0])) / away];
    return [MAST_FOOT, MAST_FOOT + 2 * PLATE].every((height) =>
      [-1, 1].every(
        (way) => !obstacles.blocked(eye[0], eye[1], eye[2], x + way * left, y + way * up, height),
      ),
    );
  }
}

function forwards(sceneFromBody: Pose, speed: number): [number, number] {
  const yaw = yawOf(sceneFromBody);
  return [speed * Math.cos(yaw), speed * Math.sin(yaw)];
}

function yawOf(pose: Pose): number {
  return 2 * Math.atan2(pose[5], pose[6]);
}

function errorsOf({ peer, bodyFromPeer, covariance }: PeerSighting, truth: Pose): Errors {
  const error = log(between(truth, bodyFromPeer));
  const information = inverse6(covariance);
  let nees = 0;
  for (let i = 0; i < 36; i++)
    nees += information ? information[i] * error[Math.floor(i / 6)] * error[i % 6] : Number.NaN;
  const [x, y] = bodyFromPeer;
  return {
    range: Math.hypot(x, y) - Math.hypot(truth[0], truth[1]),
    bearing: wrapAngle(Math.atan2(y, x) - Math.atan2(truth[1], truth[0])),
    tilts: [error[3], error[4]],
    heading: error[5],
    nees,
    mistaken: peer !== 1,
  };
}
