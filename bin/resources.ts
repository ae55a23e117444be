import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Kernels, loadKernels } from '../slam/kernels/load.ts';

/** The package's own folder: the same whether this file runs from its source or from `dist/`. */
const root = packageRoot(dirname(fileURLToPath(import.meta.url)));

function packageRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : packageRoot(dirname(folder));
}

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

/** Where recordings for measurements are, if they are: `PEERSLAM_DATA`, or `../shared/data` beside the package. */
export function recordingsFolder(): string {
  return process.env.PEERSLAM_DATA ?? join(root, '../shared/data');
}

/** Names of the scenarios that come with the package. */
export const SHIPPED = ['office', 'warehouse', 'corridors', 'plaza', 'crowd', 'rescue'];

/** A scenario's file: a path as it is, or the name of one that comes with the package (`office`, `scenarios/office.yaml`). */
export function scenarioPath(name: string): string {
  if (existsSync(name)) return name;
  const shipped = [join(root, name), join(root, 'scenarios', `${name}.yaml`), join(root, 'scenarios', name)];
  return shipped.find((path) => path.endsWith('.yaml') && existsSync(path)) ?? name;
}
