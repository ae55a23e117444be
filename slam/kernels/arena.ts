import { InputError } from '../../base/errors.ts';
import type { BundleProblem } from './kernels.ts';

type Entry = (...args: number[]) => number;

interface LinearMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** What kernels.wasm exports. */
export interface KernelExports {
  readonly memory: LinearMemory;
  readonly arenaStart: () => number;
  readonly shrink: Entry;
  readonly blur: Entry;
  readonly detectCorners: Entry;
  readonly findPeaks: Entry;
  readonly spreadEvenly: Entry;
  readonly spreadSpace: Entry;
  readonly describeCorners: Entry;
  readonly indexRows: Entry;
  readonly matchStereo: Entry;
  readonly searchByProjection: Entry;
  readonly searchAlongLines: Entry;
  readonly matchBruteForce: Entry;
  readonly optimizePose: Entry;
  readonly bundleAdjust: Entry;
  readonly solveSparse: Entry;
  readonly solveFactored: Entry;
  readonly openGraph: Entry;
  readonly costGraph: Entry;
  readonly chi2Graph: Entry;
  readonly linearizeGraph: Entry;
  readonly dampGraph: Entry;
  readonly moveGraph: Entry;
  readonly openBorder: Entry;
  readonly calibrateGraph: Entry;
  readonly openSchur: Entry;
  readonly reduceSystem: Entry;
  readonly openBal: Entry;
  readonly costBal: Entry;
  readonly linearizeBal: Entry;
  readonly moveBal: Entry;
  readonly openFull: Entry;
  readonly costFull: Entry;
  readonly linearizeFull: Entry;
  readonly moveFull: Entry;
  readonly setOutliersAsideFull: Entry;
}

const PAGE = 65536;
const ALIGNMENT = 16;
const GIGABYTE = 1e9;
/** Addresses are kept signed. */
const MOST = 2 * GIGABYTE;

/** A bump allocator over the module's memory, emptied before each call; every block starts on 16 bytes. */
export class Arena {
  private readonly memory: LinearMemory;
  private readonly start: number;
  private next: number;
  private u8 = new Uint8Array(0);
  private i32 = new Int32Array(0);
  private f32 = new Float32Array(0);
  private f64 = new Float64Array(0);

  constructor(exports: KernelExports) {
    this.memory = exports.memory;
    this.start = exports.arenaStart();
    this.next = this.start;
  }

  /**
   * Empties the arena and makes sure that `bytes` (alignment aside) fit; views stay valid until the next reset.
   * @throws InputError where they never can
   */
  reset(bytes: number): void {
    if (bytes > MOST) {
      const needed = (bytes / GIGABYTE).toFixed(1);
      throw new InputError('problem', `takes ${needed} GB to solve; there is room for ${MOST / GIGABYTE} GB`);
    }
    this.next = this.start;
    const missing = this.start + bytes + 64 * ALIGNMENT - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    if (this.u8.buffer === this.memory.buffer) return;
    this.u8 = new Uint8Array(this.memory.buffer);
    this.i32 = new Int32Array(this.memory.buffer);
    this.f32 = new Float32Array(this.memory.buffer);
    this.f64 = new Float64Array(this.memory.buffer);
  }

  take(bytes: number): number {
    const address = this.next;
    this.next = (address + bytes + ALIGNMENT - 1) & -ALIGNMENT;
    return address;
  }

  bytes(values: Uint8Array, count: number): number {
    const address = this.take(count);
    this.u8.set(values.length === count ? values : values.subarray(0, count), address);
    return address;
  }

  integers(values: Int32Array, count: number): number {
    const address = this.take(4 * count);
    this.i32.set(values.length === count ? values : values.subarray(0, count), address >> 2);
    return address;
  }

  floats(values: Float32Array, count: number): number {
    const address = this.take(4 * count);
    this.f32.set(values.length === count ? values : values.subarray(0, count), address >> 2);
    return address;
  }

  doubles(values: Float64Array, count: number): number {
    const address = this.take(8 * count);
    this.f64.set(values.length === count ? values : values.subarray(0, count), address >> 3);
    return address;
  }

  writeIntegers(address: number, values: ArrayLike<number>): void {
    this.i32.set(values, address >> 2);
  }

  writeDoubles(address: number, values: ArrayLike<number>): void {
    this.f64.set(values, address >> 3);
  }

  /** Pairs of pose indices, then measurement and information of each. */
  edges(edges: BundleProblem['edges']): number {
    const count = edges?.from.length ?? 0;
    const header = 8 * count + 8 * (count & 1);
    const address = this.take(header + 344 * count);
    if (!edges) return address;
    for (let e = 0; e < count; e++) {
      this.writeIntegers(address + 8 * e, [edges.from[e], edges.to[e]]);
      this.writeDoubles(address + header + 344 * e, edges.measured.subarray(7 * e, 7 * e + 7));
      this.writeDoubles(address + header + 344 * e + 56, edges.information.subarray(36 * e, 36 * e + 36));
    }
    return address;
  }

  copy(to: number, from: number, count: number): void {
    this.u8.copyWithin(to, from, from + count);
  }

  readBytes(address: number, count: number): Uint8Array {
    return this.u8.subarray(address, address + count);
  }

  readIntegers(address: number, count: number): Int32Array {
    return this.i32.subarray(address >> 2, (address >> 2) + count);
  }

  readDoubles(address: number, count: number): Float64Array {
    return this.f64.subarray(address >> 3, (address >> 3) + count);
  }
}
