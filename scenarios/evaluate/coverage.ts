import type { ScanEvent } from '../../agents/events.ts';
import { type Pose, rotationMatrix, transformPoint } from '../../base/se3.ts';
import type { Anchors } from './anchors.ts';
import type { Surfaces } from './surfaces.ts';
import type { Stand } from './track.ts';

/** A cell counts as placed accurately within this distance of where it truly is, metres. */
const ACCURATE = 0.1;
const UNSEEN = Number.POSITIVE_INFINITY;

/** Noise of a scan's range: σ(r) = a + b·r², metres. */
export type RangeSigma = readonly [number, number];

/**
 * Which surface cells the team has seen, and where its map places them as it stands now. Each agent keeps its best view of
 * a cell (smallest own variance of position and range) in the frame of the keyframe it hung on, so that the view
 * moves as the keyframe does; among agents the best view counts again. Nothing is fitted.
 */
export class Coverage {
  private readonly surfaces: Surfaces;
  private readonly anchors: readonly Anchors[];
  private readonly rangeSigma: RangeSigma;
  private readonly views: readonly Views[];
  private readonly seenBy: Uint8Array;
  private seenCount = 0;

  /** @param anchors one an agent, in the order of `observe`'s `agent` */
  constructor(surfaces: Surfaces, anchors: readonly Anchors[], rangeSigma: RangeSigma) {
    this.surfaces = surfaces;
    this.anchors = anchors;
    this.rangeSigma = rangeSigma;
    this.views = anchors.map(() => new Views(surfaces.count));
    this.seenBy = new Uint8Array(surfaces.count);
  }

  /**
   * Takes in a scan made where `pose` says the agent thought it was.
   * @param agent its place in the team @param sceneFromBody, teamFromBody where it truly was
   */
  observe(agent: number, scan: ScanEvent, pose: Stand, sceneFromBody: Pose, teamFromBody: Pose): void {
    const { surfaces } = this;
    const [a, b] = this.rangeSigma;
    const rotation = rotationMatrix(sceneFromBody);
    const views = this.views[agent];
    const variance = pose.positionSigma * pose.positionSigma;
    for (let i = 0; i < scan.ranges.length; i++) {
      const range = scan.ranges[i];
      if (!(range < scan.maxRange)) continue;
      const angle = scan.angleMin + i * scan.angleStep;
      const x = Math.cos(angle);
      const y = Math.sin(angle);
      const dx = x * rotation[0] + y * rotation[1];
      const dy = x * rotation[3] + y * rotation[4];
      const cell = surfaces.hit(sceneFromBody[0], sceneFromBody[1], dx, dy, range);
      if (cell < 0) continue;
      if (!this.seenBy[cell]) this.seenCount++;
      this.seenBy[cell] = 1;
      const sigma = a + b * range * range;
      if (variance + sigma * sigma >= views.variance[cell]) continue;
      views.variance[cell] = variance + sigma * sigma;
      views.keyframe[cell] = pose.referenceKeyframe;
      ray[0] = x * range;
      ray[1] = y * range;
      views.inKeyframe.set(transformPoint(pose.keyframeFromBody, ray, moved), 3 * cell);
      ray[0] = x * surfaces.hitRange;
      ray[1] = y * surfaces.hitRange;
      views.truth.set(transformPoint(teamFromBody, ray, moved), 3 * cell);
    }
  }

  /** Share of the reachable cells seen so far; NaN where there are none. */
  get seen(): number {
    return this.seenCount / this.surfaces.count;
  }

  /** Share of the reachable cells that the map as it stands places within 10 cm of where they truly are. */
  accurate(): number {
    let count = 0;
    for (let cell = 0; cell < this.surfaces.count; cell++) {
      if (this.seenBy[cell] && this.errorOf(cell) <= ACCURATE) count++;
    }
    return count / this.surfaces.count;
  }

  private errorOf(cell: number): number {
    let best = 0;
    for (let k = 1; k < this.views.length; k++) {
      if (this.views[k].variance[cell] < this.views[best].variance[cell]) best = k;
    }
    const { keyframe, inKeyframe, truth } = this.views[best];
    for (let k = 0; k < 3; k++) point[k] = inKeyframe[3 * cell + k];
    transformPoint(this.anchors[best].pose(keyframe[cell]), point, moved);
    const dx = moved[0] - truth[3 * cell];
    const dy = moved[1] - truth[3 * cell + 1];
    const dz = moved[2] - truth[3 * cell + 2];
    return Math.sqrt(dx * dx + dy * dy + dz * dz);
  }
}

/** On the floor plane of the body: its third number stays 0. */
const ray = new Float64Array(3);
const point = new Float64Array(3);
const moved = new Float64Array(3);

/** An agent's best view of each cell: where in its keyframe the ray seemed to end, and where in the team frame it did. */
class Views {
  readonly variance: Float64Array;
  readonly keyframe: Int32Array;
  readonly inKeyframe: Float64Array;
  readonly truth: Float64Array;

  constructor(cells: number) {
    this.variance = new Float64Array(cells).fill(UNSEEN);
    this.keyframe = new Int32Array(cells);
    this.inKeyframe = new Float64Array(3 * cells);
    this.truth = new Float64Array(3 * cells);
  }
}
