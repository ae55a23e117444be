import { dirname } from 'node:path';
import { Command } from 'commander';
import { AGENT_COLOURS, type TrajectoryFormat, toPly } from '../../scenarios/export.ts';
import type { SlamMap } from '../../slam/map/slam-map.ts';
import { trajectoryFormats } from '../arguments.ts';
import { readMap, writeTrajectory } from '../map-files.ts';
import { prepareFolder, writeAtomic } from '../output.ts';

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
    extent: extentOf(map.pointPositions()),
  };
}

/** Corners of the box round all points, metres. */
function extentOf(positions: Float64Array): { min: number[]; max: number[] } | null {
  if (positions.length === 0) return null;
  const min = [...positions.subarray(0, 3)];
  const max = [...positions.subarray(0, 3)];
  for (let i = 0; i < positions.length; i++) {
    min[i % 3] = Math.min(min[i % 3], positions[i]);
    max[i % 3] = Math.max(max[i % 3], positions[i]);
  }
  return { min, max };
}

function table({
  keyframes,
  mapPoints,
  camera,
  times,
  extent,
  formatVersion,
}: ReturnType<typeof describe>): string {
  const lines = [
    `map     ${keyframes} keyframes, ${mapPoints} points`,
    `camera  ${camera.sensor}, ${camera.width}×${camera.height}, fx ${camera.fx} fy ${camera.fy} cx ${camera.cx} cy ${camera.cy}`,
    ...(times ? [`times   ${times.from} s to ${times.to} s`] : []),
    ...(extent
      ? [`extent  ${extent.max.map((high, i) => (high - extent.min[i]).toFixed(2)).join(' × ')} m`]
      : []),
    `format  version ${formatVersion}`,
  ];
  return `${lines.join('\n')}\n`;
}
