import type { FusedPoints } from '../slam/team/fused-points.ts';
import { fromPoses } from './evaluate/trajectory.ts';

/** Maps and trajectories as text files other programs read. */

export interface PlyPart {
  /** x, y, z each, metres. */
  readonly positions: ArrayLike<number>;
  /** 0…255. */
  readonly colour: readonly [number, number, number];
}

/** Agents' colours in files (Okabe, Ito): readable by people who do not see colours alike. */
export const AGENT_COLOURS: readonly (readonly [number, number, number])[] = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
  [204, 121, 167],
  [153, 153, 153],
];

/** What several agents have mapped. */
const SHARED_COLOUR = [255, 255, 255] as const;

/** A team's map points, each in the colour of the agent that has it, or white where several do. */
export function teamParts({ positions, robots, agents }: FusedPoints, ids: readonly number[]): PlyPart[] {
  const select = (wanted: (i: number) => boolean) =>
    [...robots.keys()].filter(wanted).flatMap((i) => [...positions.subarray(3 * i, 3 * i + 3)]);
  return [
    ...ids.map((id, k) => ({
      positions: select((i) => robots[i] === 1 && agents[i] === id),
      colour: AGENT_COLOURS[k % AGENT_COLOURS.length],
    })),
    { positions: select((i) => robots[i] > 1), colour: SHARED_COLOUR },
  ];
}

/** A coloured point cloud as ASCII PLY. */
export function toPly(parts: readonly PlyPart[]): string {
  const count = parts.reduce((sum, { positions }) => sum + positions.length / 3, 0);
  const lines = [
    'ply',
    'format ascii 1.0',
    `element vertex ${count}`,
    ...['x', 'y', 'z'].map((name) => `property float ${name}`),
    ...['red', 'green', 'blue'].map((name) => `property uchar ${name}`),
    'end_header',
  ];
  for (const { positions, colour } of parts) {
    for (let i = 0; i < positions.length; i += 3) {
      const place = [positions[i], positions[i + 1], positions[i + 2]].map((value) => value.toFixed(4));
      lines.push([...place, ...colour].join(' '));
    }
  }
  return `${lines.join('\n')}\n`;
}

/** `time x y z qx qy qz qw` a line. @param poses 7 each */
export function toTum(times: ArrayLike<number>, poses: ArrayLike<number>): string {
  let text = '';
  for (let i = 0; i < times.length; i++) {
    text += times[i].toFixed(6);
    for (let k = 0; k < 7; k++) text += ` ${poses[7 * i + k].toFixed(7)}`;
    text += '\n';
  }
  return text;
}

/** A 3×4 matrix `worldFromBody` a line, row-major; the format has no times. @param poses 7 each */
export function toKitti(times: ArrayLike<number>, poses: ArrayLike<number>): string {
  const { matrices } = fromPoses(times, poses);
  let text = '';
  for (let i = 0; i < matrices.length; i++)
    text += `${matrices[i].toExponential(9)}${i % 12 === 11 ? '\n' : ' '}`;
  return text;
}

/** Whole nanoseconds, position, quaternion with w first, between commas; the first line says so. @param poses 7 each */
export function toEuroc(times: ArrayLike<number>, poses: ArrayLike<number>): string {
  let text = '#timestamp [ns],p_x [m],p_y [m],p_z [m],q_w [],q_x [],q_y [],q_z []\n';
  for (let i = 0; i < times.length; i++) {
    const [x, y, z, qx, qy, qz, qw] = Array.from({ length: 7 }, (_, k) => poses[7 * i + k].toFixed(7));
    text += `${[Math.round(times[i] * 1e9), x, y, z, qw, qx, qy, qz].join(',')}\n`;
  }
  return text;
}

/** Formats of trajectories: how their files' names end, and what is in them. */
export const TRAJECTORY_FORMATS = {
  tum: { ending: '.tum', write: toTum },
  kitti: { ending: '.kitti.txt', write: toKitti },
  euroc: { ending: '.euroc.csv', write: toEuroc },
} as const;

export type TrajectoryFormat = keyof typeof TRAJECTORY_FORMATS;
