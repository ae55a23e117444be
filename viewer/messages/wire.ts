import { InputError } from '../../base/errors.ts';

/**
 * The bytes under the messages: little-endian scalars, arrays with a count in front, each value aligned to its own
 * size from the start of the message, so that a receiver can look at arrays in place instead of copying them.
 */
type NumberArray = Uint8Array | Int32Array | Float32Array | Float64Array;

const POSE_LENGTH = 7;
/** Far above any message we send; keeps a forged length from asking for the machine's memory. */
const MAX_ARRAY_BYTES = 1 << 28;

export class Writer {
  private bytes: Uint8Array;
  private view: DataView;
  private position = 0;

  constructor(capacity = 512) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  get length(): number {
    return this.position;
  }

  u8(value: number): void {
    const at = this.take(1, 1); // before `view`, which growing replaces
    this.view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.take(2, 2);
    this.view.setUint16(at, value, true);
  }

  u32(value: number): void {
    const at = this.take(4, 4);
    this.view.setUint32(at, value, true);
  }

  i32(value: number): void {
    const at = this.take(4, 4);
    this.view.setInt32(at, value, true);
  }

  f64(value: number): void {
    const at = this.take(8, 8);
    this.view.setFloat64(at, value, true);
  }

  /** Puts a value into bytes already written, e.g. a length known only at the end. */
  patchU32(at: number, value: number): void {
    this.view.setUint32(at, value, true);
  }

  text(value: string): void {
    this.array(new TextEncoder().encode(value));
  }

  /** A count, then the elements as they lie in memory (every platform we run on is little-endian). */
  array(values: NumberArray): void {
    this.u32(values.length);
    this.elements(values);
  }

  pose(pose: Float64Array): void {
    if (pose.length !== POSE_LENGTH) throw new Error(`a pose has ${POSE_LENGTH} numbers, not ${pose.length}`);
    this.elements(pose);
  }

  pad(alignment: number): void {
    this.take(0, alignment);
  }

  /** The bytes written so far; the writer must not be used afterwards. */
  finish(): Uint8Array {
    return this.bytes.subarray(0, this.position);
  }

  private elements(values: NumberArray): void {
    const at = this.take(values.byteLength, values.BYTES_PER_ELEMENT);
    this.bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
  }

  private take(size: number, alignment: number): number {
    const at = align(this.position, alignment);
    this.position = at + size;
    if (this.position > this.bytes.length) {
      const grown = new Uint8Array(Math.max(2 * this.bytes.length, this.position));
      grown.set(this.bytes);
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    return at;
  }
}

/** Reads what `Writer` wrote; anything else throws an `InputError` saying what was expected where. */
export class Reader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private position = 0;

  /** @param bytes one whole message, starting at a multiple of 8 in its buffer */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.bytes.length - this.position;
  }

  u8(field: string): number {
    return this.view.getUint8(this.take(1, 1, field));
  }

  u16(field: string): number {
    return this.view.getUint16(this.take(2, 2, field), true);
  }

  u32(field: string): number {
    return this.view.getUint32(this.take(4, 4, field), true);
  }

  i32(field: string): number {
    return this.view.getInt32(this.take(4, 4, field), true);
  }

  f64(field: string): number {
    return this.view.getFloat64(this.take(8, 8, field), true);
  }

  text(field: string): string {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(
        this.elements(Uint8Array, this.count(field, 1), field),
      );
    } catch (error) {
      if (error instanceof InputError) throw error;
      return this.fail(`${field} is no UTF-8 text`);
    }
  }

  i32Array(field: string): Int32Array {
    return this.elements(Int32Array, this.count(field, 4), field);
  }

  f32Array(field: string): Float32Array {
    return this.elements(Float32Array, this.count(field, 4), field);
  }

  f64Array(field: string): Float64Array {
    return this.elements(Float64Array, this.count(field, 8), field);
  }

  pose(field: string): Float64Array {
    return this.elements(Float64Array, POSE_LENGTH, field);
  }

  /** Number of items that follow, each at least `size` bytes. */
  count(field: string, size: number): number {
    const count = this.u32(`the count of ${field}`);
    if (count * size > MAX_ARRAY_BYTES || count * size > this.remaining)
      this.fail(`${field} claims ${count} elements, more than the ${this.remaining} bytes left can hold`);
    return count;
  }

  /** One of a fixed list of words, sent as its place in the list. */
  choice<T extends string>(field: string, choices: readonly T[]): T {
    const index = this.u8(field);
    return (
      choices[index] ?? this.fail(`${field} is number ${index} of ${choices.length} (${choices.join(', ')})`)
    );
  }

  /** Checks that nothing but padding is left. */
  end(): void {
    for (const byte of this.bytes.subarray(this.position))
      if (byte !== 0) this.fail(`${this.remaining} bytes follow the last field`);
    if (this.remaining >= 8) this.fail(`${this.remaining} bytes follow the last field`);
  }

  fail(what: string): never {
    throw new InputError('telemetry message', what);
  }

  private elements<T>(
    type: { new (buffer: ArrayBufferLike, offset: number, length: number): T; BYTES_PER_ELEMENT: number },
    count: number,
    field: string,
  ): T {
    const at = this.take(count * type.BYTES_PER_ELEMENT, type.BYTES_PER_ELEMENT, field);
    return new type(this.bytes.buffer, this.bytes.byteOffset + at, count);
  }

  private take(size: number, alignment: number, field: string): number {
    const at = align(this.position, alignment);
    if (at + size > this.bytes.length) this.fail(`ends at byte ${this.bytes.length}, inside ${field}`);
    this.position = at + size;
    return at;
  }
}

function align(position: number, alignment: number): number {
  return (position + alignment - 1) & -alignment;
}
