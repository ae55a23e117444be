import { InputError } from '../../base/errors.ts';
import { identity, poseOf } from '../../base/se3.ts';
import type { CameraRig } from '../../base/sensors.ts';
import { checkCalibration, chooseSensor, rigOf, sizeOf } from './calibration.ts';
import type { FileSource, FrameFiles, ImageDecoder, Recording, Sensor, TruthFile } from './recording.ts';
import { type Line, readLines, rising } from './text.ts';

/**
 * KITTI odometry (Geiger et al., CVPR 2012): `calib.txt`, `times.txt`, rectified pairs in `image_0` and `image_1` (grey) or
 * `image_2` and `image_3` (colour). Poses are those of camera 0.
 */

const FEATURES = 2000;
const PAIRS = [
  [0, 1],
  [2, 3],
] as const;
const EXTENSIONS = ['png', 'jpg', 'jpeg'];

/** @throws InputError where the folder is no KITTI sequence, no image can be read, its calibration makes no sense, or times go back */
export async function openKitti(
  folder: string,
  files: FileSource,
  decoder: ImageDecoder,
  sensor?: Sensor,
): Promise<Recording> {
  const times = rising(await readTimes(files, `${folder}/times.txt`));
  const { left, right } = await findCameras(files, folder);
  const kind = chooseSensor(folder, right === undefined ? ['mono'] : ['stereo', 'mono'], sensor);
  const extension = await extensionIn(files, `${folder}/image_${left}`);
  const frames: FrameFiles[] = times.kept.map(({ time, index }) => {
    const name = `${String(index).padStart(6, '0')}.${extension}`;
    const image = `${folder}/image_${left}/${name}`;
    return { time, image, ...(kind === 'stereo' && { right: `${folder}/image_${right}/${name}` }) };
  });
  const size = await sizeOf(
    frames.map(({ image }) => image),
    files,
    decoder,
  );
  const camera = await readRig(files, `${folder}/calib.txt`, kind, left, size);
  // A single camera's scale is unknown, and with it its distance from camera 0 in units of its map: the truth is moved instead.
  const rig = kind === 'mono' ? { ...camera, bodyFromCamera: identity() } : camera;
  const truth = await findTruth(files, folder);
  return {
    format: { rig, features: FEATURES },
    frames,
    skipped: times.skipped,
    ...(truth && { truth: kind === 'mono' ? { ...truth, bodyFromTracked: camera.bodyFromCamera } : truth }),
  };
}

/** The grey pair where it is whole, else the colour pair, else whichever left camera there is. */
async function findCameras(files: FileSource, folder: string): Promise<{ left: number; right?: number }> {
  const there = await Promise.all([0, 1, 2, 3].map((camera) => files.exists(`${folder}/image_${camera}`)));
  const pair = PAIRS.find(([left, right]) => there[left] && there[right]);
  if (pair) return { left: pair[0], right: pair[1] };
  const alone = PAIRS.find(([left]) => there[left]);
  if (alone) return { left: alone[0] };
  throw new InputError(
    folder,
    'holds no images; a KITTI sequence has them in image_0 and image_1, or image_2 and image_3',
  );
}

async function extensionIn(files: FileSource, folder: string): Promise<string> {
  const names = await files.list(folder);
  const found = EXTENSIONS.find((extension) => names.some((name) => name.endsWith(`.${extension}`)));
  if (found) return found;
  throw new InputError(
    folder,
    `holds no images; there should be 000000.${EXTENSIONS[0]}, 000001.${EXTENSIONS[0]} and so on`,
  );
}

async function readTimes(
  files: FileSource,
  path: string,
): Promise<(Line & { time: number; index: number })[]> {
  const lines = await readLines(files, path, 'a KITTI sequence lists its times there, one a line');
  if (lines.length === 0) throw new InputError(path, 'lists no times');
  return lines.map((line, index) => {
    const time = Number(line.text.split(/[\s,]+/)[0]);
    if (!Number.isFinite(time))
      throw new InputError(line.where, `"${line.text}" should be a time in seconds`);
    return { ...line, time, index };
  });
}

/** From projection matrices K [I | t], with t from camera 0 to each. */
async function readRig(
  files: FileSource,
  path: string,
  kind: Sensor,
  left: number,
  size: { width: number; height: number },
): Promise<CameraRig> {
  const lines = await readLines(files, path, 'it holds the projection matrices P0 to P3');
  const matrix = (camera: number) => {
    const line = lines.find(({ text }) => text.startsWith(`P${camera}:`));
    const values = line?.text.slice(3).trim().split(/\s+/).map(Number) ?? [];
    if (values.length === 12 && values.every(Number.isFinite)) return values;
    throw new InputError(
      line?.where ?? path,
      `P${camera} should be followed by the 12 numbers of a 3×4 projection matrix`,
    );
  };
  const [fx, , cx, px, , fy, cy, py, , , , pz] = matrix(left);
  const calibration = { ...size, fx, fy, cx, cy };
  checkCalibration(`${path} P${left}`, calibration);
  const bodyFromCamera = poseOf(-(px - cx * pz) / fx, -(py - cy * pz) / fy, -pz);
  if (kind === 'mono') return { ...rigOf('mono', calibration), bodyFromCamera };
  const baseline = (px - matrix(left + 1)[3]) / fx;
  if (!(baseline > 0)) {
    throw new InputError(
      path,
      `P${left + 1} puts the right camera ${baseline} m to the right; it must be positive`,
    );
  }
  return { ...rigOf('stereo', calibration, baseline), bodyFromCamera };
}

/** In the sequence's folder, or where the benchmark unpacks it: `sequences/00` beside `poses/00.txt`. */
async function findTruth(files: FileSource, folder: string): Promise<TruthFile | undefined> {
  const name = folder.split('/').pop();
  for (const path of [`${folder}/poses.txt`, `${folder}/../../poses/${name}.txt`]) {
    if (await files.exists(path)) return { path, timesPath: `${folder}/times.txt` };
  }
  return undefined;
}
