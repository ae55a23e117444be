import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { slamCommand } from '../../bin/commands/slam.ts';
import type { RecordingMetrics } from '../../scenarios/recording.ts';
import { dataFolder, hasData } from '../data.ts';

/** Through the command a person would type. */
async function run(name: string, ...options: string[]): Promise<RecordingMetrics> {
  const out = await mkdtemp(join(tmpdir(), 'peerslam-recording-'));
  try {
    await slamCommand().parseAsync([join(dataFolder, name), '--out', out, ...options], { from: 'user' });
    const lines = (await readFile(join(out, 'trajectory.tum'), 'utf8')).trim().split('\n');
    const metrics: RecordingMetrics = JSON.parse(await readFile(join(out, 'metrics.json'), 'utf8'));
    expect(lines.length).toBe(metrics.agents[0].framesTracked);
    return metrics;
  } finally {
    await rm(out, { recursive: true });
  }
}

const RPY = 'tum_fr1_rpy_first150';
const KITTI = 'kitti_00_first40';

describe('recordings nobody here made', () => {
  it.skipIf(!hasData(RPY))(
    'tracks all of a fast hand-held RGB-D camera, as well as the C++ systems do',
    async () => {
      const { frames, agents, skipped } = await run(RPY);
      expect(skipped).toEqual([]);
      expect([frames, agents[0].framesTracked]).toEqual([150, 150]);
      expect(agents[0].ateRmse).toBeLessThan(0.026);
      expect(agents[0].rpeTrans).toBeLessThan(0.013);
    },
  );

  it.skipIf(!hasData(KITTI))('tracks all of a car with a stereo pair, as well as they do', async () => {
    const { frames, agents } = await run(KITTI);
    expect([frames, agents[0].framesTracked]).toEqual([40, 40]);
    expect(agents[0].rpeTrans).toBeLessThan(0.07);
    expect(agents[0].rpeRotDeg).toBeLessThan(0.115);
  });

  it.skipIf(!hasData(RPY))(
    'places a single hand-held camera that mostly turns, after the fact too',
    async () => {
      const { align, agents } = await run(RPY, '--sensor', 'mono');
      expect(align).toBe('sim3');
      expect(agents[0].framesTracked).toBeGreaterThanOrEqual(130);
      expect(agents[0].ateRmse).toBeLessThan(0.023);
    },
  );

  // What is called true there leaves a stereo pair's track, too, by 0.2 m after Sim(3): over its first frames it is smoothed.
  it.skipIf(!hasData(KITTI))(
    'tracks all of a car with a single camera, turns as well as with two',
    async () => {
      const { agents } = await run(KITTI, '--sensor', 'mono');
      expect(agents[0].framesTracked).toBe(40);
      expect(agents[0].ateRmse).toBeLessThan(0.25);
      expect(agents[0].rpeRotDeg).toBeLessThan(0.115);
    },
  );
});
