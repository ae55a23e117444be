import type { RecordingMetrics } from '../scenarios/recording.ts';
import type { Sensor } from '../slam/datasets/recording.ts';
import { type Bench, fixed } from './bench.ts';

/** What a C++ system reaches, lowest to highest of three runs: measured elsewhere, on a machine of this kind with two cores. */
interface Reference {
  readonly system: string;
  readonly frames: number;
  readonly ate: string;
  readonly rpe: string;
  readonly trackCpuMs: string;
  readonly cpuMsPerFrame: string;
}

interface Case {
  readonly recording: string;
  readonly sensor: Sensor;
  readonly references: readonly Reference[];
  /** How many of the last frames are also judged alone: those that the best of the others tracked. */
  readonly last?: number;
}

const CASES: readonly Case[] = [
  {
    recording: 'tum_fr1_rpy_first150',
    sensor: 'rgbd',
    references: [
      {
        system: 'stella_vslam',
        frames: 150,
        ate: '0.022–0.027',
        rpe: '0.010–0.012 / 0.64–0.74',
        trackCpuMs: '16.6–17.6',
        cpuMsPerFrame: '38–42',
      },
      {
        system: 'ORB-SLAM2',
        frames: 150,
        ate: '0.026–0.028',
        rpe: '0.012–0.013 / 0.66–0.71',
        trackCpuMs: '17.7–21.9',
        cpuMsPerFrame: '45–60',
      },
    ],
  },
  {
    recording: 'kitti_00_first40',
    sensor: 'stereo',
    references: [
      {
        system: 'stella_vslam',
        frames: 40,
        ate: '0.343–0.348',
        rpe: '0.068 / 0.114',
        trackCpuMs: '34–42',
        cpuMsPerFrame: '116–133',
      },
      {
        system: 'ORB-SLAM2',
        frames: 40,
        ate: '0.337–0.376',
        rpe: '0.067–0.068 / 0.109',
        trackCpuMs: '30–37',
        cpuMsPerFrame: '140–167',
      },
    ],
  },
  {
    recording: 'tum_fr1_rpy_first150',
    sensor: 'mono',
    references: [
      { system: 'stella_vslam', frames: 0, ate: '–', rpe: '–', trackCpuMs: '–', cpuMsPerFrame: '–' },
      { system: 'ORB-SLAM2', frames: 97, ate: '0.019', rpe: '–', trackCpuMs: '17.3', cpuMsPerFrame: '–' },
    ],
  },
  {
    recording: 'kitti_00_first40',
    sensor: 'mono',
    // The truth is off over the first dozen frames.
    last: 23,
    references: [
      { system: 'stella_vslam', frames: 23, ate: '0.026', rpe: '–', trackCpuMs: '17.9', cpuMsPerFrame: '–' },
      { system: 'ORB-SLAM2', frames: 1, ate: '–', rpe: '–', trackCpuMs: '–', cpuMsPerFrame: '–' },
    ],
  },
];

/** Real recordings, beside what the C++ systems reach on them. */
export const recordingsBench: Bench = {
  name: 'recordings',
  about: `real recordings, one thread. Tracking: median CPU ms a frame of finding keypoints and tracking. Process: CPU ms a frame
of all threads, decoding and mapping included. ATE of a single camera is after Sim(3). The C++ systems were measured elsewhere, on a machine of this kind`,
  async run({ recording, runs, say, stop }) {
    const rows: (string | number)[][] = [];
    for (const { recording: name, sensor, references, last } of CASES) {
      const found: RecordingMetrics[] = [];
      let lastAte: number | null = null;
      for (let run = 0; run < runs && !stop.aborted; run++) {
        const measured = await recording(name, sensor);
        if (!measured) break;
        say(`recordings: ${name} ${sensor}, run ${run + 1} of ${runs}`);
        found.push(measured.metrics);
        if (last) lastAte = measured.lastAte(last);
      }
      if (found.length === 0) {
        say(
          `recordings: ${name} is not there, its rows are left out (PEERSLAM_DATA says where recordings are)`,
        );
        continue;
      }
      rows.push([name, sensor, 'peerslam', ...ours(found)]);
      if (last) rows.push([name, sensor, 'its last frames', last, fixed(lastAte, 4), '–', '–', '–', '–']);
      for (const { system, frames, ate, rpe, trackCpuMs, cpuMsPerFrame } of references)
        rows.push([name, sensor, system, frames, ate, rpe, trackCpuMs, cpuMsPerFrame, '–']);
    }
    const head = [
      ...['recording', 'sensor', 'system', 'frames', 'ATE m', 'RPE m / °', 'tracking', 'process'],
      'ATE spread m',
    ];
    return { head, rows };
  },
};

function ours(runs: readonly RecordingMetrics[]): (string | number)[] {
  const agents = runs.map((run) => run.agents[0]);
  const [{ framesTracked, ateRmse, rpeTrans, rpeRotDeg }] = agents;
  const ates = agents.map((agent) => agent.ateRmse ?? Number.NaN);
  const same = runs.every(({ hash }) => hash === runs[0].hash);
  const spread = Math.max(...ates) - Math.min(...ates);
  return [
    framesTracked,
    fixed(ateRmse, 4),
    `${fixed(rpeTrans, 4)} / ${fixed(rpeRotDeg, 3)}`,
    range(agents.map(({ trackCpuMs }) => trackCpuMs?.median ?? Number.NaN)),
    range(runs.map(({ cpuMsPerFrame }) => cpuMsPerFrame)),
    `${spread} of ${runs.length} runs, ${same ? 'same hash' : 'hashes differ'}`,
  ];
}

/** Lowest to highest. */
function range(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => fixed(value, 1));
  return low === high ? low : `${low}–${high}`;
}
