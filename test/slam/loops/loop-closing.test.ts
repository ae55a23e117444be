import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { distance } from '../../../base/se3.ts';
import { readKernels } from '../../../bin/resources.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import type { Keyframe } from '../../../slam/map/keyframe.ts';
import type { Slam } from '../../../slam/slam.ts';
import { Drive, rmse } from '../drive.ts';
import { CorridorWorld } from '../synthetic.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

const world = new CorridorWorld({ seed: 'c', block: [12, 8], density: 10, maxFeatures: 250 });

/** Round the block, blind for nine metres and a corner of it, and on over known ground. */
function roundTrip(loops: boolean): Drive {
  return new Drive(world, kernels, true, { loops })
    .go(9)
    .go(9, true)
    .go(world.lap - 14);
}

function finalError({ slam, errors }: Drive, within: CorridorWorld): number {
  const { poses } = slam.trajectory();
  return rmse(errors.map((_, i) => distance(poses.subarray(7 * i, 7 * i + 7), within.poseAt(0.05 * i))));
}

function hashOf(slam: Slam): string {
  const hash = createHash('sha256');
  hash.update(new Uint8Array(slam.trajectory().poses.buffer));
  slam.map.hashInto((bytes) => hash.update(bytes));
  return hash.digest('hex');
}

describe('closing a loop', () => {
  let open: Drive;
  let closed: Drive;
  beforeAll(() => {
    open = roundTrip(false);
    closed = roundTrip(true);
  });

  it('corrects the whole way, at least fivefold', () => {
    expect(open.slam.loopsClosed).toBe(0);
    expect(closed.slam.loopsClosed).toBe(1);
    const before = finalError(open, world);
    expect(before).toBeGreaterThan(0.2);
    expect(finalError(closed, world)).toBeLessThan(before / 5);
  });

  it('leaves tracking undisturbed, and the robot where it is', () => {
    const since = closed.reports.findIndex(({ state }, i) => i > 380 && state === 'tracking');
    expect(closed.reports.slice(since).every(({ state }) => state === 'tracking')).toBe(true);
    expect(closed.error).toBeLessThan(0.05);
    expect(open.error).toBeGreaterThan(0.15);
  });

  it('remembers what was joined, and is surer for it', () => {
    const ends = [...closed.slam.map.keyframes()].filter(({ loopEdges }) => loopEdges.size > 0);
    expect(ends.length).toBe(2);
    expect(ends[0].loopEdges.has(ends[1]) && ends[1].loopEdges.has(ends[0])).toBe(true);
    const variance = ({ covariance }: Keyframe) => covariance[0] + covariance[7];
    const [, end] = ends.sort((a, b) => a.time - b.time);
    const off = ({ time }: Keyframe) => Math.abs(time - end.time);
    const same = [...open.slam.map.keyframes()].reduce((a, b) => (off(b) < off(a) ? b : a));
    expect(variance(end)).toBeLessThan(variance(same) / 4);
  });

  it('gives the same bytes again', () => {
    expect(hashOf(roundTrip(true).slam)).toBe(hashOf(closed.slam));
  });

  it('is finished where the recording ends before it is, and leaves the robot on its way', () => {
    const drive = new Drive(world, kernels, true).go(9).go(9, true);
    while (drive.slam.loopsClosed === 0 && drive.reports.length < 1000) drive.go(0.05);
    const { slam } = drive;
    const under = hashOf(slam);
    slam.finish();
    const finished = hashOf(slam);
    expect(finished).not.toBe(under);
    slam.finish();
    expect(hashOf(slam)).toBe(finished);
    const { length } = drive.reports;
    drive.go(0.5);
    expect(drive.reports.slice(length).every(({ state }) => state === 'tracking')).toBe(true);
    expect(drive.error).toBeLessThan(0.05);
  });
});

describe('no loop', () => {
  it('is closed where walls only look alike', () => {
    const twins = new CorridorWorld({ seed: 'twins', block: [20, 10], repeat: 9 });
    const drive = new Drive(twins, kernels, false).go(twins.lap / 2);
    expect(drive.slam.loopsClosed).toBe(0);
    expect(rmse(drive.errors)).toBeLessThan(0.1);
  });

  it('is looked for when loops are off, and nothing differs before the first one', () => {
    const [off, on] = [false, true].map((loops) => new Drive(world, kernels, true, { loops }).go(6).slam);
    expect(on.loopsClosed).toBe(0);
    expect(hashOf(off)).toBe(hashOf(on));
  });
});
