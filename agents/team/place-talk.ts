import type { Random } from '../../base/random.ts';
import { angleBetween, distance, type Pose } from '../../base/se3.ts';
import type { CameraRig } from '../../base/sensors.ts';
import type { Kernels } from '../../slam/kernels/kernels.ts';
import type { Slam } from '../../slam/slam.ts';
import { describePlace } from '../../slam/team/places.ts';
import { type PeerLoop, PlaceRecogniser } from '../../slam/team/recognition.ts';
import type { MatchEntry, PlaceEntry } from './entries.ts';

export interface PlaceTalkOptions {
  readonly slam: Slam;
  /** Everybody's camera. */
  readonly rigs: ReadonlyMap<number, CameraRig>;
  readonly kernels: Kernels;
  readonly random: Random;
}

/** A place is told once the robot has gone or turned this far from the last: metres, radians. */
const WAY = 1;
const TURN = 0.7;
/** Keypoints it needs to be worth telling. */
const FEWEST_KEYPOINTS = 40;
/** Seconds after a match in which no other is looked for with the same teammate: it would say the same. */
const REST = 2;
/** What a recognised place never is better known than: σ, metres and radians. */
const FLOOR = [0.01, 0.003];

/** What robots tell each other of how places look, and what they recognise in that. */
export class PlaceTalk {
  /** Map points that are one: own id, teammate, the teammate's id; three a pair. */
  readonly sharedPoints: number[] = [];
  private readonly slam: Slam;
  private readonly recognisers: ReadonlyMap<number, PlaceRecogniser>;
  private readonly waiting: { readonly owner: number; readonly entry: PlaceEntry }[] = [];
  private readonly restUntil = new Map<number, number>();
  private last: Pose | undefined;

  constructor({ slam, rigs, kernels, random }: PlaceTalkOptions) {
    this.slam = slam;
    this.recognisers = new Map(
      [...rigs].map(([id, rig]) => [id, new PlaceRecogniser(slam.map, rig, kernels, random.fork(`of${id}`))]),
    );
  }

  /** A new keyframe for teammates, unless it shows hardly anything, or what the last one did. */
  describe(keyframe: number): PlaceEntry | undefined {
    const { map } = this.slam;
    const pose = map.keyframePose(keyframe);
    const { last } = this;
    if (last && distance(last, pose) < WAY && angleBetween(last, pose) < TURN) return undefined;
    const place = describePlace(map, keyframe);
    if (place.count < FEWEST_KEYPOINTS) return undefined;
    this.last = pose.slice();
    return { kind: 'place', node: keyframe, place };
  }

  hear(owner: number, entry: PlaceEntry): void {
    this.waiting.push({ owner, entry });
  }

  /** Looks at one place a time: what it takes is a frame's worth of computing. */
  recognise(time: number): MatchEntry | undefined {
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      const { owner, entry } = next;
      if (time < (this.restUntil.get(owner) ?? 0)) continue;
      const loop = this.recognisers.get(owner)?.recognise(entry.place);
      if (!loop) return undefined;
      this.restUntil.set(owner, time + REST);
      for (let i = 0; i < loop.pairs.length; i += 2)
        this.sharedPoints.push(loop.pairs[i], owner, loop.pairs[i + 1]);
      return matchOf(loop, owner, entry.node);
    }
    return undefined;
  }
}

function matchOf(loop: PeerLoop, agent: number, index: number): MatchEntry {
  const covariance = loop.covariance.slice();
  for (let i = 0; i < 6; i++) covariance[7 * i] += FLOOR[i < 3 ? 0 : 1] * FLOOR[i < 3 ? 0 : 1];
  return {
    kind: 'match',
    node: loop.keyframe,
    other: { agent, index },
    fromFromTo: loop.ownBodyFromPeerBody,
    covariance,
  };
}
