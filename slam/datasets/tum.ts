import { InputError } from '../../base/errors.ts';
import { type Calibration, chooseSensor, rigOf } from './calibration.ts';
import type { FileSource, Recording, Sensor } from './recording.ts';
import { paired, readEntries, rising } from './text.ts';

/** TUM RGB-D benchmark (Sturm et al., IROS 2012): `rgb.txt`, `depth.txt`, PNGs, depth in 1/5000 m. */

const DEPTH_UNIT = 1 / 5000;
const FEATURES = 1000;
/** Colour and depth further apart than this are no pair, seconds. */
const MAX_DIFFERENCE = 0.02;

/** ROS default calibrations the benchmark publishes, by camera: fx fy cx cy, then k1 k2 p1 p2 k3. */
const CALIBRATIONS: Record<string, readonly number[]> = {
  1: [517.306408, 516.469215, 318.64304, 255.313989, 0.262383, -0.953104, -0.005358, 0.002628, 1.163314],
  2: [520.90862, 521.007327, 325.141442, 249.701764, 0.231222, -0.784899, -0.003257, -0.000105, 0.917205],
  3: [535.4, 539.2, 320.1, 247.6, 0, 0, 0, 0, 0],
};

/**
 * @param camera without it, the benchmark's calibration is chosen by the folder's name (freiburg1…3, fr1…3)
 * @throws InputError where the folder is no TUM recording, its calibration is unknown, or times go back
 */
export async function openTum(
  folder: string,
  files: FileSource,
  sensor?: Sensor,
  camera: Calibration = publishedCalibration(folder),
): Promise<Recording> {
  const hasDepth = await files.exists(`${folder}/depth.txt`);
  const kind = chooseSensor(folder, hasDepth ? ['rgbd', 'mono'] : ['mono'], sensor);
  const list = (name: string) =>
    readEntries(
      files,
      `${folder}/${name}`,
      'a TUM recording lists its images there, a time and a file a line',
    );
  const colour = rising(await list('rgb.txt'));
  const path = (file: string) => `${folder}/${file}`;
  const alone = colour.kept.map(({ time, file }) => ({ time, image: path(file) }));
  const { frames, skipped } =
    kind === 'rgbd'
      ? paired(colour.kept, rising(await list('depth.txt')).kept, MAX_DIFFERENCE, 'depth', {
          image: path,
          partner: path,
        })
      : { frames: alone, skipped: [] };
  if (frames.length === 0)
    throw new InputError(folder, `no colour image has a depth image within ${MAX_DIFFERENCE} s`);
  const truth = path('groundtruth.txt');
  return {
    format: { rig: rigOf(kind, camera), features: FEATURES, depthUnit: DEPTH_UNIT },
    frames,
    skipped: [...colour.skipped, ...skipped],
    ...((await files.exists(truth)) && { truth: { path: truth } }),
  };
}

function publishedCalibration(folder: string): Calibration {
  const camera = /(?:freiburg|fr)([123])/.exec(folder.split('/').filter(Boolean).pop() ?? '')?.[1];
  if (!camera) {
    throw new InputError(
      folder,
      'the folder does not name its camera (freiburg1, freiburg2 or freiburg3); give the calibration with --camera FILE',
    );
  }
  const [fx, fy, cx, cy, ...distortion] = CALIBRATIONS[camera];
  return { width: 640, height: 480, fx, fy, cx, cy, distortion };
}
