import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Kernels, loadKernels } from '../slam/kernels/load.ts';

/** The package's own files; the same paths from the sources and from `dist/`. */
const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The SLAM kernels, from the WebAssembly the build made. */
export async function readKernels(): Promise<Kernels> {
  const path = join(root, 'slam/kernels/build/kernels.wasm');
  if (!existsSync(path)) throw new Error(`${path} is missing: run "npm run build"`);
  return loadKernels(await readFile(path));
}

/** The built viewer page. */
export function clientFolder(): string {
  return join(root, 'viewer/client/build');
}
