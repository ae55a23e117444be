import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Random } from '../../base/random.ts';
import { slamCommand } from '../../bin/commands/slam.ts';
import { nodeFiles } from '../../bin/files.ts';
import { FramePool } from '../../bin/frames/pool.ts';
import { decodeImages } from '../../bin/images.ts';
import type { RecordingMetrics } from '../../scenarios/recording.ts';
import { openRecording } from '../../slam/datasets/open.ts';
import { dataFolder, hasData } from '../data.ts';
import { CAMERA, depthPng, Folder, greyPng, problem } from '../slam/datasets/folder.ts';
import { interruptedAtListener, peerslam } from './command.ts';

const SIZE: [number, number] = [320, 240];
const BLOCK = 9;
const FRAMES = 8;

/** A wall of grey blocks 2 m away that passes by, 3 pixels a frame. */
async function writeWall(folder: Folder): Promise<void> {
  const random = new Random('wall');
  const shades = Array.from({ length: 64 * 64 }, () => random.int(256));
  const shade = (u: number, v: number) => shades[64 * Math.floor(v / BLOCK) + Math.floor(u / BLOCK)];
  const depth = await depthPng(10_000, SIZE);
  const names = Array.from({ length: FRAMES }, (_, i) => i);
  for (const i of names) {
    await folder.write(`rgb/${i}.png`, await greyPng((u, v) => shade(u + 3 * i, v), SIZE));
    await folder.write(`depth/${i}.png`, depth);
  }
  const list = (kind: string) => names.map((i) => `${1 + i / 10} ${kind}/${i}.png\n`).join('');
  await folder.write('rgb.txt', list('rgb'));
  await folder.write('depth.txt', list('depth'));
  await folder.write('camera.yaml', `width: 320\nheight: 240\nfx: 260\nfy: 260\ncx: 160\ncy: 120\n`);
}

let folder: Folder;
beforeEach(async () => {
  folder = await Folder.create();
});
afterEach(() => {
  vi.restoreAllMocks();
});

const run = (...args: string[]) =>
  slamCommand().parseAsync([folder.path, '--out', folder.at('out'), ...args], { from: 'user' });

async function metrics(): Promise<RecordingMetrics> {
  return JSON.parse(await readFile(folder.at('out/metrics.json'), 'utf8'));
}

describe('peerslam slam --threads', () => {
  it('changes speed only', async () => {
    await writeWall(folder);
    const hashes = [];
    for (const threads of ['1', '2', '3']) {
      await run('--camera', folder.at('camera.yaml'), '--threads', threads);
      const { hash, frames, agents, skipped } = await metrics();
      expect([frames, agents[0].framesTracked, skipped]).toEqual([FRAMES, FRAMES, []]);
      hashes.push(hash);
    }
    expect(new Set(hashes).size).toBe(1);
  });

  it('skips the same frames for the same reasons', async () => {
    await writeWall(folder);
    await folder.write('rgb/2.png', (await readFile(folder.at('rgb/2.png'))).subarray(0, 900));
    await folder.write('rgb/5.png', await greyPng(9));
    const found = [];
    for (const threads of ['1', '2']) {
      await run('--camera', folder.at('camera.yaml'), '--threads', threads);
      const { hash, frames, skipped } = await metrics();
      found.push({ hash, frames, skipped });
    }
    expect(found[0].frames).toBe(FRAMES - 2);
    expect(found[0].skipped.map(({ time }) => time)).toEqual([1.2, 1.5]);
    expect(found[0].skipped[0].reason).toMatch(/rgb\/2\.png: is no image, or only part of one/);
    expect(found[1]).toEqual(found[0]);
  });

  it('changes speed only where the built program runs', async () => {
    await writeWall(folder);
    const options = ['--camera', folder.at('camera.yaml'), '--json', '--out', folder.at('out')];
    const hashes = [];
    for (const threads of ['1', '2']) {
      const { status, stdout } = await peerslam(['slam', folder.path, ...options, '--threads', threads]);
      expect(status).toBe(0);
      hashes.push((JSON.parse(stdout) as RecordingMetrics).hash);
    }
    expect(hashes[1]).toBe(hashes[0]);
  });

  it.skipIf(!hasData('kitti_00_first40'))('changes speed only on a real recording', async () => {
    const real = join(dataFolder, 'kitti_00_first40');
    for (const file of ['calib.txt', 'times.txt'])
      await folder.write(file, (await readFile(join(real, file), 'utf8')).split('\n').slice(0, 4).join('\n'));
    for (const camera of ['image_0', 'image_1']) {
      for (const image of (await readdir(join(real, camera))).sort().slice(0, 4))
        await folder.write(join(camera, image), await readFile(join(real, camera, image)));
    }
    const hashes = [];
    for (const threads of ['1', '3']) {
      await run('--threads', threads);
      hashes.push((await metrics()).hash);
    }
    expect(hashes[1]).toBe(hashes[0]);
  });
});

describe('a run that fails half way', () => {
  it('saves what it has, and fails', async () => {
    await writeWall(folder);
    const perceive = FramePool.prototype.perceive;
    vi.spyOn(FramePool.prototype, 'perceive').mockImplementation(function (this: FramePool, files) {
      return files.image.endsWith('5.png')
        ? Promise.reject(new Error('a thread fell over'))
        : perceive.call(this, files);
    });
    const result = run('--camera', folder.at('camera.yaml'), '--threads', '2');
    await expect(result).rejects.toThrow('a thread fell over');
    const { frames, agents } = await metrics();
    expect([frames, agents[0].framesTracked]).toEqual([5, 5]);
    expect((await readFile(folder.at('out/trajectory.tum'), 'utf8')).trim().split('\n').length).toBe(5);
    expect(await readFile(folder.at('out/map.ply'), 'utf8')).toMatch(/element vertex [1-9]/);
  });

  it('leaves nothing unanswered where it is stopped with work under way', async () => {
    await writeWall(folder);
    const options = { camera: folder.at('camera.yaml') };
    const { format, frames } = await openRecording(folder.path, options, nodeFiles, decodeImages);
    const pool = new FramePool(format, 1);
    const asked = frames.map((files) => pool.perceive(files));
    const settled = Promise.allSettled(asked);
    await asked[0];
    await pool.close();
    expect((await settled)[0].status).toBe('fulfilled');
    expect((await settled).some(({ status }) => status === 'rejected')).toBe(true);
  });

  it('ends where a thread does', async () => {
    await writeWall(folder);
    const options = { camera: folder.at('camera.yaml') };
    const { format, frames } = await openRecording(folder.path, options, nodeFiles, decodeImages);
    const wrong = { ...format, rig: { ...format.rig, pyramid: { levels: -1, scaleFactor: 1.2 } } };
    const pool = new FramePool(wrong, 1);
    await expect(pool.perceive(frames[0])).rejects.toThrow();
    await expect(pool.perceive(frames[1])).rejects.toThrow();
    await pool.close();
  });
});

describe('peerslam slam', () => {
  it('tells a truth that nothing can be compared with from none', async () => {
    await writeWall(folder);
    const report = async () => {
      const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
      await run('--camera', folder.at('camera.yaml'));
      const text = printed.mock.calls.flat().join('');
      printed.mockRestore();
      return text;
    };
    expect(await report()).toMatch(/ATE RMSE +no truth in the recording\n/);
    await folder.write('groundtruth.txt', '500 0 0 0 0 0 0 1\n501 0 0 0 0 0 0 1\n');
    expect(await report()).toMatch(/ATE RMSE +no pose to compare with the truth\n/);
    expect((await metrics()).agents[0].ateRmse).toBeNull();
  });

  it('hears Ctrl-C while it starts, and leaves what an earlier run wrote', async () => {
    await writeWall(folder);
    await folder.write('out/trajectory.tum', 'of an earlier run');
    const args = ['slam', folder.path, '--camera', folder.at('camera.yaml'), '--out', folder.at('out')];
    const { status, stderr } = await peerslam(args, interruptedAtListener(2));
    expect([status, stderr]).toEqual([130, '\nstopping; press Ctrl-C again to leave at once\n']);
    expect(await readFile(folder.at('out/trajectory.tum'), 'utf8')).toBe('of an earlier run');
  });

  it('hears Ctrl-C while the program is still loading', async () => {
    const { status, stderr } = await peerslam(['slam', folder.path], interruptedAtListener(1));
    expect([status, stderr]).toEqual([130, '\nstopped before it began\n']);
  });

  it('refuses what is no recording, and one of which nothing can be read', async () => {
    await folder.write('notes.txt', 'nothing');
    expect(await problem(run())).toMatch(
      /holds neither mav0\/cam0 \(EuRoC\), nor rgb\.txt .*, nor calib\.txt/,
    );
    await writeWall(folder);
    for (let i = 0; i < FRAMES; i++) await folder.write(`depth/${i}.png`, '');
    const camera = folder.at('camera.yaml');
    expect(await problem(run('--camera', camera, '--json'))).toMatch(
      /no frame could be read; the first: .*depth\/0/,
    );
    expect(await readdir(folder.at('out'))).toEqual([]);
  });

  it('writes nothing where the camera makes no sense', async () => {
    await writeWall(folder);
    await folder.write('camera.json', JSON.stringify({ ...CAMERA, fx: -5 }));
    expect(await problem(run('--camera', folder.at('camera.json')))).toMatch(/camera\.json: fx is -5/);
    expect(await readdir(folder.path)).not.toContain('out');
  });
});
