import { dirname } from 'node:path';
import { Command } from 'commander';
import { AGENT_COLOURS, type TrajectoryFormat, toPly } from '../../scenarios/export.ts';
import { quantile } from '../../scenarios/metrics.ts';
import type { SlamMap } from '../../slam/map/slam-map.ts';
import { trajectoryFormats } from '../arguments.ts';
import { readMap, writeTrajectory } from '../map-files.ts';
import { prepareFolder, writeAtomic } from '../output.ts';

/** Share of the points at each end of an axis that the extent leaves out. */
const OUTERMOST = 0.01;

interface MapOptions {
  readonly ply?: string;
  readonly trajectory?: readonly TrajectoryFormat[];
  readonly out?: string;
  readonly json?: boolean;
}

export function mapCommand(): Command {
  return new Command('map')
    .description('what a saved map holds, and exports of it')
    .argument('<file>', 'a map.peerslam')
    .option('--ply <file>', 'write its points as a point cloud')
    .option(
      '--trajectory <formats>',
      'write the poses of its keyframes, keyframes.*: tum, kitti, euroc; several with commas',
      trajectoryFormats,
    )
    .option('--out <dir>', "where the keyframes are written; the map's own folder if not given")
    .option('--json', 'print one JSON object and nothing else')
    .addHelpText('after', '\nExample:\n  $ peerslam map runs/rpy/map.peerslam --ply runs/rpy/points.ply')
    .action(run);
}

async function run(file: string, options: MapOptions): Promise<void> {
  const { map, version } = await readMap(file);
  if (options.ply) {
    await prepareFolder(dirname(options.ply));
    await writeAtomic(options.ply, toPly([{ positions: map.pointPositions(), colour: AGENT_COLOURS[1] }]));
  }
  if (options.trajectory) {
    const out = options.out ?? dirname(file);
    await prepareFolder(out);
    await writeTrajectory(out, 'keyframes', map.keyframeTrajectory(), options.trajectory);
  }
  const facts = describe(map, version);
  process.stdout.write(options.json ? `${JSON.stringify({ file, ...facts })}\n` : table(facts));
}

function describe(map: SlamMap, formatVersion: number) {
  const { kind, width, height, fx, fy, cx, cy, baseline } = map.camera.rig;
  const { times } = map.keyframeTrajectory();
  return {
    formatVersion,
    keyframes: map.keyframeCount,
    mapPoints: map.pointCount,
    camera: { sensor: kind, width, height, fx, fy, cx, cy, baseline },
    times: times.length > 0 ? { from: times[0], to: times[times.length - 1] } : null,
    /** A single camera cannot know how large what it sees is. */
    unit: kind === 'mono' ? 'units' : 'm',
    extent: extentOf(map.pointPositions()),
  };
}

/** Corners of the box round the points; along each axis without the outermost at either end, among which stray ones are. */
function extentOf(positions: Float64Array): { min: number[]; max: number[] } | null {
  if (positions.length === 0) return null;
  const axes = [0, 1, 2].map((axis) => [...positions.filter((_, i) => i % 3 === axis)]);
  return {
    min: axes.map((values) => quantile(values, OUTERMOST)),
    max: axes.map((values) => quantile(values, 1 - OUTERMOST)),
  };
}

function table({
  keyframes,
  mapPoints,
  camera,
  times,
  unit,
  extent,
  formatVersion,
}: ReturnType<typeof describe>): string {
  const lines = [
    `map     ${keyframes} keyframes, ${mapPoints} points`,
    `camera  ${camera.sensor}, ${camera.width}×${camera.height}, fx ${camera.fx} fy ${camera.fy} cx ${camera.cx} cy ${camera.cy}`,
    ...(times ? [`times   ${times.from} s to ${times.to} s`] : []),
    ...(extent
      ? [
          `extent  ${extent.max.map((high, i) => (high - extent.min[i]).toFixed(2)).join(' × ')} ${unit}, without the outermost ${100 * OUTERMOST} % at each end`,
        ]
      : []),
    `format  version ${formatVersion}`,
  ];
  return `${lines.join('\n')}\n`;
}
