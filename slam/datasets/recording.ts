import { InputError } from '../../base/errors.ts';
import type { CameraRig, ImageFrame } from '../../base/sensors.ts';

/** Files, as a reader of recordings needs them; whoever runs on a platform hands them in. */
export interface FileSource {
  /** @throws where there is no such file */
  text(path: string): Promise<string>;
  bytes(path: string): Promise<Uint8Array>;
  exists(path: string): Promise<boolean>;
}

export interface ImageDecoder {
  /** @throws where the bytes are no image, or not all of one */
  grey(bytes: Uint8Array): Promise<{ width: number; height: number; data: Uint8Array }>;
  /** 16-bit single channel. */
  depth(bytes: Uint8Array): Promise<{ width: number; height: number; data: Uint16Array }>;
}

export interface SkippedFrame {
  readonly time: number;
  /** File and what is wrong with it. */
  readonly reason: string;
}

/** A recording of one camera. */
export interface Recording {
  readonly rig: CameraRig;
  /** Keypoints wanted an image, as is customary on this benchmark. */
  readonly features: number;
  readonly count: number;
  /** True poses of the camera in TUM or KITTI text, where the recording has them. */
  readonly truth?: { readonly path: string; readonly format: 'tum' | 'kitti'; readonly timesPath?: string };
  /** Frames left out so far because a file of theirs could not be read. */
  readonly skipped: readonly SkippedFrame[];
  frames(): AsyncGenerator<{ time: number; camera: ImageFrame }>;
}

/** Frames decoded ahead of the one being tracked. */
const AHEAD = 3;

/** Yields what `decode` makes of each item, decoding a few ahead; items that fail are noted and left out. */
export async function* decodeAhead<T extends { time: number }>(
  items: readonly T[],
  decode: (item: T) => Promise<ImageFrame>,
  skipped: SkippedFrame[],
): AsyncGenerator<{ time: number; camera: ImageFrame }> {
  const pending: Promise<ImageFrame | Error>[] = [];
  const start = (i: number) => {
    if (i < items.length) pending.push(decode(items[i]).catch((error: Error) => error));
  };
  for (let i = 0; i < AHEAD; i++) start(i);
  for (let i = 0; i < items.length; i++) {
    start(i + AHEAD);
    const camera = await pending.shift()!;
    if (camera instanceof Error) skipped.push({ time: items[i].time, reason: camera.message });
    else yield { time: items[i].time, camera };
  }
}

/** @throws InputError where times do not rise strictly */
export function requireRising(where: string, items: readonly { time: number; line: number }[]): void {
  for (let i = 1; i < items.length; i++) {
    if (items[i].time > items[i - 1].time) continue;
    throw new InputError(
      `${where}:${items[i].line}`,
      `time ${items[i].time} does not come after ${items[i - 1].time}; times must rise from line to line`,
    );
  }
}
