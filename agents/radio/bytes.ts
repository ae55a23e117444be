/**
 * Little-endian bytes, written and read one after the other. Reading past the end, or what no writer writes, throws a RangeError
 * that says so: whoever hears a message drops it for that reason.
 */
export class ByteWriter {
  private bytes = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  private size = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.size;
  }

  u8(value: number): void {
    this.reserve(1);
    this.view.setUint8(this.size++, value);
  }

  u16(value: number): void {
    this.reserve(2);
    this.view.setUint16(this.size, value, true);
    this.size += 2;
  }

  i16(value: number): void {
    this.u16(value & 0xffff);
  }

  u24(value: number): void {
    this.u16(value & 0xffff);
    this.u8(value >>> 16);
  }

  u32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.size, value, true);
    this.size += 4;
  }

  f32(value: number): void {
    this.reserve(4);
    this.view.setFloat32(this.size, finite(value), true);
    this.size += 4;
  }

  f64(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.size, finite(value), true);
    this.size += 8;
  }

  /** A whole number in [0, 2³²): 7 bits a byte, low ones first. */
  count(value: number): void {
    if (!(Number.isInteger(value) && value >= 0 && value <= 0xffffffff))
      throw new RangeError(`${value} is no whole number of 32 bits`);
    let rest = value;
    while (rest > 0x7f) {
      this.u8((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.u8(rest);
  }

  /** A whole number of either sign, small ones in few bytes. */
  difference(value: number): void {
    this.count(value < 0 ? -2 * value - 1 : 2 * value);
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.size);
    this.size += bytes.length;
  }

  /** What was written; the writer keeps no hold of it. */
  finish(): Uint8Array {
    return this.bytes.slice(0, this.size);
  }

  private reserve(more: number): void {
    if (this.size + more <= this.bytes.length) return;
    const larger = new Uint8Array(2 * (this.size + more));
    larger.set(this.bytes);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}

export class ByteReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes not yet read. */
  get left(): number {
    return this.bytes.length - this.at;
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  u16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  i16(): number {
    return this.view.getInt16(this.take(2), true);
  }

  u24(): number {
    return this.u16() + 0x10000 * this.u8();
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  f32(): number {
    return finite(this.view.getFloat32(this.take(4), true));
  }

  f64(): number {
    return finite(this.view.getFloat64(this.take(8), true));
  }

  count(): number {
    let value = 0;
    let unit = 1;
    for (let i = 0; i < 5; i++) {
      const byte = this.u8();
      value += unit * (byte & 0x7f);
      if (byte <= 0x7f) {
        if (value > 0xffffffff) break;
        return value;
      }
      unit *= 128;
    }
    throw new RangeError('a number has more than 32 bits');
  }

  difference(): number {
    const value = this.count();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  raw(length: number): Uint8Array {
    const from = this.take(length);
    return this.bytes.subarray(from, from + length);
  }

  /** @throws RangeError where something is left */
  end(): void {
    if (this.left > 0) throw new RangeError(`${this.left} bytes are left over`);
  }

  private take(length: number): number {
    if (length > this.left) throw new RangeError(`it ends ${length - this.left} bytes too early`);
    const from = this.at;
    this.at += length;
    return from;
  }
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError('a number is not finite');
  return value;
}
