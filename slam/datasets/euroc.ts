import { parse } from 'yaml';
import { z } from 'zod';
import { InputError } from '../../base/errors.ts';
import { compose, identity, inverse, type Pose, quaternionOf } from '../../base/se3.ts';
import type { CameraRig } from '../../base/sensors.ts';
import { align, rectifiedPinhole, type StereoPair } from '../camera/rectification.ts';
import { checkCalibration, chooseSensor, rigOf } from './calibration.ts';
import { inPlainWords } from './plain-words.ts';
import type { FileSource, FrameFormat, Recording, Sensor, TruthFile } from './recording.ts';
import { paired, readEntries, readText, rising } from './text.ts';

/**
 * EuRoC MAV (Burri et al., IJRR 2016; the layout of ASL datasets): `mav0/cam0` and `cam1` with `sensor.yaml`, `data.csv` and
 * `data/`, times in nanoseconds. The body is the one `T_BS` and the truth speak of: the inertial sensor.
 */

const FEATURES = 1200;
const SECONDS = 1e-9;
/** The cameras are triggered together; their stamps may be off by this, seconds. */
const MAX_DIFFERENCE = 0.002;
/** A rotation's rows may be off unit length, or their dot products off zero, by this. */
const ROTATION_TOLERANCE = 1e-3;

/** @throws InputError where the folder is no such recording, its calibration makes no sense, or times go back */
export async function openEuroc(folder: string, files: FileSource, sensor?: Sensor): Promise<Recording> {
  const root = (await files.exists(`${folder}/mav0`)) ? `${folder}/mav0` : folder;
  const hasRight = await files.exists(`${root}/cam1`);
  const kind = chooseSensor(folder, hasRight ? ['stereo', 'mono'] : ['mono'], sensor);
  const left = await readCamera(files, `${root}/cam0`);
  const images = rising(await list(files, `${root}/cam0`));
  const inCamera = (camera: string) => (file: string) => `${root}/${camera}/data/${file}`;
  if (kind === 'mono') {
    const rig = { ...left, bodyFromCamera: identity() };
    return {
      format: { rig, features: FEATURES },
      frames: images.kept.map(({ time, file }) => ({ time, image: inCamera('cam0')(file) })),
      skipped: images.skipped,
      ...(await findTruth(files, root, left.bodyFromCamera)),
    };
  }
  const right = await readCamera(files, `${root}/cam1`);
  const rightImages = rising(await list(files, `${root}/cam1`));
  const { frames, skipped } = paired(images.kept, rightImages.kept, MAX_DIFFERENCE, 'right', {
    image: inCamera('cam0'),
    partner: inCamera('cam1'),
  });
  if (frames.length === 0)
    throw new InputError(folder, `no image of cam0 has one of cam1 within ${MAX_DIFFERENCE} s`);
  return {
    format: rectified({ left, right }, `${root}/cam1/sensor.yaml`),
    frames,
    skipped: [...images.skipped, ...skipped],
    ...(await findTruth(files, root)),
  };
}

function list(files: FileSource, camera: string) {
  return readEntries(files, `${camera}/data.csv`, 'an EuRoC camera lists its images there', SECONDS);
}

function rectified(pair: StereoPair, where: string): FrameFormat {
  try {
    const alignment = align(pair);
    const bodyFromCamera = compose(pair.left.bodyFromCamera, inverse(alignment.rectifiedFromLeft));
    const rig = rigOf('stereo', rectifiedPinhole(pair, alignment), alignment.baseline);
    return { rig: { ...rig, bodyFromCamera }, features: FEATURES, unrectified: pair };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(where, `T_BS: ${error.message}`, { cause: error });
  }
}

async function findTruth(
  files: FileSource,
  root: string,
  bodyFromTracked?: Pose,
): Promise<{ truth?: TruthFile }> {
  const path = `${root}/state_groundtruth_estimate0/data.csv`;
  if (!(await files.exists(path))) return {};
  return { truth: { path, ...(bodyFromTracked && { bodyFromTracked }) } };
}

const sensorSchema = z.object({
  T_BS: z.object({ data: z.array(z.number()).length(16) }),
  resolution: z.tuple([z.int().positive(), z.int().positive()]),
  camera_model: z.literal('pinhole').default('pinhole'),
  intrinsics: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  distortion_model: z.enum(['radial-tangential', 'radtan', 'plumb_bob', 'none']).default('radial-tangential'),
  distortion_coefficients: z.array(z.number()).max(5).default([]),
});

async function readCamera(files: FileSource, folder: string): Promise<CameraRig> {
  const path = `${folder}/sensor.yaml`;
  const text = await readText(files, path, 'it holds the calibration of an EuRoC camera');
  let content: unknown;
  try {
    // OpenCV heads its YAML with a directive that is none.
    content = parse(text.replace(/^%YAML.*$/m, ''));
  } catch (error) {
    throw new InputError(path, `is no YAML: ${(error as Error).message}`, { cause: error });
  }
  const parsed = sensorSchema.safeParse(content);
  if (!parsed.success) throw new InputError(path, inPlainWords(parsed.error, content));
  const { T_BS, resolution, intrinsics, distortion_coefficients, distortion_model } = parsed.data;
  const [width, height] = resolution;
  const [fx, fy, cx, cy] = intrinsics;
  const distortion = distortion_model === 'none' ? [] : distortion_coefficients;
  const calibration = { width, height, fx, fy, cx, cy, distortion };
  checkCalibration(path, calibration);
  return { ...rigOf('mono', calibration), bodyFromCamera: poseFromMatrix(T_BS.data, path) };
}

/** @param m 4×4, row-major */
function poseFromMatrix(m: readonly number[], where: string): Pose {
  const rows = [0, 1, 2].map((row) => m.slice(4 * row, 4 * row + 3));
  const dot = (a: number, b: number) => rows[a].reduce((sum, value, i) => sum + value * rows[b][i], 0);
  const r = rows.flat();
  const determinant =
    r[0] * (r[4] * r[8] - r[5] * r[7]) -
    r[1] * (r[3] * r[8] - r[5] * r[6]) +
    r[2] * (r[3] * r[7] - r[4] * r[6]);
  const isRotation =
    determinant > 0 &&
    [0, 1, 2].every((i) => Math.abs(dot(i, i) - 1) < ROTATION_TOLERANCE) &&
    [0, 1, 2].every((i) => Math.abs(dot(i, (i + 1) % 3)) < ROTATION_TOLERANCE);
  if (!isRotation) throw new InputError(where, 'the upper left 3×3 of T_BS should be a rotation');
  return Float64Array.of(m[3], m[7], m[11], ...quaternionOf(r));
}
