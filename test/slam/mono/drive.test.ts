import { beforeAll, describe, expect, it } from 'vitest';
import { between, distance } from '../../../base/se3.ts';
import { readKernels } from '../../../bin/resources.ts';
import { evaluate } from '../../../scenarios/evaluate/metrics.ts';
import { fromPoses } from '../../../scenarios/evaluate/trajectory.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import { positionSigma } from '../../../slam/optimize/covariance.ts';
import { Drive } from '../drive.ts';
import { CorridorWorld } from '../synthetic.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});
const world = new CorridorWorld({ seed: 'corridor', density: 30, maxFeatures: 500 });

function evaluated(drive: Drive, align: 'se3' | 'sim3', metres: number) {
  const { times, poses } = drive.slam.trajectory();
  const truth = drive.reports.map((_, i) => world.poseAt(0.05 * i));
  const { ape, scale } = evaluate(
    [fromPoses(times, poses)],
    [
      fromPoses(
        drive.reports.map(({ time }) => time),
        truth.flatMap((pose) => [...pose]),
      ),
    ],
    align,
  );
  return { ate: ape.translation.rmse, scale, share: times.length / (metres / 0.05) };
}

describe('a single camera driven round', () => {
  it('maps up to scale, and in the end knows where it was from the first frame on', () => {
    const metres = 7;
    const drive = new Drive(world, kernels, false, undefined, undefined, 'mono').go(metres);
    expect(drive.reports[0].state).toBe('initialising');
    expect(drive.last.state).toBe('tracking');
    const { ate, share } = evaluated(drive, 'sim3', metres);
    expect(share).toBe(1);
    expect(ate).toBeLessThan(0.1);
    const online = drive.slam.online();
    expect(online.times[0]).toBeGreaterThan(0);
    expect([...online.poses].every(Number.isFinite)).toBe(true);
  });

  it('knows where it was from the first frame on even where its recording ends as its map begins', () => {
    const drive = new Drive(world, kernels, false, undefined, undefined, 'mono');
    for (let n = 0; n < 20; n++) drive.carryTo(0).go(0.05);
    while (drive.last.state !== 'tracking' && drive.reports.length < 100) drive.go(0.05);
    const placed = () => drive.slam.trajectory().times.length;
    expect(placed()).toBeLessThan(drive.reports.length);
    drive.slam.finish();
    expect(placed()).toBe(drive.reports.length);
  });

  it('maps in metres where it has wheels', () => {
    const drive = new Drive(world, kernels, true, undefined, undefined, 'mono').go(7);
    const { ate, scale } = evaluated(drive, 'sim3', 7);
    expect(Math.abs(scale - 1)).toBeLessThan(0.05);
    expect(ate).toBeLessThan(0.1);
  });

  it('goes on after a blind stretch that wheels carried it through, in the same metres', () => {
    const drive = new Drive(world, kernels, true, undefined, undefined, 'mono').go(2.5).go(1.5, true);
    expect(drive.last.state).not.toBe('tracking');
    drive.go(2);
    expect(drive.last.state).toBe('tracking');
    expect(drive.error).toBeLessThan(0.3);
  });

  it('hangs what it begins and goes on with on its wheels, no surer than they are', () => {
    const drive = new Drive(world, kernels, true, undefined, undefined, 'mono');
    /** The two keyframes that tracking begins with; those before have lower numbers. */
    const begin = () => {
      const before = new Set(drive.slam.map.keyframes());
      for (let n = 0; n === 0 || drive.last.state !== 'tracking'; n++) {
        expect(n).toBeLessThan(60);
        drive.go(0.05);
      }
      return [...drive.slam.map.keyframes()].filter((keyframe) => !before.has(keyframe));
    };
    const [first, second] = begin();
    expect(first.odometry).toBeNull();
    expect(second.odometry!.from).toBe(first);
    const step = between(first.worldFromBody, second.worldFromBody);
    expect(distance(step, second.odometry!.delta)).toBeLessThan(
      3 * positionSigma(second.odometry!.covariance),
    );
    expect(positionSigma(second.covariance)).toBeGreaterThan(positionSigma(first.covariance));
    drive.go(1).go(3, true);
    const blind = positionSigma(drive.last.covariance);
    const [third, fourth] = begin();
    expect(third.odometry!.from.id).toBeLessThan(third.id);
    expect(fourth.odometry!.from).toBe(third);
    expect(positionSigma(third.covariance)).toBeGreaterThan(blind);
  });

  it('gives the same bytes again', () => {
    const [a, b] = [0, 1].map(
      () => new Drive(world, kernels, false, undefined, undefined, 'mono').go(2).slam,
    );
    expect(b.trajectory()).toEqual(a.trajectory());
    expect(b.map.pointPositions()).toEqual(a.map.pointPositions());
  });
});
