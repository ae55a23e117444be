import type { Random } from '../../base/random.ts';
import { wrapAngle } from '../../base/se3.ts';
import type { JointEstimate } from './estimate.ts';
import { fan } from './gaze.ts';
import type { Radio } from './radio.ts';
import type { Robot } from './robot.ts';
import type { Site } from './site.ts';
import type { Tables } from './tables.ts';
import type { Anchor, TeamMap } from './team-map.ts';

/** Robots hang on a new anchor this far from the one before, metres. */
const SPACING = 3;
/** A place can be known again from this near to where it was mapped, looking about the same way: metres, radians. */
const NEAR = 2;
const SAME_WAY = 0.9;
/** σ of a pose relative to a place known again: metres, metres, radians; one's own, a teammate's. */
const OWN_SIGMAS = [0.02, 0.02, 0.004];
const MATES_SIGMAS = [0.04, 0.04, 0.008];
/** Map points that a place known again shares. */
const SHARED = 40;
/** Texture in view that lets a place be known again: of this bin or above. */
const KNOWABLE = 2;

/** What robots see of the scene: surfaces they map, floor they know, places they know again. */
export class Mapping {
  private readonly site: Site;
  private readonly tables: Tables;
  private readonly estimate: JointEstimate;
  private readonly map: TeamMap;
  private readonly radio: Radio;
  private readonly random: Random;
  private readonly anchors: Anchor[] = [];
  /** By robot: faces it has seen itself. */
  private readonly seen: readonly Uint8Array[];
  private readonly noise = new Float64Array(3);
  private tick = 0;

  constructor(
    site: Site,
    tables: Tables,
    estimate: JointEstimate,
    map: TeamMap,
    radio: Radio,
    robots: readonly Robot[],
    random: Random,
  ) {
    this.site = site;
    this.tables = tables;
    this.estimate = estimate;
    this.map = map;
    this.radio = radio;
    this.random = random;
    this.anchors = robots.map(({ anchor }) => anchor);
    this.seen = robots.map(() => new Uint8Array(site.ground.faces));
  }

  /** A robot looks around it. @returns faces it had not seen before, with something on them */
  look(robot: Robot, time: number, seconds: number): number {
    const { x, y } = robot.driver;
    const { fov, maxRange } = robot.profile.scan;
    const { ground, placeOf } = this.site;
    const { knowledge } = robot;
    const variance = robot.positionSigma * robot.positionSigma;
    const stand = { robot: robot.index, x, y, anchor: robot.anchor };
    const seen = this.seen[robot.index];
    const passed = (cell: number) => {
      if (placeOf[cell] >= 0) knowledge.note(placeOf[cell], time);
    };
    let fresh = 0;
    // Every other tick the rays fall between those of the tick before.
    const shift = this.tick++ % 2 === 0 ? 0.25 : 0.75;
    const texture = fan(ground, robot.driver, fov, maxRange, shift, passed, (face, ux, uy, range) => {
      this.map.see(face, stand, ux, uy, range, variance);
      if (seen[face]) return;
      seen[face] = 1;
      if (ground.isTextured(face)) fresh++;
    });
    robot.camera.look(texture, seconds);
    this.hold(robot, texture, time, seconds);
    return fresh;
  }

  /** Keeps a robot's map hanging on an anchor near by: one it knows again, or a new one. */
  private hold(robot: Robot, texture: number, time: number, seconds: number): void {
    const { driver, camera, anchor } = robot;
    if (camera.tracks) this.recognise(robot, seconds);
    if (robot.anchor !== anchor) return;
    const [dx, dy] = [driver.x - anchor.x, driver.y - anchor.y];
    if (dx * dx + dy * dy < SPACING * SPACING) return;
    const pose = this.estimate.clone(robot.index);
    const textured = camera.tracks && texture >= this.tables.texture[KNOWABLE - 1];
    const { x, y, yaw } = driver;
    robot.anchor = { pose, x, y, yaw, robot: robot.index, time, textured };
    this.anchors.push(robot.anchor);
  }

  private recognise(robot: Robot, seconds: number): void {
    const { own, mates } = this.tables.recognises;
    const mine = this.nearest(robot, true);
    if (mine && this.random.chance(own * seconds)) {
      this.measure(robot, mine, OWN_SIGMAS);
      robot.anchor = mine;
    }
    const theirs = this.nearest(robot, false);
    if (!theirs || !this.random.chance(mates * seconds)) return;
    this.measure(robot, theirs, MATES_SIGMAS);
    this.radio.share(robot.index, theirs.robot, SHARED);
  }

  private nearest(robot: Robot, own: boolean): Anchor | undefined {
    const { x, y, yaw } = robot.driver;
    let found: Anchor | undefined;
    let least = NEAR * NEAR;
    for (const anchor of this.anchors) {
      if (!anchor.textured || (anchor.robot === robot.index) !== own) continue;
      const [dx, dy] = [anchor.x - x, anchor.y - y];
      const away = dx * dx + dy * dy;
      if (away >= least || Math.abs(wrapAngle(anchor.yaw - yaw)) > SAME_WAY) continue;
      if (!own && anchor.time > this.radio.knows(robot.index, anchor.robot)) continue;
      if (!this.site.ground.canSee(x, y, anchor.x, anchor.y)) continue;
      least = away;
      found = anchor;
    }
    return found;
  }

  private measure(robot: Robot, anchor: Anchor, sigmas: readonly number[]): void {
    const { x, y } = robot.driver;
    sigmas.forEach((sigma, k) => {
      this.noise[k] = this.random.normal(sigma);
    });
    this.estimate.measure(anchor.pose, robot.index, x - anchor.x, y - anchor.y, sigmas, this.noise);
  }
}
