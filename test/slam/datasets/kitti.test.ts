import { mkdir, rename } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { nodeFiles } from '../../../bin/files.ts';
import { decodeImages } from '../../../bin/images.ts';
import { openKitti } from '../../../slam/datasets/kitti.ts';
import { Folder, greyPng, problem, readAll, timesOf } from './folder.ts';

const CALIBRATION = `P0: 700 0 30 0 0 700 20 0 0 0 1 0
P1: 700 0 30 -350 0 700 20 0 0 0 1 0
P2: 700 0 30 42 0 700 20 0 0 0 1 0
P3: 700 0 30 -308 0 700 20 0 0 0 1 0
Tr: 1 0 0 0 0 1 0 0 0 0 1 0
`;
let folder: Folder;

beforeEach(async () => {
  folder = await Folder.create('sequences/07');
  for (const [camera, shade] of [
    [0, 0],
    [1, 10],
  ]) {
    for (let i = 0; i < 3; i++) await folder.write(`image_${camera}/00000${i}.png`, await greyPng(shade + i));
  }
  await folder.write('calib.txt', CALIBRATION);
  await folder.write('times.txt', '0\n1.0e-1\n2.0e-1\n');
});

const kitti = (sensor?: 'stereo' | 'mono' | 'rgbd') =>
  openKitti(folder.path, nodeFiles, decodeImages, sensor);

describe('a KITTI sequence', () => {
  it('gives pairs, and its rig from the projection matrices', async () => {
    const recording = await kitti();
    expect(recording.format.rig).toMatchObject({
      kind: 'stereo',
      fx: 700,
      cx: 30,
      cy: 20,
      baseline: 0.5,
      width: 64,
    });
    expect(timesOf(recording)).toEqual([0, 0.1, 0.2]);
    const { images } = await readAll(recording);
    expect(images.map(({ grey, right }) => [grey[0], right![0]])).toEqual([
      [0, 10],
      [1, 11],
      [2, 12],
    ]);
  });

  it('takes the colour pair where there is no grey one, seen from camera 0', async () => {
    await rename(folder.at('image_0'), folder.at('image_2'));
    await rename(folder.at('image_1'), folder.at('image_3'));
    const { rig } = (await kitti()).format;
    expect(rig.baseline).toBeCloseTo(0.5, 12);
    expect(rig.bodyFromCamera[0]).toBeCloseTo(-0.06, 12);
  });

  it('has one camera where the other is not there, or not wanted; its truth is the camera’s', async () => {
    await folder.write('poses.txt', '1 0 0 0 0 1 0 0 0 0 1 0\n');
    const mono = await kitti('mono');
    expect(mono.format.rig.kind).toBe('mono');
    expect((await readAll(mono)).images.every(({ right }) => right === undefined)).toBe(true);
    await rename(folder.at('image_0'), folder.at('image_2'));
    const colour = await kitti();
    expect(colour.format.rig.kind).toBe('mono');
    expect(colour.format.rig.bodyFromCamera[0]).toBe(0);
    expect(colour.truth?.bodyFromTracked?.[0]).toBeCloseTo(-0.06, 12);
    expect(await problem(kitti('stereo'))).toMatch(/has no right images, which --sensor stereo needs/);
    expect(await problem(kitti('rgbd'))).toMatch(/has no depth images/);
  });

  it('finds its truth beside it, and where the benchmark unpacks it', async () => {
    expect((await kitti()).truth).toBeUndefined();
    const elsewhere = folder.at('../../poses');
    await mkdir(elsewhere);
    await folder.write('../../poses/07.txt', '1 0 0 0 0 1 0 0 0 0 1 0\n');
    expect((await kitti()).truth?.path).toMatch(/poses\/07\.txt$/);
    await folder.write('poses.txt', '1 0 0 0 0 1 0 0 0 0 1 0\n');
    expect((await kitti()).truth?.path).toMatch(/07\/poses\.txt$/);
  });

  it('notes a pair that lost a side, also its first', async () => {
    await folder.remove('image_1/000001.png');
    await folder.remove('image_0/000000.png');
    const { images, reasons } = await readAll(await kitti());
    expect(images.length).toBe(1);
    expect(reasons[0]).toMatch(/image_0\/000000\.png: there is no such file/);
    expect(reasons[1]).toMatch(/image_1\/000001\.png: there is no such file/);
  });

  it('is refused where it cannot begin', async () => {
    await folder.write('calib.txt', CALIBRATION.replace('-350', '350'));
    expect(await problem(kitti())).toMatch(/calib\.txt: P1 puts the right camera -0.5 m/);
    await folder.write('calib.txt', CALIBRATION.replace('P0: 700', 'P0: -700'));
    expect(await problem(kitti())).toMatch(/calib\.txt P0: fx is -700/);
    await folder.write('calib.txt', 'P0: 1 2 3\n');
    expect(await problem(kitti())).toMatch(/calib\.txt:1: P0 should be followed by the 12 numbers/);
    await folder.remove('calib.txt');
    expect(await problem(kitti())).toMatch(/calib\.txt: is missing/);
    await folder.write('times.txt', '0\n0.1\n0.05\n');
    expect(await problem(kitti())).toMatch(/times\.txt:3: time 0.05 does not come after 0.1/);
    await folder.write('times.txt', '\n');
    expect(await problem(kitti())).toMatch(/times\.txt: lists no times/);
  });

  it('is refused where it holds no images', async () => {
    await folder.remove('image_1');
    for (let i = 0; i < 3; i++) await folder.write(`image_0/00000${i}.png`, 'none');
    expect(await problem(kitti())).toMatch(/image_0\/000000\.png: cannot be read/);
    for (let i = 0; i < 3; i++) await folder.remove(`image_0/00000${i}.png`);
    expect(await problem(kitti())).toMatch(/image_0: holds no images/);
    await folder.remove('image_0');
    expect(await problem(kitti())).toMatch(/holds no images; a KITTI sequence has them in image_0/);
  });
});
