import { access, constants, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '../base/errors.ts';

/**
 * Makes a folder to write results to, before they cost anything.
 * @throws InputError where it cannot be made or written to
 */
export async function prepareFolder(path: string): Promise<void> {
  try {
    await makeFolder(path);
    await access(path, constants.W_OK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new InputError(
      path,
      `cannot be written to (${code ?? message}); --out should name a folder that can`,
    );
  }
}

/** One level at a time: where an ancestor cannot be made, Node's recursive mkdir may never return. */
async function makeFolder(path: string): Promise<void> {
  const there = await stat(path).catch(() => null);
  if (there?.isDirectory()) return;
  if (there) throw Object.assign(new Error('is no folder'), { code: 'a file is there' });
  if (dirname(path) !== path) await makeFolder(dirname(path));
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** Writes a whole file or nothing: beside its place first, then moved there. Its folder must be there. */
export async function writeAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.part`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Says something to the person at the terminal; standard output stays free for results. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
