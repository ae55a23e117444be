import * as tf from '@tensorflow/tfjs';
import { InputError } from '../../base/errors.ts';

/** Where TensorFlow.js computes, in the order in which they are tried. */
export const BACKENDS = ['cuda', 'webgpu', 'native', 'wasm', 'cpu'] as const;
export type Backend = (typeof BACKENDS)[number];

export interface OpenedBackend {
  readonly name: Backend;
  /** What it is, and why it is not one that would come before: for people. */
  readonly why: string;
}

/**
 * Starts the first backend there is, or the one asked for.
 * @throws InputError where the one asked for cannot be had here, saying why
 */
export async function openBackend(choice: Backend | 'auto'): Promise<OpenedBackend> {
  tf.enableProdMode();
  const refused: string[] = [];
  for (const name of choice === 'auto' ? BACKENDS : [choice]) {
    try {
      const what = await OPENERS[name]();
      return { name, why: [what, ...refused].join('; ') };
    } catch (error) {
      refused.push(`no ${name}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  throw new InputError('--backend', `${refused.join('; ')}. auto takes the best there is`);
}

/** Each tells what it found, or throws why not. */
const OPENERS: Record<Backend, () => Promise<string>> = {
  async cuda() {
    await restoreUtilities();
    await load('@tensorflow/tfjs-node-gpu');
    await select('tensorflow');
    const { isUsingGpuDevice } = tf.backend() as unknown as { isUsingGpuDevice: boolean };
    if (!isUsingGpuDevice) throw new Error('TensorFlow finds no GPU');
    return 'libtensorflow on a GPU';
  },
  async webgpu() {
    const { create, globals } = (await load('webgpu')) as { create(options: string[]): Gpu; globals: object };
    const gpu = create([]);
    const adapter = await gpu.requestAdapter();
    if (!adapter) throw new Error('there is no adapter');
    if (adapter.info.isFallbackAdapter) throw new Error('the only adapter draws on the CPU');
    Object.assign(globalThis, globals);
    Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
    await load('@tensorflow/tfjs-backend-webgpu');
    await select('webgpu');
    return `WebGPU on ${adapter.info.description || adapter.info.vendor || 'an unnamed adapter'}`;
  },
  async native() {
    await restoreUtilities();
    await load('@tensorflow/tfjs-node');
    await select('tensorflow');
    return 'libtensorflow on the CPU';
  },
  async wasm() {
    await load('@tensorflow/tfjs-backend-wasm');
    await select('wasm');
    return 'WebAssembly on one thread of the CPU';
  },
  async cpu() {
    await select('cpu');
    return 'plain JavaScript: for small tests only';
  },
};

interface Gpu {
  requestAdapter(): Promise<{
    readonly info: { isFallbackAdapter: boolean; description: string; vendor: string };
  } | null>;
}

/** A package that may not be installed: its types may be missing as well. */
function load(name: string): Promise<unknown> {
  return import(name);
}

/** Node 23 dropped two functions that the native packages still call. */
async function restoreUtilities(): Promise<void> {
  const { default: utilities } = (await load('node:util')) as { default: Record<string, unknown> };
  utilities.isArray ??= Array.isArray;
  utilities.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
}

/** `setBackend` tells of failure by its answer only, and then computes on the CPU. */
async function select(name: string): Promise<void> {
  if (!(await tf.setBackend(name))) throw new Error('it does not start');
  await tf.ready();
}
