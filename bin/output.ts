import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a whole file or nothing: beside its place first, then moved there. Makes the folders it needs. */
export async function writeAtomic(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.part`;
  await writeFile(temporary, content);
  await rename(temporary, path);
}

/** Says something to the person at the terminal; standard output stays free for results. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
