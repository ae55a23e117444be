import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { evaluateCommand } from '../../bin/commands/evaluate.ts';
import { mapCommand } from '../../bin/commands/map.ts';
import { slamCommand } from '../../bin/commands/slam.ts';
import { nodeFiles } from '../../bin/files.ts';
import { decodeImages } from '../../bin/images.ts';
import { readKernels } from '../../bin/resources.ts';
import type { RecordingMetrics } from '../../scenarios/recording.ts';
import { openRecording } from '../../slam/datasets/open.ts';
import { loadMap, saveMap } from '../../slam/map/file/map-file.ts';
import { dataFolder, hasData } from '../data.ts';
import { Folder, problem } from '../slam/datasets/folder.ts';
import { Drive } from '../slam/drive.ts';
import { CorridorWorld, RIG } from '../slam/synthetic.ts';

const KITTI = 'kitti_00_first40';
const FRAMES = 3;

let folder: Folder;
let printed: string;
beforeEach(async () => {
  folder = await Folder.create();
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** A map of somewhere else, made with a given camera. */
async function otherMap(rig = RIG, metres = 0.3): Promise<Uint8Array> {
  const world = new CorridorWorld({ seed: 'corridor' });
  return saveMap(new Drive(world, await readKernels(), false, undefined, { rig }).go(metres).slam.map);
}

describe('peerslam map', () => {
  const run = (...args: string[]) =>
    mapCommand().parseAsync([folder.at('map.peerslam'), ...args], { from: 'user' });

  it('tells what a map holds, and exports it', async () => {
    const bytes = await otherMap();
    const { map } = loadMap(bytes, 'map');
    await folder.write('map.peerslam', bytes);
    await run(
      '--json',
      '--ply',
      folder.at('a/points.ply'),
      '--trajectory',
      'tum,euroc',
      '--out',
      folder.at('b'),
    );
    const facts = JSON.parse(printed);
    expect([facts.keyframes, facts.mapPoints]).toEqual([map.keyframeCount, map.pointCount]);
    expect(facts.camera).toMatchObject({ sensor: 'rgbd', width: RIG.width, fx: RIG.fx });
    expect(facts.unit).toBe('m');
    expect(await readFile(folder.at('a/points.ply'), 'utf8')).toContain(`element vertex ${map.pointCount}\n`);
    expect((await readdir(folder.at('b'))).sort()).toEqual(['keyframes.euroc.csv', 'keyframes.tum']);
    printed = '';
    const files = ['euroc.csv', 'tum'].map((ending) => folder.at(`b/keyframes.${ending}`));
    await evaluateCommand().parseAsync([...files, '--align', 'none', '--json'], { from: 'user' });
    const { pairs, ape } = JSON.parse(printed);
    expect(pairs).toBe(map.keyframeCount);
    expect(ape.translation.max).toBeLessThan(1e-6);
  });

  it('tells keyframes in the order of their times, which need not be that of their ids', async () => {
    const { map } = loadMap(await otherMap(RIG, 3), 'map');
    const [first, second] = map.keyframes();
    Object.assign(first, { time: 90 });
    Object.assign(second, { time: 80 });
    await folder.write('map.peerslam', saveMap(map));
    await run('--json', '--trajectory', 'tum');
    const { times } = JSON.parse(printed);
    expect(times.to).toBe(90);
    expect(times.from).toBeLessThan(80);
    const lines = (await readFile(folder.at('keyframes.tum'), 'utf8')).trim().split('\n');
    const [beforeLast, last] = lines.slice(-2).map((line) => line.split(' ').map(Number));
    expect([beforeLast[0], last[0]]).toEqual([80, 90]);
    expect(last[1]).toBeCloseTo(first.worldFromBody[0], 6);
  });

  it('gives no metres to a single camera, and no say on the extent to stray points', async () => {
    const { map } = loadMap(await otherMap({ ...RIG, kind: 'mono' }), 'map');
    const [stray] = map.points();
    map.movePoint(stray, 1e6, -1e6, 1e6);
    await folder.write('map.peerslam', saveMap(map));
    await run();
    expect(printed).toMatch(
      /extent {2}\d+\.\d\d × \d+\.\d\d × \d+\.\d\d units, without the outermost 1 % at each end\n/,
    );
    for (const size of printed.match(/extent (.*) units/)![1].split('×'))
      expect(Number(size)).toBeLessThan(100);
  });

  it('says what is wrong with the file', async () => {
    expect(await problem(run())).toMatch(/map\.peerslam: there is no such file/);
    await folder.write('map.peerslam', (await otherMap()).subarray(0, 5000));
    expect(await problem(run())).toMatch(/map\.peerslam: cut short at byte 5000/);
  });
});

describe.skipIf(!hasData(KITTI))('peerslam slam --map', () => {
  const run = (out: string, ...args: string[]) =>
    slamCommand().parseAsync([folder.path, '--out', folder.at(out), '--json', ...args], { from: 'user' });
  const metrics = (): RecordingMetrics => JSON.parse(printed.trim().split('\n').at(-1)!);

  beforeEach(async () => {
    const real = join(dataFolder, KITTI);
    for (const file of ['calib.txt', 'times.txt'])
      await folder.write(
        file,
        (await readFile(join(real, file), 'utf8')).split('\n').slice(0, FRAMES).join('\n'),
      );
    for (const camera of ['image_0', 'image_1']) {
      for (const image of (await readdir(join(real, camera))).sort().slice(0, FRAMES))
        await folder.write(join(camera, image), await readFile(join(real, camera, image)));
    }
  });

  it('finds the camera in the map of an earlier run, and writes no map if only asked where it is', async () => {
    await run('first');
    const map = folder.at('first/map.peerslam');
    const before = await readFile(map);
    const { agents } = metrics();
    await run('second', '--map', map, '--localize-only', '--trajectory', 'kitti');
    expect(metrics().agents[0]).toMatchObject({
      framesTracked: FRAMES,
      keyframes: agents[0].keyframes,
      mapPoints: agents[0].mapPoints,
    });
    expect((await readFile(map)).equals(before)).toBe(true);
    const written = await readdir(folder.at('second'));
    expect(written).not.toContain('map.peerslam');
    expect(written).toEqual(expect.arrayContaining(['trajectory.tum', 'trajectory.kitti.txt']));
  });

  it('fails where no frame shows anything of the map, and says so', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const { format } = await openRecording(folder.path, {}, nodeFiles, decodeImages);
    await folder.write('other.peerslam', await otherMap(format.rig));
    await run('out', '--map', folder.at('other.peerslam'));
    expect(metrics().agents[0].framesTracked).toBe(0);
    expect(process.exitCode).toBe(1);
    expect(said.mock.calls.flat().join('')).toMatch(/not one frame shows anything of .*other\.peerslam/);
  });

  it('refuses a map of another camera, and to localise in none', async () => {
    await folder.write('other.peerslam', await otherMap());
    expect(await problem(run('out', '--map', folder.at('other.peerslam')))).toMatch(
      /other\.peerslam: was made with another camera: its sensor is rgbd, this one's stereo/,
    );
    expect(await problem(run('out', '--localize-only'))).toMatch(/--localize-only: needs the map/);
  });
});
