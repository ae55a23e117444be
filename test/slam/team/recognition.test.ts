import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import {
  angleBetween,
  between,
  distance,
  identity,
  log,
  type Pose,
  transformPoint,
} from '../../../base/se3.ts';
import type { CameraRig, FeatureFrame } from '../../../base/sensors.ts';
import { readKernels } from '../../../bin/resources.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import type { Keyframe } from '../../../slam/map/keyframe.ts';
import { mahalanobis } from '../../../slam/optimize/covariance.ts';
import { describePlace } from '../../../slam/team/places.ts';
import { type PeerLoop, PlaceRecogniser } from '../../../slam/team/recognition.ts';
import { Drive } from '../drive.ts';
import { CorridorWorld, RIG } from '../synthetic.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

const world = new CorridorWorld({ seed: 'c', block: [12, 8], density: 10, maxFeatures: 250 });
/** Another zoom, other pixels. */
const ZOOMED: CameraRig = { ...RIG, fx: 300, fy: 300, cx: 300, cy: 250 };

type Through = (seen: FeatureFrame) => FeatureFrame;

/** A robot whose own frame begins where it does, that drives on from a place. */
function robotAt(along: number, metres: number, rig = RIG, through?: Through, within = world): Drive {
  return new Drive(within, kernels, true, undefined, { rig, worldFromStart: identity() })
    .carryTo(along)
    .go(metres, false, through);
}

/** Where a robot's keyframe truly is. */
const truthOf = (along: number, keyframe: Keyframe): Pose =>
  world.poseAt(along + (keyframe.time / 0.1) * 0.05);

function recogniseAll(own: Drive, peer: Drive, rig = RIG): (PeerLoop | undefined)[] {
  const recogniser = new PlaceRecogniser(own.slam.map, rig, kernels, new Random('recognition'));
  return [...peer.slam.map.keyframes()].map(({ id }) =>
    recogniser.recognise(describePlace(peer.slam.map, id)),
  );
}

describe('a keyframe described', () => {
  it('shows its best keypoints, spread, those of map points first, as coarse as they are sent', () => {
    const { map } = robotAt(0, 4).slam;
    const keyframe = map.newestKeyframes(3)[2];
    const place = describePlace(map, keyframe.id, 80);
    expect(place.count).toBe(80);
    const known = keyframe.points.filter((point) => point).length;
    expect(place.mapPoints.filter((id) => id >= 0).length).toBe(Math.min(80, known));
    for (let i = 0; i < place.count; i++) {
      expect(place.x[i] * 4).toBe(Math.round(place.x[i] * 4));
      const k = keyframe.points.findIndex((point) => point && point.id === place.mapPoints[i]);
      if (place.mapPoints[i] < 0) continue;
      expect(Math.abs(keyframe.features.x[k] - place.x[i])).toBeLessThan(0.126);
      const { x, y, z } = keyframe.points[k]!;
      const at = transformPoint(keyframe.worldFromBody, place.points.subarray(3 * i, 3 * i + 3));
      expect(Math.hypot(at[0] - x, at[1] - y, at[2] - z)).toBeLessThan(0.002);
      expect([...place.descriptors.subarray(32 * i, 32 * i + 32)]).toEqual([
        ...keyframe.features.descriptors.subarray(32 * k, 32 * k + 32),
      ]);
    }
    const halves = [...place.x].filter((x) => x < RIG.cx).length;
    expect(halves).toBeGreaterThan(20);
    expect(halves).toBeLessThan(60);
  });
});

describe('a place that a teammate describes', () => {
  for (const [camera, rig] of [
    ['the same camera', RIG],
    ['another camera', ZOOMED],
  ] as const) {
    it(`is known where this robot has been, with no frame in common, through ${camera}`, () => {
      const zoom: Through = (seen) => ({
        ...seen,
        x: seen.x.map((x) => ((x - RIG.cx) * rig.fx) / RIG.fx + rig.cx),
        y: seen.y.map((y) => ((y - RIG.cy) * rig.fy) / RIG.fy + rig.cy),
      });
      const [own, peer] = [robotAt(0, 12), robotAt(3, 9, rig, zoom)];
      const loops = recogniseAll(own, peer, rig).filter((loop) => loop !== undefined);
      expect(loops.length).toBeGreaterThan(0.6 * peer.slam.map.keyframeCount);
      for (const loop of loops) {
        const here = own.slam.map.standing(loop.keyframe);
        const there = peer.slam.map.standing(loop.peerKeyframe);
        const truth = between(truthOf(0, here), truthOf(3, there));
        expect(distance(loop.ownBodyFromPeerBody, truth)).toBeLessThan(0.1);
        expect(angleBetween(loop.ownBodyFromPeerBody, truth)).toBeLessThan(0.03);
        expect(mahalanobis(log(between(loop.ownBodyFromPeerBody, truth)), loop.covariance)).toBeLessThan(60);
        expect(loop.pairs.length).toBeGreaterThan(2 * 20);
      }
    });
  }

  it('shows points that truly are one', () => {
    const [own, peer] = [robotAt(0, 8), robotAt(2, 6)];
    const off: number[] = [];
    for (const loop of recogniseAll(own, peer)) {
      for (let i = 0; i < (loop?.pairs.length ?? 0); i += 2) {
        const [a, b] = [loop!.pairs[i], loop!.pairs[i + 1]];
        const one = [...own.slam.map.points()].find(({ id }) => id === a)!;
        const other = [...peer.slam.map.points()].find(({ id }) => id === b)!;
        const inWorld = [
          transformPoint(world.poseAt(0), [one.x, one.y, one.z]),
          transformPoint(world.poseAt(2), [other.x, other.y, other.z]),
        ];
        off.push(Math.hypot(...[0, 1, 2].map((c) => inWorld[0][c] - inWorld[1][c])));
      }
    }
    expect(off.length).toBeGreaterThan(200);
    expect(off.filter((metres) => metres < 0.25).length).toBeGreaterThan(0.95 * off.length);
  });

  it('is not known where this robot has never been', () => {
    const [own, peer] = [robotAt(0, 9), robotAt(24, 9)];
    expect(recogniseAll(own, peer)).toEqual(recogniseAll(own, peer).map(() => undefined));
  });

  it('is not known where it could be either of two places', () => {
    const twins = new CorridorWorld({ seed: 'twins', block: [30, 10], repeat: 9 });
    const own = robotAt(0, 20, RIG, undefined, twins);
    const peer = robotAt(3, 4, RIG, undefined, twins);
    expect(recogniseAll(own, peer).filter((loop) => loop !== undefined)).toEqual([]);
  });

  it('is not known by a wall that is like another while all about it differs', () => {
    const random = new Random('twin');
    let along = 2;
    const half: Through = (seen) => {
      along += 0.05;
      return leftOf(world.observe(world.poseAt(along), random), seen);
    };
    const [own, peer] = [robotAt(0, 9), robotAt(25, 6, RIG, half)];
    expect(recogniseAll(own, peer).filter((loop) => loop !== undefined)).toEqual([]);
  });

  it('is told alike again', () => {
    const [own, peer] = [robotAt(0, 6), robotAt(2, 4)];
    expect(recogniseAll(own, peer)).toEqual(recogniseAll(own, peer));
  });
});

/** The left half of one image beside the right half of another. */
function leftOf(left: FeatureFrame, right: FeatureFrame): FeatureFrame {
  const chosen = [
    ...[...left.x.keys()].filter((k) => left.x[k] < RIG.cx).map((k) => [left, k] as const),
    ...[...right.x.keys()].filter((k) => right.x[k] >= RIG.cx).map((k) => [right, k] as const),
  ];
  const descriptors = new Uint8Array(32 * chosen.length);
  chosen.forEach(([from, k], i) => {
    descriptors.set(from.descriptors.subarray(32 * k, 32 * k + 32), 32 * i);
  });
  return {
    kind: 'features',
    count: chosen.length,
    x: Float32Array.from(chosen, ([from, k]) => from.x[k]),
    y: Float32Array.from(chosen, ([from, k]) => from.y[k]),
    octave: Uint8Array.from(chosen, ([from, k]) => from.octave[k]),
    angle: Float32Array.from(chosen, ([from, k]) => from.angle[k]),
    depth: Float32Array.from(chosen, ([from, k]) => from.depth[k]),
    descriptors,
  };
}
