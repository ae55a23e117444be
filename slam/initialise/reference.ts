import type { Kernels, ProjectionQueries } from '../kernels/kernels.ts';
import type { CameraModel } from '../map/view.ts';
import type { Frame } from '../tracking/frame.ts';
import { OrientationVote } from '../tracking/orientation.ts';
import type { Carried } from './carried.ts';
import type { RayPairs } from './ray-pairs.ts';

/** Pixels a keypoint may have moved since it was last found. */
const RADIUS = 100;
const MAX_DISTANCE = 50;
const RATIO = 0.9;

/** An image that others are matched against, until one shows enough parallax to it. */
export class Reference {
  readonly frame: Frame;
  readonly carried: Carried;
  /** Keypoint of the newest frame for each of its own, or −1. */
  readonly matches: Int32Array;
  matched = 0;
  /** Where each of its keypoints was last found: the middle of the window it is looked for in. */
  private readonly queries: ProjectionQueries;
  private readonly vote = new OrientationVote();

  constructor(frame: Frame, carried: Carried) {
    this.frame = frame;
    this.carried = carried;
    const { count, x, y, octave, descriptors } = frame.features;
    this.matches = new Int32Array(count);
    this.queries = {
      count,
      u: x.slice(),
      v: y.slice(),
      uRight: new Float32Array(count).fill(-1),
      radius: new Float32Array(count).fill(RADIUS),
      minOctave: octave.map((level) => Math.max(0, level - 1)),
      maxOctave: octave.map((level) => level + 1),
      descriptors,
      maxDistance: MAX_DISTANCE,
      ratio: RATIO,
    };
  }

  /** Finds its keypoints in a newer frame; returns how many. */
  match(frame: Frame, kernels: Kernels): number {
    const { matches, queries, vote } = this;
    kernels.searchByProjection(queries, frame.grid, matches);
    const turn = (k: number) => this.frame.features.angle[k] - frame.features.angle[matches[k]];
    vote.clear();
    for (let k = 0; k < matches.length; k++) if (matches[k] >= 0) vote.add(turn(k));
    vote.decide();
    this.matched = 0;
    for (let k = 0; k < matches.length; k++) {
      if (matches[k] < 0) continue;
      if (!vote.agrees(turn(k))) {
        matches[k] = -1;
        continue;
      }
      queries.u[k] = frame.features.x[matches[k]];
      queries.v[k] = frame.features.y[matches[k]];
      this.matched++;
    }
    return this.matched;
  }

  /** The matches as rays, in the order of its keypoints. */
  rays(frame: Frame, camera: CameraModel): RayPairs {
    const { fx, fy, cx, cy } = camera.rig;
    const pairs: RayPairs = {
      count: this.matched,
      first: new Float64Array(2 * this.matched),
      second: new Float64Array(2 * this.matched),
      firstInformation: new Float64Array(this.matched),
      secondInformation: new Float64Array(this.matched),
    };
    const [mine, theirs] = [this.frame.features, frame.features];
    let i = 0;
    this.matches.forEach((j, k) => {
      if (j < 0) return;
      pairs.first.set([(mine.x[k] - cx) / fx, (mine.y[k] - cy) / fy], 2 * i);
      pairs.second.set([(theirs.x[j] - cx) / fx, (theirs.y[j] - cy) / fy], 2 * i);
      pairs.firstInformation[i] = camera.inverseSigma2[mine.octave[k]] * fx * fy;
      pairs.secondInformation[i] = camera.inverseSigma2[theirs.octave[j]] * fx * fy;
      i++;
    });
    return pairs;
  }
}
