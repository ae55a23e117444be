import { InputError } from '../../base/errors.ts';
import { identity } from '../../base/se3.ts';
import type { CameraRig, ImageFrame } from '../../base/sensors.ts';
import {
  decodeAhead,
  type FileSource,
  type ImageDecoder,
  type Recording,
  requireRising,
  type SkippedFrame,
} from './recording.ts';

/** KITTI odometry (Geiger et al., CVPR 2012): `calib.txt`, `times.txt`, rectified grey pairs in `image_0` and `image_1`. */

/** Baselines up to which a stereo depth is close, as ORB-SLAM2 has it for KITTI. */
const CLOSE_BASELINES = 35;
const FEATURES = 2000;

/** @throws InputError where the folder is no KITTI sequence, its first image cannot be read, its calibration makes no sense, or times go back */
export async function openKitti(
  folder: string,
  files: FileSource,
  decoder: ImageDecoder,
): Promise<Recording> {
  const times = await readTimes(files, `${folder}/times.txt`);
  const items = times.map((item, i) => ({ ...item, name: `${String(i).padStart(6, '0')}.png` }));
  const first = await firstImage(files, decoder, `${folder}/image_0/${items[0].name}`);
  const rig = await readRig(files, `${folder}/calib.txt`, first.width, first.height);
  const skipped: SkippedFrame[] = [];
  const decode = async ({ name }: { name: string }): Promise<ImageFrame> => {
    const [left, right] = await Promise.all(
      ['image_0', 'image_1'].map(async (side) => {
        const path = `${folder}/${side}/${name}`;
        try {
          return await decoder.grey(await files.bytes(path));
        } catch (error) {
          throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
        }
      }),
    );
    for (const image of [left, right]) {
      if (image.width === rig.width && image.height === rig.height) continue;
      throw new Error(
        `${name} is ${image.width}×${image.height}; the camera's images are ${rig.width}×${rig.height}`,
      );
    }
    return { kind: 'images', width: left.width, height: left.height, grey: left.data, right: right.data };
  };
  const truth = `${folder}/poses.txt`;
  return {
    rig,
    features: FEATURES,
    count: items.length,
    truth: (await files.exists(truth))
      ? { path: truth, format: 'kitti', timesPath: `${folder}/times.txt` }
      : undefined,
    skipped,
    frames: () => decodeAhead(items, decode, skipped),
  };
}

/** The first image also tells the size of all. */
async function firstImage(files: FileSource, decoder: ImageDecoder, path: string) {
  try {
    return await decoder.grey(await files.bytes(path));
  } catch (error) {
    throw new InputError(path, `cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

async function readTimes(files: FileSource, path: string): Promise<{ time: number; line: number }[]> {
  if (!(await files.exists(path)))
    throw new InputError(path, 'is missing; a KITTI sequence lists its times there');
  const items: { time: number; line: number }[] = [];
  (await files.text(path)).split('\n').forEach((text, i) => {
    if (text.trim() === '') return;
    const time = Number(text);
    if (!Number.isFinite(time))
      throw new InputError(`${path}:${i + 1}`, `"${text.trim()}" should be a time in seconds`);
    items.push({ time, line: i + 1 });
  });
  if (items.length === 0) throw new InputError(path, 'lists no times');
  requireRising(path, items);
  return items;
}

async function readRig(files: FileSource, path: string, width: number, height: number): Promise<CameraRig> {
  if (!(await files.exists(path)))
    throw new InputError(path, 'is missing; it holds the projection matrices P0 and P1');
  const text = await files.text(path);
  const matrix = (name: string) => {
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${name}:`));
    const values =
      line
        ?.slice(name.length + 1)
        .trim()
        .split(/\s+/)
        .map(Number) ?? [];
    if (values.length !== 12 || !values.every(Number.isFinite)) {
      throw new InputError(path, `${name} should be followed by the 12 numbers of a 3×4 projection matrix`);
    }
    return values;
  };
  const [fx, , cx, , , fy, cy] = matrix('P0');
  const baseline = -matrix('P1')[3] / fx;
  if (!(fx > 0 && fy > 0)) throw new InputError(path, `focal lengths ${fx} and ${fy} must be positive`);
  if (!(baseline > 0))
    throw new InputError(path, `P1 puts the right camera ${baseline} m to the right; it must be positive`);
  return {
    kind: 'stereo',
    width,
    height,
    fx,
    fy,
    cx,
    cy,
    baseline,
    closeDepth: CLOSE_BASELINES * baseline,
    bodyFromCamera: identity(),
    pyramid: { levels: 8, scaleFactor: 1.2 },
  };
}
