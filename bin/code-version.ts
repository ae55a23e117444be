import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageFolder } from './resources.ts';

/** Rooms whose code decides what a mission comes to, and what reads its results afterwards, which does not. */
const DECIDING = ['base', 'slam', 'sim', 'rl', 'agents', 'scenarios'];
const AFTERWARDS = /^scenarios\/experiment\/report\//;

const CODE = /\.(ts|js)$/;
const DATA = /\.(json|wasm)$/;

/** What runs now: beside the package's own folder, or in it where it runs from source. */
const running = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * One word for everything but a mission's own settings that decides what it comes to: the code that runs, the data it comes with, and the
 * architecture, whose functions round in their own way.
 */
export async function codeVersion(): Promise<string> {
  const code = await filesOf(running, CODE);
  const data = await filesOf(packageFolder(), DATA);
  const hash = createHash('sha256').update(process.arch);
  for (const [folder, path] of [...code, ...data]) {
    const content = await readFile(join(folder, path));
    hash.update(`\n${path} ${content.length}\n`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
}

/** Paths relative to the folder, in an order that does not depend on the file system. */
async function filesOf(folder: string, wanted: RegExp): Promise<[string, string][]> {
  const found: string[] = [];
  for (const room of DECIDING) {
    const entries = await readdir(join(folder, room), { withFileTypes: true, recursive: true });
    for (const entry of entries) {
      const path = relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/');
      if (entry.isFile() && wanted.test(path) && !path.endsWith('.d.ts') && !AFTERWARDS.test(path))
        found.push(path);
    }
  }
  return found.sort().map((path) => [folder, path]);
}
