import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { between, compose, distance, exp, identity, inverse, type Pose } from '../../../base/se3.ts';
import {
  composeSimilarity,
  inverseSimilarity,
  type Similarity,
  similarityOf,
  transformBySimilarity,
} from '../../../base/sim3.ts';
import { readKernels } from '../../../bin/resources.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import { LoopCloser } from '../../../slam/loops/loop-closer.ts';
import { LoopClosing, type MapMove } from '../../../slam/loops/loop-closing.ts';
import type { Loop } from '../../../slam/loops/loop-detector.ts';
import { mergeParts } from '../../../slam/loops/merge.ts';
import type { Keyframe } from '../../../slam/map/keyframe.ts';
import type { MapPoint } from '../../../slam/map/map-point.ts';
import type { SlamMap } from '../../../slam/map/slam-map.ts';
import { cameraModel } from '../../../slam/map/view.ts';
import { PointFusion } from '../../../slam/mapping/fusion.ts';
import { positionSigma } from '../../../slam/optimize/covariance.ts';
import { settingsFor } from '../../../slam/settings.ts';
import { Motion } from '../../../slam/tracking/motion.ts';
import { Drive } from '../drive.ts';
import { CorridorWorld, RIG } from '../synthetic.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

const world = new CorridorWorld({ seed: 'corridor' });
/** Maps are made with depth and closed as if they had none: so the truth is at hand, and the scale can be spoilt at will. */
const rig = { ...RIG, kind: 'mono' as const };
const camera = cameraModel(rig);

interface Snapshot {
  readonly poses: Map<Keyframe, Pose>;
  readonly points: Map<MapPoint, number[]>;
}

function snapshot(map: SlamMap): Snapshot {
  return {
    poses: new Map([...map.keyframes()].map((keyframe) => [keyframe, keyframe.worldFromBody.slice()])),
    points: new Map([...map.points()].map((point) => [point, [point.x, point.y, point.z]])),
  };
}

function driftOf(map: SlamMap, { poses, points }: Snapshot): { keyframes: number; points: number } {
  const distances = [...map.points()].map((point) => {
    const [x, y, z] = points.get(point)!;
    return Math.hypot(point.x - x, point.y - y, point.z - z);
  });
  return {
    keyframes: Math.max(...[...map.keyframes()].map((k) => distance(k.worldFromBody, poses.get(k)!))),
    points: distances.sort((a, b) => a - b)[Math.floor(0.9 * distances.length)],
  };
}

/** Carries keyframes, and the points each saw first, by a similarity of the world. */
function carry(map: SlamMap, carriers: Map<Keyframe, Similarity>): void {
  for (const point of map.points()) {
    const by = carriers.get([...point.observers.keys()][0]);
    if (!by) continue;
    const [x, y, z] = transformBySimilarity(by, [point.x, point.y, point.z]);
    map.movePoint(point, x, y, z);
  }
  for (const [keyframe, by] of carriers) map.moveKeyframe(keyframe, carriedBody(by, keyframe.worldFromBody));
}

function carriedBody(by: Similarity, worldFromBody: Pose): Pose {
  const worldFromCamera = composeSimilarity(by, similarityOf(compose(worldFromBody, rig.bodyFromCamera)));
  return compose(worldFromCamera.slice(0, 7), inverse(rig.bodyFromCamera));
}

/** `worldFromCamera` of a living or culled keyframe. */
function cameraOf(map: SlamMap, id: number): Pose {
  return compose(map.keyframePose(id), rig.bodyFromCamera);
}

function loopOf(here: Keyframe, there: Keyframe, thereFromHere: Similarity): Loop {
  const information = new Float64Array(36);
  for (let i = 0; i < 6; i++) information[7 * i] = 1e6;
  const points = new Array(here.points.length).fill(null);
  return { here, there, thereFromHere, points, shown: [], inliers: 100, information };
}

describe('a loop of a single camera whose scale has drifted', () => {
  const SHRUNK = 0.6;
  let map: SlamMap;
  let truth: Snapshot;
  let loop: Loop;
  let closer: LoopCloser;

  beforeEach(() => {
    map = new Drive(world, kernels, false, { loops: false }).go(10).slam.map;
    truth = snapshot(map);
    const keyframes = [...map.keyframes()];
    const step = SHRUNK ** (1 / (keyframes.length - 1));
    const carriers = new Map<Keyframe, Similarity>();
    const cameras = keyframes.map(({ id }) => cameraOf(map, id));
    let drifted = similarityOf(cameras[0]);
    keyframes.forEach((keyframe, i) => {
      if (i > 0)
        drifted = composeSimilarity(drifted, similarityOf(between(cameras[i - 1], cameras[i]), step));
      carriers.set(keyframe, composeSimilarity(drifted, inverseSimilarity(similarityOf(cameras[i]))));
    });
    carry(map, carriers);
    const here = keyframes[keyframes.length - 1];
    here.covariance.fill(0);
    for (let i = 0; i < 6; i++) here.covariance[7 * i] = 1;
    loop = loopOf(here, keyframes[0], inverseSimilarity(carriers.get(here)!));
    const settings = settingsFor(rig);
    closer = new LoopCloser(map, camera, kernels, settings, new PointFusion(map, camera, kernels, settings));
  });

  it('gets its scale back all along the way', () => {
    const before = driftOf(map, truth);
    const scale = closer.close(loop);
    const after = driftOf(map, truth);
    expect(before.keyframes).toBeGreaterThan(1);
    expect(after.keyframes).toBeLessThan(before.keyframes / 5);
    expect(after.points).toBeLessThan(before.points / 5);
    expect(scale(loop.there)).toBe(1);
    expect(scale(loop.here)).toBeCloseTo(1 / SHRUNK, 1);
    const keyframes = [...map.keyframes()];
    const middle = scale(keyframes[keyframes.length >> 1]);
    expect(middle).toBeGreaterThan(1.15);
    expect(middle).toBeLessThan(1.45);
  });

  it('takes culled keyframes along in the new scale', () => {
    const culled = [...map.keyframes()].at(-2)!;
    const { id, parent } = culled;
    const way = distance(cameraOf(map, id), cameraOf(map, parent!.id));
    map.removeKeyframe(culled);
    const scale = closer.close(loop)(parent!);
    expect(scale).toBeGreaterThan(1.1);
    expect(distance(cameraOf(map, id), cameraOf(map, parent!.id))).toBeCloseTo(scale * way, 9);
  });

  it('is known as surely as the place it came back to', () => {
    expect(positionSigma(loop.here.covariance)).toBeGreaterThan(0.9);
    closer.close(loop);
    expect(positionSigma(loop.here.covariance)).toBeLessThan(0.1);
  });
});

describe('two parts of a map with scales of their own', () => {
  const spoilt = composeSimilarity(
    similarityOf(identity(), 1.7),
    similarityOf(exp([3, -2, 0.5, 0.1, 0.2, 1])),
  );
  let map: SlamMap;
  let truth: Snapshot;
  let old: Keyframe;
  let young: Keyframe;

  beforeEach(() => {
    map = new Drive(world, kernels, false).go(3).go(0.5, true).carryTo(14).go(3).slam.map;
    expect([...map.partSizes().keys()]).toEqual([0, 1]);
    expect(map.part).toBe(1);
    truth = snapshot(map);
    const moved = [...map.keyframes()].filter(({ part }) => part === 1);
    carry(map, new Map(moved.map((keyframe) => [keyframe, spoilt])));
    [old] = map.keyframes();
    young = moved[moved.length - 1];
  });

  const merge = (youngSees: boolean) =>
    youngSees
      ? mergeParts(map, loopOf(young, old, inverseSimilarity(spoilt)), camera)
      : mergeParts(map, loopOf(old, young, spoilt), camera);

  it.each([true, false])(
    'become one in the scale of the older, whichever sees the other (%s)',
    (youngSees) => {
      const scale = merge(youngSees);
      const { keyframes, points } = driftOf(map, truth);
      expect(keyframes).toBeLessThan(1e-9);
      expect(points).toBeLessThan(1e-9);
      expect(scale(young)).toBeCloseTo(1 / 1.7, 9);
      expect(scale(old)).toBe(1);
      expect([...map.partSizes().keys()]).toEqual([0]);
      expect(map.part).toBe(0);
    },
  );

  it('take culled keyframes along in that scale', () => {
    const { id, parent } = young;
    const way = distance(cameraOf(map, id), cameraOf(map, parent!.id));
    map.removeKeyframe(young);
    young = parent!;
    merge(true);
    expect(distance(cameraOf(map, id), cameraOf(map, parent!.id))).toBeCloseTo(way / 1.7, 9);
  });
});

describe('a robot in a map that grows', () => {
  it('keeps its place and its pace', () => {
    const motion = new Motion(RIG, identity(), 1);
    const reference = [...new Drive(world, kernels, false).go(0.1).slam.map.keyframes()][0];
    const information = loopOf(reference, reference, similarityOf(identity())).information;
    const at = (x: number) => exp([x, 0, 0, 0, 0, 0]);
    for (const x of [1, 1.5]) {
      motion.predict(undefined);
      motion.correct(inverse(compose(at(x), RIG.bodyFromCamera)), { information, inliers: 100 }, reference);
    }
    motion.follow(at(1), at(10), 2);
    expect(motion.worldFromBody[0]).toBeCloseTo(11, 9);
    motion.predict(undefined);
    expect(motion.worldFromBody[0]).toBeCloseTo(12, 9);
  });

  it('has come a way that has grown with it', () => {
    const drive = new Drive(world, kernels, false, undefined, { worldFromStart: identity() }).go(3);
    const { slam } = drive;
    const cameras = () => {
      const { times, poses } = slam.trajectory();
      return Array.from(times, (_, i) => compose(poses.subarray(7 * i, 7 * i + 7), rig.bodyFromCamera));
    };
    const before = cameras();
    const step = vi.spyOn(LoopClosing.prototype, 'finish').mockImplementation((): MapMove => {
      const twice = similarityOf(identity(), 2);
      carry(slam.map, new Map([...slam.map.keyframes()].map((keyframe) => [keyframe, twice])));
      slam.map.rescaleGraves(() => 2);
      return () => 2;
    });
    slam.finish();
    step.mockRestore();
    const after = cameras();
    expect(before.at(-1)![0]).toBeGreaterThan(1);
    before.forEach((camera, i) => {
      for (let axis = 0; axis < 3; axis++) expect(after[i][axis]).toBeCloseTo(2 * camera[axis], 6);
    });
  });
});
