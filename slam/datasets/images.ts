import { InputError } from '../../base/errors.ts';
import { chooseSensor, rigOf } from './calibration.ts';
import { type CameraFile, readCameraFile, sensorsOf } from './camera-file.ts';
import type { FileSource, FrameFiles, Recording, Sensor } from './recording.ts';
import { readLines, rising } from './text.ts';

/** A plain folder or glob of images in natural order (img2 before img10), with a camera file that says the rest. */

const FEATURES = 1000;
const DEFAULT_FPS = 30;
const IMAGE = /\.(png|jpe?g|webp|tiff?)$/i;

/**
 * @param pattern a folder, or a path whose last part may hold `*` and `?`
 * @throws InputError where it holds no images, or not as many right or depth images or times
 */
export async function openImages(
  pattern: string,
  files: FileSource,
  cameraPath: string,
  sensor?: Sensor,
): Promise<Recording> {
  const camera = await readCameraFile(files, cameraPath);
  const kind = chooseSensor(cameraPath, sensorsOf(camera, cameraPath), sensor);
  if (kind === 'stereo' && camera.distortion.some((k) => k !== 0))
    throw new InputError(
      cameraPath,
      'distortion of a stereo pair should be left out: its images must be rectified',
    );
  const images = await findImages(files, pattern);
  const beside = async (other: string | undefined) => {
    if (other === undefined) return undefined;
    const found = await findImages(files, other);
    if (found.length === images.length) return found;
    throw new InputError(
      other,
      `holds ${found.length} images; there should be one for each of the ${images.length} in ${pattern}`,
    );
  };
  const right = await beside(kind === 'stereo' ? camera.right : undefined);
  const depth = await beside(kind === 'rgbd' ? camera.depth : undefined);
  const { times, skipped } = await timesOf(files, camera, images, pattern);
  const frames: FrameFiles[] = times.map(({ time, index }) => ({
    time,
    image: images[index],
    ...(right && { right: right[index] }),
    ...(depth && { depth: depth[index] }),
  }));
  const baseline = kind === 'stereo' ? camera.baseline : undefined;
  return {
    format: { rig: rigOf(kind, camera, baseline), features: FEATURES, depthUnit: camera.depthUnit },
    frames,
    skipped,
  };
}

async function timesOf(files: FileSource, camera: CameraFile, images: readonly string[], pattern: string) {
  if (camera.times === undefined) {
    const interval = 1 / (camera.fps ?? DEFAULT_FPS);
    return { times: images.map((_, index) => ({ time: index * interval, index })), skipped: [] };
  }
  const lines = await readLines(files, camera.times, 'it should hold a time in seconds a line');
  if (lines.length !== images.length) {
    throw new InputError(
      camera.times,
      `holds ${lines.length} times; there should be one for each of the ${images.length} images in ${pattern}`,
    );
  }
  const listed = lines.map((line, index) => {
    const time = Number(line.text.split(/[\s,]+/)[0]);
    if (!Number.isFinite(time))
      throw new InputError(line.where, `"${line.text}" should be a time in seconds`);
    return { ...line, time, index };
  });
  const { kept, skipped } = rising(listed);
  return { times: kept, skipped };
}

/** Images of a folder or glob in natural order. @throws InputError where there are none */
async function findImages(files: FileSource, pattern: string): Promise<string[]> {
  const isGlob = isPattern(pattern);
  const slash = pattern.lastIndexOf('/');
  const folder = isGlob ? (slash < 0 ? '.' : pattern.slice(0, slash) || '/') : pattern;
  const wanted = isGlob ? globExpression(pattern.slice(slash + 1)) : IMAGE;
  const names = await files.list(folder).catch((error: Error) => {
    throw new InputError(folder, `cannot be read: ${error.message}; it should be a folder of images`, {
      cause: error,
    });
  });
  const found = names.filter((name) => wanted.test(name)).sort(naturally);
  if (found.length > 0) return found.map((name) => `${folder}/${name}`);
  throw new InputError(pattern, isGlob ? 'matches no file' : 'holds no images (PNG, JPEG, WebP or TIFF)');
}

/** Whether a path holds a wildcard. */
export function isPattern(path: string): boolean {
  return /[*?]/.test(path);
}

function globExpression(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*/g, '.*').replace(/\?/g, '.')}$`);
}

/** Runs of digits compare as numbers, all else by code; equal but for leading zeros, the shorter name comes first. */
function naturally(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.match(/\d+|\D+/g) ?? []);
  for (let i = 0; i < left.length && i < right.length; i++) {
    const numbers = /^\d/.test(left[i]) && /^\d/.test(right[i]);
    const order = numbers
      ? Number(left[i]) - Number(right[i])
      : left[i] < right[i]
        ? -1
        : left[i] > right[i]
          ? 1
          : 0;
    if (order !== 0) return order;
  }
  return left.length - right.length || (a < b ? -1 : 1);
}
