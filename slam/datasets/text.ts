import { InputError } from '../../base/errors.ts';
import type { FileSource, FrameFiles, SkippedFrame } from './recording.ts';

/** A line of a text file that says something, and where it stands. */
export interface Line {
  readonly text: string;
  /** `path:number`, for messages. */
  readonly where: string;
}

/**
 * @param what the file should hold, for the message where it is missing
 * @throws InputError where it cannot be read
 */
export async function readText(files: FileSource, path: string, what: string): Promise<string> {
  if (!(await files.exists(path))) throw new InputError(path, `is missing; ${what}`);
  try {
    return await files.text(path);
  } catch (error) {
    throw new InputError(path, `cannot be read: ${(error as Error).message}; ${what}`, { cause: error });
  }
}

/** Lines without comments (`#`) and blank ones, whatever ends them. @throws InputError as `readText` */
export async function readLines(files: FileSource, path: string, what: string): Promise<Line[]> {
  const text = await readText(files, path, what);
  return text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ text: line.trim(), where: `${path}:${i + 1}` }))
    .filter(({ text }) => text !== '' && !text.startsWith('#'));
}

/** One moment a list names, and the line that does. */
export interface Entry extends Line {
  readonly time: number;
  readonly file: string;
}

/** `time file` a line, separated by blanks or a comma; further columns are left alone. @throws InputError with file and line */
export async function readEntries(
  files: FileSource,
  path: string,
  what: string,
  secondsPerUnit = 1,
): Promise<Entry[]> {
  const entries = (await readLines(files, path, what)).map((line) => {
    const [time, file] = line.text.split(/[\s,]+/);
    if (!Number.isFinite(Number(time)) || !file)
      throw new InputError(line.where, `"${line.text}" should be a time and a file name`);
    return { ...line, time: Number(time) * secondsPerUnit, file };
  });
  if (entries.length === 0) throw new InputError(path, `lists no images; ${what}`);
  return entries;
}

/**
 * Splits off moments listed a second time, which are skipped.
 * @throws InputError where times go back
 */
export function rising<T extends Line & { readonly time: number }>(
  entries: readonly T[],
): { kept: T[]; skipped: SkippedFrame[] } {
  const kept: T[] = [];
  const skipped: SkippedFrame[] = [];
  for (const entry of entries) {
    const last = kept[kept.length - 1]?.time ?? Number.NEGATIVE_INFINITY;
    if (entry.time > last) {
      kept.push(entry);
    } else if (entry.time === last) {
      skipped.push({
        time: entry.time,
        reason: `${entry.where}: time ${entry.time} is listed a second time`,
      });
    } else {
      throw new InputError(
        entry.where,
        `time ${entry.time} does not come after ${last}; times must rise from line to line`,
      );
    }
  }
  return { kept, skipped };
}

/**
 * Pairs each entry with the partner nearest in time; times of both rise.
 * @returns frames with the partner's file under `role`, and what found none
 */
export function paired(
  entries: readonly Entry[],
  partners: readonly Entry[],
  maxDifference: number,
  role: 'right' | 'depth',
  path: { readonly image: (file: string) => string; readonly partner: (file: string) => string },
): { frames: FrameFiles[]; skipped: SkippedFrame[] } {
  const frames: FrameFiles[] = [];
  const skipped: SkippedFrame[] = [];
  let next = 0;
  for (const { time, file } of entries) {
    const off = (i: number) => Math.abs(partners[i].time - time);
    while (next + 1 < partners.length && off(next + 1) <= off(next)) next++;
    const image = path.image(file);
    if (off(next) <= maxDifference) {
      frames.push({ time, image, [role]: path.partner(partners[next].file) });
    } else {
      const name = role === 'depth' ? 'depth image' : 'right image';
      skipped.push({ time, reason: `${image} has no ${name} within ${maxDifference} s` });
    }
  }
  return { frames, skipped };
}
