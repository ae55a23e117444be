import type { Random } from '../../base/random.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { CameraModel } from '../map/view.ts';
import type { Frame } from '../tracking/frame.ts';
import type { Carried } from './carried.ts';
import { medianParallax } from './ray-pairs.ts';
import { Reference } from './reference.ts';
import { reconstruct, type TwoView } from './two-view.ts';

/** Matches without which a pair of images is not tried, and points without which it makes no map. */
const FEWEST_MATCHES = 100;
const FEWEST_POINTS = 100;
/** Least median angle between the rays to a point: below it a turn of the camera passes for a motion, radians. */
const LEAST_PARALLAX = Math.PI / 180;
const MOST_REFERENCES = 6;

/** Two images with parallax, the motion between them, and which keypoints make which points. */
export interface InitialPair {
  readonly first: Frame;
  readonly second: Frame;
  readonly firstCarried: Carried;
  readonly secondCarried: Carried;
  readonly view: TwoView;
  /** Keypoints in the first and the second image of each point placed, and the point, 3 numbers, first camera's frame. */
  readonly points: readonly { first: number; second: number; place: Float64Array }[];
}

/**
 * Waits for two images that show depth. Several earlier images are kept as candidates, so that a camera which mostly turns, or
 * comes back to where it was, is paired with where it was farthest away.
 */
export class Initialiser {
  private readonly camera: CameraModel;
  private readonly kernels: Kernels;
  private readonly random: Random;
  private references: Reference[] = [];

  constructor(camera: CameraModel, kernels: Kernels, random: Random) {
    this.camera = camera;
    this.kernels = kernels;
    this.random = random;
  }

  /** Forgets all candidates. */
  clear(): void {
    this.references = [];
  }

  /** Takes the next frame in; tells the pair it makes with an earlier one, if it makes one. */
  offer(frame: Frame, carried: Carried): InitialPair | undefined {
    if (frame.features.count < FEWEST_MATCHES) return undefined;
    this.references = this.references.filter(
      (reference) => reference.match(frame, this.kernels) >= FEWEST_MATCHES,
    );
    const pair = this.tryBest(frame, carried);
    if (!pair) this.keep(new Reference(frame, carried));
    return pair;
  }

  /** Tries the reference with most parallax. */
  private tryBest(frame: Frame, carried: Carried): InitialPair | undefined {
    let best: Reference | undefined;
    let most = LEAST_PARALLAX / 2;
    for (const reference of this.references) {
      const parallax = medianParallax(reference.rays(frame, this.camera));
      if (parallax <= most) continue;
      most = parallax;
      best = reference;
    }
    if (!best) return undefined;
    const view = reconstruct(best.rays(frame, this.camera), this.random, {
      fewest: FEWEST_POINTS,
      parallax: LEAST_PARALLAX,
    });
    return view && pairOf(best, frame, carried, view);
  }

  /** Of too many, the one goes whose neighbours in time are nearest to each other; the oldest stays while it is matched. */
  private keep(reference: Reference): void {
    const { references } = this;
    references.push(reference);
    if (references.length <= MOST_REFERENCES) return;
    let crowded = 1;
    const gap = (i: number) => references[i + 1].carried.index - references[i - 1].carried.index;
    for (let i = 2; i < references.length - 1; i++) if (gap(i) < gap(crowded)) crowded = i;
    references.splice(crowded, 1);
  }
}

function pairOf(reference: Reference, second: Frame, carried: Carried, view: TwoView): InitialPair {
  const points: InitialPair['points'][number][] = [];
  let i = 0;
  reference.matches.forEach((j, k) => {
    if (j < 0) return;
    if (view.placed[i]) points.push({ first: k, second: j, place: view.points.slice(3 * i, 3 * i + 3) });
    i++;
  });
  return {
    first: reference.frame,
    second,
    firstCarried: reference.carried,
    secondCarried: carried,
    view,
    points,
  };
}
