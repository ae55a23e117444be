import { describe, expect, it } from 'vitest';
import type { BenchContext, MeasuredRecording } from '../../bench/bench.ts';
import { recordingsBench } from '../../bench/recordings.ts';
import type { RecordingMetrics } from '../../scenarios/recording.ts';

function metrics(ateRmse: number, hash: string, trackCpuMs: number | null): RecordingMetrics {
  const quantiles = trackCpuMs === null ? null : { median: trackCpuMs, p95: 2 * trackCpuMs };
  const agent = { ateRmse, rpeTrans: 0.0101, rpeRotDeg: 0.5, framesTracked: 150, trackCpuMs: quantiles };
  return { hash, cpuMsPerFrame: 30, agents: [agent] } as unknown as RecordingMetrics;
}

/** Runs of the recording as given, the TUM one with depth if not said; the others are not there. */
async function table(runs: RecordingMetrics[], recording = 'tum_fr1_rpy_first150', sensor = 'rgbd') {
  const said: string[] = [];
  const left = [...runs];
  const context = {
    async recording(name: string, ofSensor: string): Promise<MeasuredRecording | null> {
      if (name !== recording || ofSensor !== sensor) return null;
      return { metrics: left.shift()!, lastAte: (frames) => frames / 1000 };
    },
    runs: runs.length,
    say: (text: string) => said.push(text),
    stop: new AbortController().signal,
  };
  const { head, rows } = await recordingsBench.run(context as unknown as BenchContext);
  const ours = rows.filter((row) => row[2] === 'peerslam');
  return { said, rows, ours: ours.map((row) => Object.fromEntries(row.map((cell, i) => [head[i], cell]))) };
}

describe('the bench of recordings', () => {
  it('stands beside the C++ systems, lowest to highest of its runs', async () => {
    const { rows, ours, said } = await table([metrics(0.02, 'a', 9), metrics(0.02, 'a', 7)]);
    expect(rows.map((row) => row[2])).toEqual(['peerslam', 'stella_vslam', 'ORB-SLAM2']);
    expect(ours).toMatchObject([{ frames: 150, 'ATE m': '0.0200', tracking: '7.0–9.0', process: '30.0' }]);
    expect(ours[0]['ATE spread m']).toBe('0 of 2 runs, same hash');
    expect(said.join('\n')).toMatch(/kitti_00_first40 is not there, its rows are left out/);
  });

  it('says where runs differ', async () => {
    const { ours } = await table([metrics(0.02, 'a', 9), metrics(0.02, 'b', 7)]);
    expect(ours[0]['ATE spread m']).toMatch(/hashes differ/);
    expect((await table([metrics(0.02, 'a', 9), metrics(0.5, 'a', 7)])).ours[0]['ATE spread m']).toMatch(
      /^0\.48 of/,
    );
  });

  it('has no CPU time where the system does not tell it', async () => {
    expect((await table([metrics(0.02, 'a', null)])).ours[0].tracking).toBe('–');
  });

  it('judges a single camera on KITTI also over the frames that the others tracked', async () => {
    const { rows } = await table([metrics(0.2, 'a', 9)], 'kitti_00_first40', 'mono');
    expect(rows.map((row) => row.slice(2, 5))).toContainEqual(['its last frames', 23, '0.0230']);
  });
});
