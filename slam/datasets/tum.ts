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

/** TUM RGB-D benchmark (Sturm et al., IROS 2012): `rgb.txt`, `depth.txt`, PNGs, depth in 1/5000 m. */

const DEPTH_UNIT = 1 / 5000;
const FEATURES = 1000;
/** Colour and depth further apart than this are no pair, seconds. */
const MAX_DIFFERENCE = 0.02;

/** ROS default calibrations the benchmark publishes, by camera: fx fy cx cy, then k1 k2 p1 p2 k3. */
const CALIBRATIONS: Record<string, readonly number[]> = {
  freiburg1: [
    517.306408, 516.469215, 318.64304, 255.313989, 0.262383, -0.953104, -0.005358, 0.002628, 1.163314,
  ],
  freiburg2: [
    520.90862, 521.007327, 325.141442, 249.701764, 0.231222, -0.784899, -0.003257, -0.000105, 0.917205,
  ],
  freiburg3: [535.4, 539.2, 320.1, 247.6, 0, 0, 0, 0, 0],
};

interface Entry {
  readonly time: number;
  readonly path: string;
  readonly line: number;
}

interface Pair {
  readonly time: number;
  readonly line: number;
  readonly colour: string;
  readonly depth: string;
}

/**
 * @param folder path of the recording
 * @param rig its camera; without it, the benchmark's calibration is chosen by the folder's name (freiburg1…3, fr1…3)
 * @throws InputError where the folder is no TUM recording, its calibration is unknown, or times go back
 */
export async function openTum(
  folder: string,
  files: FileSource,
  decoder: ImageDecoder,
  rig: CameraRig = tumRig(folder),
): Promise<Recording> {
  const colour = await readList(files, `${folder}/rgb.txt`);
  const depth = await readList(files, `${folder}/depth.txt`);
  const pairs = associate(colour, depth);
  if (pairs.length === 0) {
    throw new InputError(folder, `no colour image has a depth image within ${MAX_DIFFERENCE} s`);
  }
  const skipped: SkippedFrame[] = [];
  const decode = async (pair: Pair): Promise<ImageFrame> => {
    const [grey, raw] = await Promise.all([
      read(`${folder}/${pair.colour}`, files, decoder.grey),
      read(`${folder}/${pair.depth}`, files, decoder.depth),
    ]);
    for (const [path, image] of [
      [pair.colour, grey],
      [pair.depth, raw],
    ] as const) {
      if (image.width === rig.width && image.height === rig.height) continue;
      throw new Error(
        `${path} is ${image.width}×${image.height}; the camera's images are ${rig.width}×${rig.height}`,
      );
    }
    const metres = new Float32Array(raw.data.length);
    for (let i = 0; i < metres.length; i++) metres[i] = raw.data[i] * DEPTH_UNIT;
    return { kind: 'images', width: grey.width, height: grey.height, grey: grey.data, depth: metres };
  };
  const truth = `${folder}/groundtruth.txt`;
  return {
    rig,
    features: FEATURES,
    count: pairs.length,
    truth: (await files.exists(truth)) ? { path: truth, format: 'tum' } : undefined,
    skipped,
    frames: () => decodeAhead(pairs, decode, skipped),
  };
}

async function read<T>(
  path: string,
  files: FileSource,
  decode: (bytes: Uint8Array) => Promise<T>,
): Promise<T> {
  try {
    return await decode(await files.bytes(path));
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

function tumRig(folder: string): CameraRig {
  const camera = /(?:freiburg|fr)([123])/.exec(folder.split('/').filter(Boolean).pop() ?? '')?.[1];
  if (!camera) {
    throw new InputError(
      folder,
      'the folder does not name its camera (freiburg1, freiburg2 or freiburg3); give the calibration with --camera FILE',
    );
  }
  const [fx, fy, cx, cy, ...distortion] = CALIBRATIONS[`freiburg${camera}`];
  return {
    kind: 'rgbd',
    width: 640,
    height: 480,
    fx,
    fy,
    cx,
    cy,
    distortion,
    baseline: 40 / fx,
    closeDepth: 40 * (40 / fx),
    bodyFromCamera: identity(),
    pyramid: { levels: 8, scaleFactor: 1.2 },
  };
}

async function readList(files: FileSource, path: string): Promise<Entry[]> {
  if (!(await files.exists(path))) {
    throw new InputError(path, 'is missing; a TUM recording lists its images in rgb.txt and depth.txt');
  }
  const entries: Entry[] = [];
  (await files.text(path)).split('\n').forEach((text, i) => {
    const line = text.trim();
    if (line === '' || line.startsWith('#')) return;
    const [time, file] = line.split(/\s+/);
    if (!Number.isFinite(Number(time)) || !file) {
      throw new InputError(`${path}:${i + 1}`, `"${line}" should be a time in seconds and a file name`);
    }
    entries.push({ time: Number(time), path: file, line: i + 1 });
  });
  if (entries.length === 0) throw new InputError(path, 'lists no images');
  requireRising(path, entries);
  return entries;
}

/** Each colour image with the depth image nearest in time. */
function associate(colour: readonly Entry[], depth: readonly Entry[]): Pair[] {
  const pairs: Pair[] = [];
  let next = 0;
  for (const image of colour) {
    const off = (i: number) => Math.abs(depth[i].time - image.time);
    while (next + 1 < depth.length && off(next + 1) <= off(next)) next++;
    if (off(next) > MAX_DIFFERENCE) continue;
    pairs.push({ time: image.time, line: image.line, colour: image.path, depth: depth[next].path });
  }
  return pairs;
}
