import { beforeEach, describe, expect, it } from 'vitest';
import { nodeFiles } from '../../../bin/files.ts';
import { decodeImages } from '../../../bin/images.ts';
import { type OpenOptions, openRecording } from '../../../slam/datasets/open.ts';
import { CAMERA, depthPng, Folder, greyPng, problem, readAll, timesOf } from './folder.ts';

let folder: Folder;
beforeEach(async () => {
  folder = await Folder.create();
  for (const i of [1, 2, 10]) {
    await folder.write(`left/img${i}.png`, await greyPng(i));
    await folder.write(`right/img${i}.png`, await greyPng(100 + i));
    await folder.write(`depth/img${i}.png`, await depthPng(1000 * i));
  }
  await folder.write('left/notes.txt', 'not an image');
});

const camera = (more: object = {}) => folder.write('camera.json', JSON.stringify({ ...CAMERA, ...more }));
const open = (path = 'left', options: OpenOptions = {}) =>
  openRecording(folder.at(path), { camera: folder.at('camera.json'), ...options }, nodeFiles, decodeImages);

describe('plain images with a camera file', () => {
  it('come in natural order, at the rate it says', async () => {
    await camera({ fps: 10, distortion: [0.1, -0.05] });
    const recording = await open();
    expect(recording.format.rig).toMatchObject({ kind: 'mono', fx: 50, distortion: [0.1, -0.05] });
    expect(timesOf(recording)).toEqual([0, 0.1, 0.2]);
    expect((await readAll(recording)).images.map(({ grey }) => grey[0])).toEqual([1, 2, 10]);
  });

  it('may be a glob, and the camera YAML', async () => {
    await folder.write('camera.yaml', 'width: 64\nheight: 48\nfx: 50\nfy: 50 # square\ncx: 32\ncy: 24\n');
    const recording = await open('left/img1*.png', { camera: folder.at('camera.yaml') });
    expect((await readAll(recording)).images.map(({ grey }) => grey[0])).toEqual([1, 10]);
    expect(await problem(open('left/x*.png', { camera: folder.at('camera.yaml') }))).toMatch(
      /x\*\.png: matches no file/,
    );
  });

  it('may have depth, in its own unit, or right images', async () => {
    await camera({ depth: 'depth', depthUnit: 0.002 });
    const rgbd = await open();
    expect(rgbd.format.rig.kind).toBe('rgbd');
    expect((await readAll(rgbd)).images.map(({ depth }) => depth![5])).toEqual([2, 4, 20]);
    expect((await open('left', { sensor: 'mono' })).format.rig.kind).toBe('mono');
    await camera({ right: 'right/*.png', baseline: 0.2 });
    const stereo = await open();
    expect(stereo.format.rig).toMatchObject({ kind: 'stereo', baseline: 0.2 });
    expect((await readAll(stereo)).images.map(({ right }) => right![5])).toEqual([101, 102, 110]);
    expect(await problem(open('left', { sensor: 'rgbd' }))).toMatch(
      /has no depth images.*it offers stereo and mono/,
    );
  });

  it('may have times of their own', async () => {
    await camera({ times: 'times.txt' });
    await folder.write('times.txt', '# seconds\n5.5\n5.75\n6\n');
    expect(timesOf(await open())).toEqual([5.5, 5.75, 6]);
    await folder.write('times.txt', '5.5\n5.75\n');
    expect(await problem(open())).toMatch(/holds 2 times; there should be one for each of the 3 images/);
    await folder.write('times.txt', '5.5\n5.75\n5\n');
    expect(await problem(open())).toMatch(/times\.txt:3: time 5 does not come after 5.75/);
  });

  it('are refused where the camera file is wrong, with what would be right', async () => {
    for (const [wrong, said] of [
      [{ fx: 0 }, /fx is 0; the focal length .* should be from 3.2.* to 3840 pixels/],
      [{ fy: -50 }, /fy is -50/],
      [{ fx: null }, /json: fx is empty; it should be a number$/],
      [{ cy: undefined }, /json: cy is missing; it should be a number$/],
      [
        { fx: '50', distortion: [0, 'k2'] },
        /fx is "50"; it should be a number; distortion\[1\] is "k2"; it should be/,
      ],
      [{ distortion: [0, 0, 0, 0, 0, 0] }, /distortion is \[0,.*\]; it should be a list of at most 5$/],
      [{ cx: 64 }, /principal point \(64, 23.5\) lies outside the image; it should be within 64×48/],
      [{ distortion: [9, -40] }, /distortion \[9, -40\] cannot be undone/],
      [{ k1: 0, k2: 0 }, /json: k1, k2 are no keys of a camera$/],
      [{ width: 0 }, /width is 0; it should be above 0/],
      [{ width: 64.5 }, /width is 64.5; it should be a whole number$/],
      [{ right: 'right' }, /names right images but no baseline/],
      [{ right: 'right', baseline: 0 }, /baseline/],
      [{ right: 'right', baseline: 0.1, distortion: [0.1] }, /images must be rectified/],
      [{ depth: 'nowhere' }, /nowhere: cannot be read: there is no such file/],
      [{ depth: 'depth/img1.png' }, /is a file, not a folder/],
      [{ depth: 'depth/img?.png' }, /holds 2 images; there should be one for each of the 3/],
      [{ fps: 0 }, /fps/],
    ] as const) {
      await camera(wrong);
      expect(await problem(open()), JSON.stringify(wrong)).toMatch(said);
    }
    await folder.write('camera.json', '{"width": ');
    expect(await problem(open())).toMatch(/camera\.json: is neither JSON nor YAML/);
    await folder.remove('camera.json');
    expect(await problem(open())).toMatch(/camera\.json: is missing/);
    await folder.write('empty/notes.txt', '');
    await camera();
    expect(await problem(open('empty'))).toMatch(/empty: holds no images/);
  });
});

describe('the layout of a recording', () => {
  it('is guessed from what is there', async () => {
    await camera();
    await folder.write('tum/rgb.txt', '1 a.png\n');
    expect((await open('tum')).frames[0].image).toMatch(/tum\/a\.png$/);
    await folder.write('tum-depth-only/depth.txt', '1 a.png\n');
    expect(await problem(open('tum-depth-only'))).toMatch(/rgb\.txt: is missing/);
    await folder.write('kitti/image_0/000000.png', await greyPng(1));
    expect(await problem(open('kitti', { camera: undefined }))).toMatch(
      /times\.txt: is missing; a KITTI sequence/,
    );
    await folder.write('euroc/mav0/cam0/data.csv', '');
    expect(await problem(open('euroc', { camera: undefined }))).toMatch(/sensor\.yaml: is missing.* EuRoC/);
  });

  it('is told what was looked for where nothing is', async () => {
    const options = { camera: undefined };
    expect(await problem(open('left', options))).toMatch(
      /left: holds neither mav0\/cam0 \(EuRoC\), nor rgb\.txt \(TUM RGB-D\), nor calib\.txt .*--camera FILE/,
    );
    expect(await problem(open('left', { ...options, format: 'images' }))).toMatch(
      /give it with --camera FILE/,
    );
    expect(await problem(open('nowhere', options))).toMatch(/nowhere: there is no such folder/);
    expect(await problem(open('left/img1.png', options))).toMatch(/img1\.png: is no folder of a recording/);
    await camera();
    expect(await problem(open('left', { format: 'kitti' }))).toMatch(/--camera .* is of no use/);
  });
});
