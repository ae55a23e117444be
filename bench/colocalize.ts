import { colocalize } from '../scenarios/colocalize.ts';
import { type Bench, fixed } from './bench.ts';

const EVERYONE = [1, 2, 3, 4, 5];

/** What robots may use, what an extended Kalman filter without calibration, written for comparison, reaches with it, and what to reach. */
const CASES = [
  { name: 'wheels only', seers: [], relative: false, ekf: 2.589, reach: '–' },
  { name: 'wheels, each other', seers: [], relative: true, ekf: 0.713, reach: '0.71 (smoothed 0.42)' },
  { name: 'robot 1 sees landmarks', seers: [1], relative: false, ekf: 2.311, reach: '–' },
  {
    name: 'the same, and each other',
    seers: [1],
    relative: true,
    ekf: 0.199,
    reach: '0.20 (0.15, smoothed 0.11)',
  },
  { name: 'all see landmarks', seers: EVERYONE, relative: false, ekf: 0.238, reach: '–' },
  {
    name: 'the same, and each other',
    seers: EVERYONE,
    relative: true,
    ekf: 0.151,
    reach: '0.151 (smoothed 0.12)',
  },
] as const;

/** Real robots that watch each other. */
export const colocalizeBench: Bench = {
  name: 'colocalize',
  about: `UTIAS MRCLAM 6, five robots, 900 s: RMSE of position in metres, initial poses from the truth, no alignment. The filter beside it
uses the same data without calibrating wheels, and may have judged at other times. Speed on one core, causal and smoothed together`,
  async run({ mrclam, kernels, say, stop }) {
    const head = [
      'what is used',
      'causal, by robot',
      'causal',
      'EKF',
      'to reach (aim)',
      'smoothed',
      '× real time',
    ];
    const recorded = await mrclam('mrclam_6');
    if (!recorded) {
      say('colocalize: mrclam_6 is not there (PEERSLAM_DATA says where recordings are)');
      return { head, rows: [] };
    }
    const rows: (string | number)[][] = [];
    for (const { name, seers, relative, ekf, reach } of CASES) {
      if (stop.aborted) break;
      say(`colocalize: ${name}`);
      const began = process.cpuUsage();
      const { team, agents, dataS } = await colocalize(recorded.recording, recorded.truth, {
        kernels,
        landmarksSeenBy: seers,
        relative,
      });
      const { user, system } = process.cpuUsage(began);
      rows.push([
        name,
        agents.map(({ ateRmse }) => fixed(ateRmse, 3)).join(' '),
        fixed(team.ateRmse, 3),
        fixed(ekf, 3),
        reach,
        fixed(team.smoothedAteRmse, 3),
        fixed((1e6 * dataS) / (user + system), 0),
      ]);
    }
    return { head, rows };
  },
};
