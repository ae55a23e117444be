import { InputError } from '../../base/errors.ts';
import { readCameraFile } from './camera-file.ts';
import { openEuroc } from './euroc.ts';
import { isPattern, openImages } from './images.ts';
import { openKitti } from './kitti.ts';
import type { FileSource, ImageDecoder, Recording, Sensor } from './recording.ts';
import { openTum } from './tum.ts';

export const FORMATS = ['tum', 'kitti', 'euroc', 'images'] as const;
export type Format = (typeof FORMATS)[number];
export const SENSORS = ['rgbd', 'stereo', 'mono'] as const satisfies readonly Sensor[];

export interface OpenOptions {
  /** Guessed from what lies in the folder if not given. */
  readonly format?: Format;
  /** The richest the recording offers if not given. */
  readonly sensor?: Sensor;
  /** Path of a camera file: of plain images and of TUM folders that do not name their camera. */
  readonly camera?: string;
}

/**
 * Opens a recording without reading its images.
 * @param path its folder, or a glob of plain images
 * @throws InputError that says what is wrong and where
 */
export async function openRecording(
  path: string,
  { format, sensor, camera }: OpenOptions,
  files: FileSource,
  decoder: ImageDecoder,
): Promise<Recording> {
  const place = path.length > 1 ? path.replace(/\/+$/, '') : path;
  if (!isPattern(place)) await requireFolder(place, files);
  const layout = format ?? (await guessFormat(place, files, camera));
  if (camera !== undefined && (layout === 'kitti' || layout === 'euroc'))
    throw new InputError(
      `--camera ${camera}`,
      `is of no use: a ${layout} recording brings its calibration with it`,
    );
  switch (layout) {
    case 'tum':
      return openTum(
        place,
        files,
        sensor,
        camera === undefined ? undefined : await readCameraFile(files, camera),
      );
    case 'kitti':
      return openKitti(place, files, decoder, sensor);
    case 'euroc':
      return openEuroc(place, files, sensor);
    case 'images':
      if (camera !== undefined) return openImages(place, files, camera, sensor);
      throw new InputError(place, 'plain images need their calibration; give it with --camera FILE');
  }
}

async function requireFolder(path: string, files: FileSource): Promise<void> {
  if (!(await files.exists(path))) throw new InputError(path, 'there is no such folder');
  await files.list(path).catch((error: Error) => {
    throw new InputError(path, `is no folder of a recording: ${error.message}`, { cause: error });
  });
}

/** What tells a layout apart, in the order it is looked for. */
const MARKS: readonly (readonly [Format, readonly string[], string])[] = [
  ['euroc', ['mav0/cam0', 'cam0/sensor.yaml'], 'mav0/cam0 (EuRoC)'],
  ['tum', ['rgb.txt', 'depth.txt'], 'rgb.txt (TUM RGB-D)'],
  ['kitti', ['calib.txt', 'image_0', 'image_2'], 'calib.txt (KITTI odometry)'],
];

async function guessFormat(path: string, files: FileSource, camera: string | undefined): Promise<Format> {
  if (isPattern(path)) return 'images';
  for (const [format, names] of MARKS) {
    for (const name of names) if (await files.exists(`${path}/${name}`)) return format;
  }
  if (camera !== undefined) return 'images';
  const looked = MARKS.map(([, , description]) => description).join(', nor ');
  throw new InputError(
    path,
    `holds neither ${looked}; a plain folder of images needs --camera FILE, and --format names a layout`,
  );
}
