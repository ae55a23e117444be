import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Tables } from '../scenarios/statistical/tables.ts';
import { loadRenderKernels, type RenderKernels } from '../sim/render/load.ts';
import { type Kernels, loadKernels } from '../slam/kernels/load.ts';

/** The package's own folder: the same whether this file runs from its source or from `dist/`. */
const root = packageRoot(dirname(fileURLToPath(import.meta.url)));

function packageRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : packageRoot(dirname(folder));
}

/** Where the package is. */
export function packageFolder(): string {
  return root;
}

/** The SLAM kernels, from the WebAssembly the build made. */
export async function readKernels(): Promise<Kernels> {
  return loadKernels(await readBuilt('slam/kernels/build/kernels.wasm'));
}

/** What draws the images of the `images` fidelity, likewise. */
export async function readRenderKernels(): Promise<RenderKernels> {
  return loadRenderKernels(await readBuilt('sim/render/build/render.wasm'));
}

/** What the `statistical` fidelity draws from. */
export async function readTables(): Promise<Tables> {
  return JSON.parse(await readFile(join(root, 'scenarios/statistical/tables.json'), 'utf8')) as Tables;
}

async function readBuilt(name: string): Promise<Uint8Array> {
  const path = join(root, name);
  if (!existsSync(path)) throw new Error(`${path} is missing: run "npm run build"`);
  return readFile(path);
}

/** The C++ source of a baseline that benches compile where its library is installed. */
export function nativeSource(name: string): string {
  return join(root, 'bench/native', name);
}

/** The model that comes with peerslam of a policy that was learned. */
export function modelPath(policy: string): string {
  return join(root, `rl/models/${policy}.model`);
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

/**
 * A scenario's file: a path as it is, or the name of one that comes with the package (`office`, `scenarios/office.yaml`).
 * @param folder that a relative path may start from, besides the current one
 */
export function scenarioPath(name: string, folder = '.'): string {
  const given = [name, join(folder, name)].find((path) => existsSync(path));
  if (given) return given;
  const shipped = [join(root, name), join(root, 'scenarios', `${name}.yaml`), join(root, 'scenarios', name)];
  return shipped.find((path) => path.endsWith('.yaml') && existsSync(path)) ?? name;
}
