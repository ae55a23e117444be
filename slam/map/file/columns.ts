import { InputError } from '../../../base/errors.ts';

type Column = Uint8Array | Int32Array | Uint32Array | Float32Array | Float64Array;

/** Gathers typed arrays, one behind the other without padding. Little-endian, as every platform that runs this is. */
export class ColumnWriter {
  private readonly parts: Uint8Array[] = [];
  private length = 0;

  /** How many rows the columns that follow have. */
  count(rows: number): this {
    return this.add(Uint32Array.of(rows));
  }

  add(column: Column): this {
    this.parts.push(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
    this.length += column.byteLength;
    return this;
  }

  /** Several as one. */
  addEach(columns: Iterable<Column>): this {
    for (const column of columns) this.add(column);
    return this;
  }

  bytes(): Uint8Array {
    const out = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }
}

/** Takes the columns of a section out again; never makes room for more than there is. */
export class ColumnReader {
  private readonly bytes: Uint8Array;
  private readonly name: string;
  private readonly where: string;
  private at = 0;

  /** @param name of the section, and `where` the file, for messages */
  constructor(bytes: Uint8Array, name: string, where: string) {
    this.bytes = bytes;
    this.name = name;
    this.where = where;
  }

  /** @throws InputError, always */
  fail(what: string): never {
    throw new InputError(this.where, `section ${this.name}: ${what}`);
  }

  /** @throws InputError unless what should hold does */
  require(holds: boolean, what: () => string): void {
    if (!holds) this.fail(what());
  }

  count(): number {
    return this.uint32(1)[0];
  }

  uint8(length: number): Uint8Array {
    return this.take(length);
  }

  int32(length: number): Int32Array {
    return new Int32Array(this.take(4 * length).buffer);
  }

  uint32(length: number): Uint32Array {
    return new Uint32Array(this.take(4 * length).buffer);
  }

  float32(length: number): Float32Array {
    return new Float32Array(this.take(4 * length).buffer);
  }

  float64(length: number): Float64Array {
    return new Float64Array(this.take(8 * length).buffer);
  }

  /** @throws InputError where something is left over */
  end(): void {
    this.require(this.at === this.bytes.length, () => `has ${this.bytes.length - this.at} bytes too many`);
  }

  private take(length: number): Uint8Array {
    this.require(
      length <= this.bytes.length - this.at,
      () => `claims ${length} bytes from its byte ${this.at} on but has ${this.bytes.length - this.at}`,
    );
    const start = this.at;
    this.at += length;
    return this.bytes.slice(start, this.at);
  }
}

/** Whether no number of a column is infinite or none. */
export function allFinite(column: Float32Array | Float64Array): boolean {
  for (let i = 0; i < column.length; i++) if (!Number.isFinite(column[i])) return false;
  return true;
}

/** Whether a column of poses (7 numbers each) holds finite ones with unit quaternions. */
export function allPoses(column: Float64Array): boolean {
  for (let i = 0; i < column.length; i += 7) {
    const norm = Math.hypot(column[i + 3], column[i + 4], column[i + 5], column[i + 6]);
    if (!(Math.abs(norm - 1) < UNIT_TOLERANCE)) return false;
  }
  return allFinite(column);
}

const UNIT_TOLERANCE = 1e-6;

export function total(counts: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i];
  return sum;
}
