import { angleBetween, between, compose, distance, type Pose, planarPose } from '../../base/se3.ts';
import type { CameraRig } from '../../base/sensors.ts';
import type { Keyframe } from '../../slam/map/keyframe.ts';
import type { SlamMap } from '../../slam/map/slam-map.ts';
import { Slam } from '../../slam/slam.ts';
import type { PeerLoop } from '../../slam/team/recognition.ts';
import type { BenchContext } from '../bench.ts';
import type { Answer } from './recognition.ts';
import { type OfficeTour, officeTour, SHARED_SURFACE, type TrueView, trueView } from './views.ts';

/** A relative pose this far off the truth is a wrong one: metres, radians. */
const WRONG_METRES = 0.3;
const WRONG_RADIANS = (5 * Math.PI) / 180;

/** A robot's map of an office, and where it truly was. */
export interface Mapped {
  readonly rig: CameraRig;
  readonly map: SlamMap;
  trueBody(keyframe: Keyframe): Pose;
}

/** Two robots with nothing in common but the office, each in a frame of its own: one drives a round, the other two more. */
export async function teammates(context: BenchContext, seed: number, repeated: number): Promise<Mapped[]> {
  const [first, second] = await Promise.all(
    ['', '/teammate'].map((robot) => officeTour(context, seed, repeated, robot)),
  );
  const third = Math.floor(second.moments.length / 3);
  return [
    mapped(context, first, 0, Math.floor(first.moments.length / 3)),
    mapped(context, second, third, second.moments.length),
  ];
}

function mapped({ kernels, stop }: BenchContext, tour: OfficeTour, from: number, to: number): Mapped {
  const { rig, moments, tick, odometry } = tour;
  const slam = new Slam({ rig, kernels });
  for (let n = from; n < to && !stop.aborted; n++) {
    if (n > from) tour.roll(moments[n - 1], moments[n]);
    slam.track({ time: n * tick, camera: tour.look(moments[n]), odometry: odometry.take() });
  }
  slam.finish();
  const trueBody = ({ time }: Keyframe) => {
    const { x, y, yaw } = moments[Math.round(time / tick)];
    return planarPose(x, y, yaw);
  };
  return { rig, map: slam.map, trueBody };
}

/** A robot's keyframes as views, with the truth about them. */
export function trueViews({ map, rig, trueBody }: Mapped): TrueView[] {
  return [...map.keyframes()].map((keyframe) =>
    trueView(
      keyframe.id,
      keyframe.time,
      keyframe.features,
      compose(trueBody(keyframe), rig.bodyFromCamera),
      rig,
    ),
  );
}

/** What a robot said about a teammate's keyframe, and whether it is true. */
export function judgePeerLoop(
  loop: PeerLoop | undefined,
  own: Mapped,
  peer: Mapped,
  query: TrueView,
  places: readonly TrueView[],
): Answer {
  return {
    possible: places.some((place) => SHARED_SURFACE.same(query, place)),
    right: loop !== undefined && isTrueLoop(loop, own, peer),
    score: loop?.inliers ?? 0,
  };
}

/** The relative pose that a loop should have told. */
export function trueRelative({ keyframe, peerKeyframe }: PeerLoop, own: Mapped, peer: Mapped): Pose {
  return between(own.trueBody(own.map.standing(keyframe)), peer.trueBody(peer.map.standing(peerKeyframe)));
}

function isTrueLoop(loop: PeerLoop, own: Mapped, peer: Mapped): boolean {
  const truth = trueRelative(loop, own, peer);
  return (
    distance(truth, loop.ownBodyFromPeerBody) <= WRONG_METRES &&
    angleBetween(truth, loop.ownBodyFromPeerBody) <= WRONG_RADIANS
  );
}
