import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../base/errors.ts';
import { slamCommand } from '../../bin/commands/slam.ts';
import { nodeFiles } from '../../bin/files.ts';
import { decodeImages } from '../../bin/images.ts';
import { openKitti } from '../../slam/datasets/kitti.ts';
import type { Recording } from '../../slam/datasets/recording.ts';
import { openTum } from '../../slam/datasets/tum.ts';
import { RIG } from './synthetic.ts';

const [WIDTH, HEIGHT] = [64, 48];
const rig = { ...RIG, width: WIDTH, height: HEIGHT };
let folder: string;
const folders: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'peerslam-dataset-'));
  folders.push(folder);
});
afterAll(async () => {
  for (const each of folders) await rm(each, { recursive: true });
});

function greyPng(value: number, width = WIDTH): Promise<Buffer> {
  const raw = { width, height: HEIGHT, channels: 1 as const };
  return sharp(new Uint8Array(width * HEIGHT).fill(value), { raw })
    .toColourspace('b-w')
    .png()
    .toBuffer();
}

function depthPng(value: number): Promise<Buffer> {
  const raw = { width: WIDTH, height: HEIGHT, channels: 1 as const };
  return sharp(new Uint16Array(WIDTH * HEIGHT).fill(value), { raw })
    .toColourspace('grey16')
    .png()
    .toBuffer();
}

/** Four frames, 0.1 s apart; depth 1, 2, 3 and 4 m. */
async function writeTum(): Promise<void> {
  await mkdir(join(folder, 'rgb'));
  await mkdir(join(folder, 'depth'));
  for (let i = 0; i < 4; i++) {
    await writeFile(join(folder, `rgb/${i}.png`), await greyPng(50 + i));
    await writeFile(join(folder, `depth/${i}.png`), await depthPng(5000 * (i + 1)));
  }
  const list = (kind: string, late: number) =>
    `# timestamp filename\n${[0, 1, 2, 3].map((i) => `${(i * 0.1 + late).toFixed(3)} ${kind}/${i}.png\n`).join('')}`;
  await writeFile(join(folder, 'rgb.txt'), list('rgb', 1));
  await writeFile(join(folder, 'depth.txt'), list('depth', 1.004));
}

const tum = () => openTum(folder, nodeFiles, decodeImages, rig);

async function framesOf(recording: Recording) {
  const frames = [];
  for await (const frame of recording.frames()) frames.push(frame);
  return frames;
}

async function problem(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message;
}

describe('a TUM recording', () => {
  beforeEach(writeTum);

  it('pairs colour with the depth nearest in time, in metres', async () => {
    const recording = await tum();
    const frames = await framesOf(recording);
    expect(frames.map(({ time }) => time)).toEqual([1, 1.1, 1.2, 1.3]);
    expect(frames.map(({ camera }) => camera.grey[0])).toEqual([50, 51, 52, 53]);
    expect(frames.map(({ camera }) => camera.depth![7])).toEqual([1, 2, 3, 4]);
    expect(recording.skipped).toEqual([]);
  });

  it('leaves out colour without depth in time', async () => {
    await writeFile(join(folder, 'depth.txt'), '1.3 depth/3.png\n1.5 depth/0.png\n');
    expect((await framesOf(await tum())).map(({ time }) => time)).toEqual([1.3]);
    await writeFile(join(folder, 'depth.txt'), '9 depth/3.png\n');
    expect(await problem(tum())).toMatch(/no colour image has a depth image within 0.02 s/);
  });

  it('notes and skips what cannot be read in mid-recording: missing, truncated, of the wrong kind or size', async () => {
    await rm(join(folder, 'rgb/0.png'));
    await writeFile(join(folder, 'rgb/1.png'), (await readFile(join(folder, 'rgb/1.png'))).subarray(0, 60));
    await writeFile(join(folder, 'depth/2.png'), await greyPng(9));
    await writeFile(join(folder, 'rgb/3.png'), await greyPng(9, 32));
    const recording = await tum();
    expect(await framesOf(recording)).toEqual([]);
    const [missing, truncated, shallow, small] = recording.skipped;
    expect(recording.skipped.map(({ time }) => time)).toEqual([1, 1.1, 1.2, 1.3]);
    expect(missing.reason).toMatch(/rgb\/0\.png.*no such file/);
    expect(truncated.reason).toMatch(/rgb\/1\.png/);
    expect(shallow.reason).toMatch(/depth\/2\.png: is uchar with 1 channel.*16 bits/);
    expect(small.reason).toMatch(/rgb\/3\.png is 32×48; the camera's images are 64×48/);
  });

  it('goes on after a frame it skipped', async () => {
    await writeFile(join(folder, 'depth/1.png'), 'no image at all');
    const recording = await tum();
    expect((await framesOf(recording)).map(({ time }) => time)).toEqual([1, 1.2, 1.3]);
    expect(recording.skipped.length).toBe(1);
    expect(recording.skipped[0].reason).toMatch(/depth\/1\.png/);
  });

  it('is refused with file and line where its lists make no sense', async () => {
    const rgb = join(folder, 'rgb.txt');
    await writeFile(rgb, '1.0 rgb/0.png\n1.2 rgb/1.png\n1.1 rgb/2.png\n');
    expect(await problem(tum())).toMatch(/rgb\.txt:3: time 1.1 does not come after 1.2/);
    await writeFile(rgb, '1.0 rgb/0.png\nsoon rgb/1.png\n');
    expect(await problem(tum())).toMatch(/rgb\.txt:2: "soon rgb\/1\.png" should be a time/);
    await writeFile(rgb, '# nothing\n');
    expect(await problem(tum())).toMatch(/rgb\.txt: lists no images/);
    await rm(rgb);
    expect(await problem(tum())).toMatch(/rgb\.txt: is missing/);
  });

  it('needs a camera: by its folder’s name, or told', async () => {
    expect(await problem(openTum(folder, nodeFiles, decodeImages))).toMatch(/does not name its camera/);
  });
});

describe('a KITTI sequence', () => {
  const CALIBRATION = 'P0: 700 0 30 0 0 700 20 0 0 0 1 0\nP1: 700 0 30 -350 0 700 20 0 0 0 1 0\n';

  beforeEach(async () => {
    for (const side of ['image_0', 'image_1']) {
      await mkdir(join(folder, side));
      for (let i = 0; i < 3; i++) await writeFile(join(folder, side, `00000${i}.png`), await greyPng(i));
    }
    await writeFile(join(folder, 'calib.txt'), CALIBRATION);
    await writeFile(join(folder, 'times.txt'), '0\n0.1\n0.2\n');
  });
  const kitti = () => openKitti(folder, nodeFiles, decodeImages);

  it('gives pairs, and its rig from the projection matrices', async () => {
    const recording = await kitti();
    expect(recording.rig).toMatchObject({
      kind: 'stereo',
      fx: 700,
      cx: 30,
      cy: 20,
      baseline: 0.5,
      width: 64,
    });
    expect((await framesOf(recording)).map(({ camera }) => camera.right![0])).toEqual([0, 1, 2]);
  });

  it('skips a pair that lost a side', async () => {
    await rm(join(folder, 'image_1/000001.png'));
    const recording = await kitti();
    expect((await framesOf(recording)).length).toBe(2);
    expect(recording.skipped[0].reason).toMatch(/image_1\/000001\.png.*no such file/);
  });

  it('is refused where it cannot begin', async () => {
    const calibration = join(folder, 'calib.txt');
    await writeFile(calibration, CALIBRATION.replace('-350', '350'));
    expect(await problem(kitti())).toMatch(/calib\.txt: P1 puts the right camera -0.5 m/);
    await writeFile(calibration, 'P0: 1 2 3\n');
    expect(await problem(kitti())).toMatch(/P0 should be followed by the 12 numbers/);
    await rm(calibration);
    expect(await problem(kitti())).toMatch(/calib\.txt: is missing/);
    await rm(join(folder, 'image_0/000000.png'));
    expect(await problem(kitti())).toMatch(/image_0\/000000\.png: cannot be read/);
    await writeFile(join(folder, 'times.txt'), '0\n0.1\n0.1\n');
    expect(await problem(kitti())).toMatch(/times\.txt:3: time 0.1 does not come after 0.1/);
  });
});

describe('peerslam slam', () => {
  const run = (...args: string[]) =>
    slamCommand().parseAsync([folder, '--out', join(folder, 'out'), ...args], { from: 'user' });

  it('refuses a camera file that makes no sense, and writes nothing', async () => {
    await writeTum();
    const camera = join(folder, 'camera.json');
    expect(await problem(run('--camera', camera))).toMatch(/camera\.json: there is no such file/);
    await writeFile(camera, '{ fx: 5 }');
    expect(await problem(run('--camera', camera))).toMatch(/camera\.json: is no JSON/);
    await writeFile(camera, '{"width": 64, "height": 48, "fx": -5, "fy": 50, "cx": 32}');
    expect(await problem(run('--camera', camera))).toMatch(/camera\.json: .*fx.*cy|camera\.json: .*cy.*fx/s);
    await writeFile(camera, '{"width": 64, "height": 48, "fx": 50, "fy": 50, "cx": 32, "cy": 24, "k1": 0}');
    expect(await problem(run('--camera', camera))).toMatch(/k1/);
    expect(await readdir(folder)).not.toContain('out');
  });

  it('refuses a folder that is no recording, and one of which nothing can be read', async () => {
    expect(await problem(run())).toMatch(/holds neither rgb\.txt .* nor calib\.txt/);
    await writeTum();
    for (let i = 0; i < 4; i++) await writeFile(join(folder, `depth/${i}.png`), '');
    const camera = join(folder, 'camera.json');
    await writeFile(camera, '{"width": 64, "height": 48, "fx": 50, "fy": 50, "cx": 32, "cy": 24}');
    expect(await problem(run('--camera', camera, '--json'))).toMatch(
      /no frame could be read; the first: .*depth\/0/,
    );
    expect(await readdir(join(folder, 'out'))).toEqual([]);
  });
});
