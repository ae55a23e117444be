import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect } from 'vitest';
import { InputError } from '../../../base/errors.ts';
import type { ImageFrame } from '../../../base/sensors.ts';
import { nodeFiles } from '../../../bin/files.ts';
import { decodeImages } from '../../../bin/images.ts';
import { FrameReader } from '../../../slam/datasets/frame-reader.ts';
import type { Recording } from '../../../slam/datasets/recording.ts';

/** Recordings of a few small images, written to folders that vanish with the test file. */

export const [WIDTH, HEIGHT] = [64, 48];
export const CAMERA = { width: WIDTH, height: HEIGHT, fx: 50, fy: 50, cx: 31.5, cy: 23.5 };

const folders: string[] = [];
afterAll(async () => {
  for (const each of folders) await rm(each, { recursive: true });
});

export class Folder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(name = ''): Promise<Folder> {
    const parent = await mkdtemp(join(tmpdir(), 'peerslam-dataset-'));
    folders.push(parent);
    return new Folder(join(parent, name));
  }

  at(name: string): string {
    return join(this.path, name);
  }

  async write(name: string, content: string | Uint8Array): Promise<void> {
    await mkdir(dirname(this.at(name)), { recursive: true });
    await writeFile(this.at(name), content);
  }

  async remove(name: string): Promise<void> {
    await rm(this.at(name), { recursive: true });
  }
}

/** One colour all over, or each pixel's. */
export function greyPng(
  value: number | ((u: number, v: number) => number),
  [width, height] = [WIDTH, HEIGHT],
): Promise<Buffer> {
  const at = typeof value === 'number' ? () => value : value;
  const pixels = Uint8Array.from({ length: width * height }, (_, i) => at(i % width, Math.floor(i / width)));
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();
}

export function depthPng(value: number, [width, height] = [WIDTH, HEIGHT]): Promise<Buffer> {
  const raw = { width, height, channels: 1 as const };
  return sharp(new Uint16Array(width * height).fill(value), { raw })
    .toColourspace('grey16')
    .png()
    .toBuffer();
}

/** Reads all of it: the frames, and what is wrong with the others. */
export async function readAll({ format, frames }: Recording) {
  const reader = new FrameReader(format, nodeFiles, decodeImages);
  const images: ImageFrame[] = [];
  const reasons: string[] = [];
  for (const files of frames) {
    await reader.read(files).then(
      (image) => images.push(image),
      (error: Error) => reasons.push(error.message),
    );
  }
  return { images, reasons };
}

export const timesOf = ({ frames }: Recording) => frames.map(({ time }) => time);

/** What a person is told. */
export async function problem(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message;
}
