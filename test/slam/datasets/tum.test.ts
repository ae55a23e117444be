import { readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { nodeFiles } from '../../../bin/files.ts';
import { openTum } from '../../../slam/datasets/tum.ts';
import { CAMERA, depthPng, Folder, greyPng, problem, readAll, timesOf } from './folder.ts';

let folder: Folder;

/** Four frames, 0.1 s apart; depth 1, 2, 3 and 4 m. */
beforeEach(async () => {
  folder = await Folder.create();
  for (let i = 0; i < 4; i++) {
    await folder.write(`rgb/${i}.png`, await greyPng(50 + i));
    await folder.write(`depth/${i}.png`, await depthPng(5000 * (i + 1)));
  }
  const list = (kind: string, late: number) =>
    `# timestamp filename\n${[0, 1, 2, 3].map((i) => `${(i * 0.1 + late).toFixed(3)} ${kind}/${i}.png\n`).join('')}`;
  await folder.write('rgb.txt', list('rgb', 1));
  await folder.write('depth.txt', list('depth', 1.004));
});

const tum = (sensor?: 'rgbd' | 'stereo' | 'mono') => openTum(folder.path, nodeFiles, sensor, CAMERA);

describe('a TUM recording', () => {
  it('pairs colour with the depth nearest in time, in metres', async () => {
    const recording = await tum();
    expect(recording.format.rig.kind).toBe('rgbd');
    expect(timesOf(recording)).toEqual([1, 1.1, 1.2, 1.3]);
    const { images } = await readAll(recording);
    expect(images.map(({ grey }) => grey[0])).toEqual([50, 51, 52, 53]);
    expect(images.map(({ depth }) => depth![7])).toEqual([1, 2, 3, 4]);
    expect(recording.skipped).toEqual([]);
  });

  it('counts colour without depth in time as skipped', async () => {
    await folder.write('depth.txt', '1.3 depth/3.png\n1.5 depth/0.png\n');
    const recording = await tum();
    expect(timesOf(recording)).toEqual([1.3]);
    expect(recording.skipped.map(({ time }) => time)).toEqual([1, 1.1, 1.2]);
    expect(recording.skipped[0].reason).toMatch(/rgb\/0\.png has no depth image within 0.02 s/);
    await folder.write('depth.txt', '9 depth/3.png\n');
    expect(await problem(tum())).toMatch(/no colour image has a depth image within 0.02 s/);
  });

  it('notes what cannot be read in mid-recording: missing, truncated, of the wrong kind or size', async () => {
    await folder.remove('rgb/0.png');
    await folder.write('rgb/1.png', (await readFile(folder.at('rgb/1.png'))).subarray(0, 60));
    await folder.write('depth/2.png', await greyPng(9));
    await folder.write('rgb/3.png', await greyPng(9, [32, 48]));
    const { images, reasons } = await readAll(await tum());
    expect(images).toEqual([]);
    const [missing, truncated, shallow, small] = reasons;
    expect(missing).toMatch(/rgb\/0\.png: there is no such file/);
    expect(truncated).toMatch(/rgb\/1\.png: is no image, or only part of one/);
    expect(shallow).toMatch(/depth\/2\.png: is uchar with 1 channel.*16 bits/);
    expect(small).toMatch(/rgb\/3\.png is 32×48; the camera's images are 64×48/);
  });

  it('has one camera where depth is not there, or not wanted', async () => {
    await folder.write('depth.txt', '1.3 depth/3.png\n');
    const mono = await tum('mono');
    expect(mono.format.rig.kind).toBe('mono');
    expect(timesOf(mono)).toEqual([1, 1.1, 1.2, 1.3]);
    expect((await readAll(mono)).images.every(({ depth }) => depth === undefined)).toBe(true);
    await folder.remove('depth.txt');
    expect((await tum()).format.rig.kind).toBe('mono');
    expect(await problem(tum('rgbd'))).toMatch(
      /has no depth images, which --sensor rgbd needs; it offers mono/,
    );
    expect(await problem(tum('stereo'))).toMatch(/has no right images/);
  });

  it('reads lists as people leave them: other line ends, blank lines, comments, further columns', async () => {
    await folder.write('rgb.txt', '\ufeff# colour\r\n\r\n1.0 rgb/0.png extra 7\r\n  1.1\trgb/1.png\r\n# end');
    expect(timesOf(await tum())).toEqual([1, 1.1]);
  });

  it('skips a moment listed twice, and is refused where times go back', async () => {
    await folder.write('rgb.txt', '1.0 rgb/0.png\n1.1 rgb/1.png\n1.1 rgb/2.png\n1.2 rgb/3.png\n');
    const recording = await tum();
    expect(timesOf(recording)).toEqual([1, 1.1, 1.2]);
    expect(recording.skipped.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/rgb\.txt:3: time 1.1 is listed a second time/),
    ]);
    await folder.write('rgb.txt', '1.0 rgb/0.png\n1.2 rgb/1.png\n1.1 rgb/2.png\n');
    expect(await problem(tum())).toMatch(/rgb\.txt:3: time 1.1 does not come after 1.2/);
  });

  it('is refused with file and line where its lists make no sense', async () => {
    await folder.write('rgb.txt', '1.0 rgb/0.png\nsoon rgb/1.png\n');
    expect(await problem(tum())).toMatch(/rgb\.txt:2: "soon rgb\/1\.png" should be a time/);
    await folder.write('rgb.txt', '# nothing\n');
    expect(await problem(tum())).toMatch(/rgb\.txt: lists no images/);
    await folder.remove('rgb.txt');
    expect(await problem(tum())).toMatch(/rgb\.txt: is missing/);
    await folder.write('rgb.txt/file', '');
    expect(await problem(tum())).toMatch(/rgb\.txt: cannot be read: is a folder, not a file/);
  });

  it('needs a camera: by its folder’s name, or told', async () => {
    expect(await problem(openTum(folder.path, nodeFiles))).toMatch(/does not name its camera/);
    const named = await Folder.create('rgbd_dataset_freiburg3_office');
    await named.write('rgb.txt', '1 rgb/0.png\n');
    expect((await openTum(named.path, nodeFiles)).format.rig).toMatchObject({
      fx: 535.4,
      cy: 247.6,
      width: 640,
    });
  });
});
