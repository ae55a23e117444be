import { describe, expect, it } from 'vitest';
import { nodeFiles } from '../../bin/files.ts';
import { readKernels } from '../../bin/resources.ts';
import { type ColocalizeOptions, colocalize } from '../../scenarios/colocalize.ts';
import { type PlanarTrajectory, readMrclam, readMrclamTruth } from '../../slam/datasets/mrclam.ts';
import { dataFolder, hasData } from '../data.ts';

const there = hasData('mrclam_6');
const folder = `${dataFolder}/mrclam_6`;

const kernels = await readKernels();
const recording = there ? await readMrclam(folder, nodeFiles) : { robots: [], landmarks: new Map() };
const truth = await Promise.all(recording.robots.map(({ id }) => readMrclamTruth(folder, nodeFiles, id)));

function run(options: Partial<ColocalizeOptions>, where = truth) {
  return colocalize(recording, where, { kernels, landmarksSeenBy: [], relative: true, ...options });
}

describe.skipIf(!there)('MRCLAM 6', () => {
  it('is worth a factor of ten to four robots to watch and be watched by one that sees landmarks', async () => {
    const alone = await run({ landmarksSeenBy: [1], relative: false });
    const together = await run({ landmarksSeenBy: [1] });
    expect(together.relativeUsed).toBeGreaterThan(3900);
    expect(together.team.ateRmse).toBeLessThan(0.2);
    expect(together.team.smoothedAteRmse).toBeLessThan(0.11);
    expect(alone.team.ateRmse! / together.team.ateRmse!).toBeGreaterThan(10);
    expect(together.agents[0].ateRmse).toBeLessThan(alone.agents[0].ateRmse!);
  });

  it('is known best where all see landmarks and each other, and fairly where nobody sees any', async () => {
    const all = await run({ landmarksSeenBy: [1, 2, 3, 4, 5] });
    expect(all.team.ateRmse).toBeLessThan(0.151);
    expect(all.team.smoothedAteRmse).toBeLessThan(0.12);
    const none = await run({});
    expect(none.team.ateRmse).toBeLessThan(0.71);
    expect(none.team.smoothedAteRmse).toBeLessThan(0.42);
  });

  it('takes nothing of the truth but where robots begin', async () => {
    const budget = { perMinute: 12, policy: 'greedy-trace' } as const;
    const right = await run({ landmarksSeenBy: [1], budget });
    const shifted = await run({ landmarksSeenBy: [1], budget }, truth.map(shiftedOnceBegun));
    expect(right.relativeUsed).toBeLessThanOrEqual(12 * 15);
    expect(shifted.relativeUsed).toBe(right.relativeUsed);
    expect(shifted.team.ateRmse).toBeGreaterThan(9);
  });

  it('stops when told to, and judges what was done', async () => {
    const { dataS, team } = await run({ landmarksSeenBy: [1], onProgress: async (seconds) => seconds < 60 });
    expect(dataS).toBeGreaterThan(59);
    expect(dataS).toBeLessThan(65);
    expect(team.ateRmse).toBeLessThan(0.3);
  });
});

/** By 10 m, but for where the robot begins. */
function shiftedOnceBegun(trajectory: PlanarTrajectory, robot: number): PlanarTrajectory {
  const start = recording.robots[robot].odometry.times[0];
  const begun = trajectory.times.findIndex((time) => time > start);
  return { ...trajectory, x: trajectory.x.map((x, i) => (i > begun ? x + 10 : x)) };
}
