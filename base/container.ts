import { crc32 } from './crc32.ts';
import { InputError } from './errors.ts';

/**
 * Named sections in one file, each with its length and CRC-32, all numbers little-endian:
 *
 *     header     8 bytes magic, u32 version, u32 minimum reader version, u32 number of sections, u32 CRC of the 20 bytes before
 *     directory  per section 16 bytes name (ASCII, zero-padded), u32 length, u32 CRC; then u32 CRC of the directory
 *     sections   one after the other
 *
 * The header stays as it is in every version. A reader passes over sections it does not know: a version that only adds some
 * raises `version` alone, one that older readers would misread also raises `minimumReader`.
 */
export interface Format {
  /** What such a file is, for messages: `map`. */
  readonly what: string;
  /** Three letters of its magic. */
  readonly letters: string;
  /** What this version writes, and the oldest version that can read that. */
  readonly version: number;
  readonly minimumReader: number;
}

export interface Section {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const MAGIC_BYTES = 8;
const HEADER_BYTES = 24;
const NAME_BYTES = 16;
const ENTRY_BYTES = NAME_BYTES + 8;
const CRC_BYTES = 4;

export interface Contents {
  readonly version: number;
  readonly sections: ReadonlyMap<string, Uint8Array>;
}

export function pack(format: Format, sections: readonly Section[]): Uint8Array {
  const directoryBytes = ENTRY_BYTES * sections.length;
  const start = HEADER_BYTES + directoryBytes + CRC_BYTES;
  const length = sections.reduce((sum, { bytes }) => sum + bytes.length, start);
  const out = new Uint8Array(length);
  const view = new DataView(out.buffer);
  out.set(magicOf(format));
  view.setUint32(8, format.version, true);
  view.setUint32(12, format.minimumReader, true);
  view.setUint32(16, sections.length, true);
  view.setUint32(20, crc32(out.subarray(0, 20)), true);
  let [entry, at] = [HEADER_BYTES, start];
  for (const { name, bytes } of sections) {
    for (let i = 0; i < name.length; i++) out[entry + i] = name.charCodeAt(i);
    view.setUint32(entry + NAME_BYTES, bytes.length, true);
    view.setUint32(entry + NAME_BYTES + 4, crc32(bytes), true);
    out.set(bytes, at);
    entry += ENTRY_BYTES;
    at += bytes.length;
  }
  view.setUint32(entry, crc32(out.subarray(HEADER_BYTES, entry)), true);
  return out;
}

/**
 * @param where the file, for messages
 * @throws InputError where the bytes are no such file, were cut short or changed, or need a newer reader
 */
export function unpack(format: Format, bytes: Uint8Array, where: string): Contents {
  // Node's Buffer, which readers of files hand out, slices without copying: a plain view of it does copy.
  const file = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const count = readHeader(format, file, view, where);
  const directoryEnd = HEADER_BYTES + ENTRY_BYTES * count;
  requireLength(file, directoryEnd + CRC_BYTES, where);
  if (crc32(file.subarray(HEADER_BYTES, directoryEnd)) !== view.getUint32(directoryEnd, true)) {
    throw new InputError(where, 'its list of sections is damaged (the checksum differs)');
  }
  const sections = new Map<string, Uint8Array>();
  let at = directoryEnd + CRC_BYTES;
  const end = at + sum(count, (i) => view.getUint32(HEADER_BYTES + ENTRY_BYTES * i + NAME_BYTES, true));
  requireLength(file, end, where);
  if (file.length > end)
    throw new InputError(where, `goes on for ${file.length - end} bytes after its end at byte ${end}`);
  for (let i = 0; i < count; i++) {
    const entry = HEADER_BYTES + ENTRY_BYTES * i;
    const name = String.fromCharCode(...file.subarray(entry, entry + NAME_BYTES)).replace(/\0+$/, '');
    const section = file.subarray(at, at + view.getUint32(entry + NAME_BYTES, true));
    if (crc32(section) !== view.getUint32(entry + NAME_BYTES + 4, true))
      throw new InputError(where, `its section ${name} is damaged (the checksum differs)`);
    if (sections.has(name)) throw new InputError(where, `holds section ${name} twice`);
    sections.set(name, section);
    at += section.length;
  }
  return { version: view.getUint32(8, true), sections };
}

/** Number of sections. */
function readHeader(format: Format, file: Uint8Array, view: DataView, where: string): number {
  const magic = magicOf(format);
  const common = Math.min(file.length, MAGIC_BYTES);
  for (let i = 0; i < common; i++)
    if (file[i] !== magic[i]) throw new InputError(where, `is no peerslam ${format.what}`);
  requireLength(file, HEADER_BYTES, where);
  if (crc32(file.subarray(0, 20)) !== view.getUint32(20, true))
    throw new InputError(where, 'its header is damaged (the checksum differs)');
  const [version, reader] = [view.getUint32(8, true), view.getUint32(12, true)];
  if (reader > format.version) {
    throw new InputError(
      where,
      `was written by a newer version (format ${version}; this version reads up to ${format.version})`,
    );
  }
  return view.getUint32(16, true);
}

/** Its first byte is no text, and its line end does not survive a transfer as text: both show at once. */
function magicOf({ letters }: Format): Uint8Array {
  return Uint8Array.from(`\x89PS${letters}\r\n`, (letter) => letter.charCodeAt(0));
}

function requireLength(file: Uint8Array, length: number, where: string): void {
  if (file.length >= length) return;
  throw new InputError(where, `cut short at byte ${file.length}: it should go on to byte ${length} at least`);
}

function sum(count: number, of: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += of(i);
  return total;
}
