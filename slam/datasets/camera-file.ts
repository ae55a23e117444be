import { parse } from 'yaml';
import { z } from 'zod';
import { InputError } from '../../base/errors.ts';
import { type Calibration, checkCalibration } from './calibration.ts';
import { inPlainWords } from './plain-words.ts';
import type { FileSource, Sensor } from './recording.ts';
import { readText } from './text.ts';

/** What a person writes about their camera, as JSON or YAML (of which JSON is a part). Paths are relative to the file. */
const cameraSchema = z.strictObject({
  width: z.int().positive(),
  height: z.int().positive(),
  fx: z.number(),
  fy: z.number(),
  cx: z.number(),
  cy: z.number(),
  /** k1, k2, p1, p2, k3. */
  distortion: z.array(z.number()).max(5).default([]),
  /** Of plain images: folder or glob of depth images, and metres of one step in them. */
  depth: z.string().optional(),
  depthUnit: z.number().positive().default(0.001),
  /** Of plain images: folder or glob of the right camera's, rectified, and metres between the two. */
  right: z.string().optional(),
  baseline: z.number().positive().optional(),
  /** Of plain images: how fast they follow each other, or a file with their times in seconds, one a line. */
  fps: z.number().positive().optional(),
  times: z.string().optional(),
});

export interface CameraFile extends Calibration {
  readonly distortion: readonly number[];
  readonly depth?: string;
  readonly depthUnit: number;
  readonly right?: string;
  readonly baseline?: number;
  readonly fps?: number;
  readonly times?: string;
}

/** @throws InputError where it cannot be read, a key is missing, wrong or unknown, or no camera is like that */
export async function readCameraFile(files: FileSource, path: string): Promise<CameraFile> {
  const text = await readText(files, path, 'it should hold a camera as JSON or YAML');
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new InputError(path, `is neither JSON nor YAML: ${(error as Error).message}`, { cause: error });
  }
  const parsed = cameraSchema.safeParse(content);
  if (!parsed.success) throw new InputError(path, inPlainWords(parsed.error, content));
  checkCalibration(path, parsed.data);
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '';
  const beside = (name: string | undefined) => (name?.startsWith('/') ? name : name && `${folder}${name}`);
  const { depth, right, times } = parsed.data;
  return { ...parsed.data, depth: beside(depth), right: beside(right), times: beside(times) };
}

/** Sensors a camera file speaks of, the richest first. @throws InputError where it says only half of one */
export function sensorsOf(camera: CameraFile, path: string): Sensor[] {
  if (camera.right === undefined) return camera.depth === undefined ? ['mono'] : ['rgbd', 'mono'];
  if (camera.baseline === undefined)
    throw new InputError(path, 'names right images but no baseline, the metres between the cameras');
  return camera.depth === undefined ? ['stereo', 'mono'] : ['stereo', 'rgbd', 'mono'];
}
