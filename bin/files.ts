import { access, readdir, readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { InputError } from '../base/errors.ts';
import type { FileSource } from '../slam/datasets/recording.ts';

export const nodeFiles: FileSource = {
  text: (path) => readFile(path, 'utf8').catch(inWords),
  bytes: (path) => readFile(path).catch(inWords),
  list: (folder) => readdir(folder).catch(inWords),
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
};

const WORDS: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'is a file, not a folder',
  EACCES: 'may not be read',
};

function inWords(error: NodeJS.ErrnoException): never {
  const words = WORDS[error.code ?? ''];
  throw words ? new Error(words, { cause: error }) : error;
}

/** Letters a name may be off by for a guess at what was meant. */
const NEAR = 3;

/**
 * Reads a text file a person named.
 * @param what it should be, for messages; @param known names that would have been right
 * @throws InputError that says why it cannot be read
 */
export async function readInput(path: string, what: string, known: readonly string[] = []): Promise<string> {
  return (await readInputBytes(path, what, known)).toString('utf8');
}

/** As `readInput`, of a file that holds no text. */
export async function readInputBytes(
  path: string,
  what: string,
  known: readonly string[] = [],
): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const there = await stat(path).catch(() => null);
    if (there?.isDirectory()) throw new InputError(path, `is a folder; it should be a ${what} file`);
    if (there) throw new InputError(path, `cannot be read: ${(error as Error).message}`);
    const guess = known.length > 0 ? closest(basename(path, '.yaml'), known) : undefined;
    const near = guess !== undefined && distance(basename(path, '.yaml'), guess) <= NEAR;
    const hint = near ? `; did you mean ${guess}?` : '';
    const list = known.length > 0 ? ` Those that come with peerslam: ${known.join(', ')}` : '';
    throw new InputError(path, `there is no such ${what}${hint}${list && `.${list}`}`.replace('?.', '?'));
  }
}
