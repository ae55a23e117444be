import { InputError } from '../../../base/errors.ts';
import { crc32 } from './crc32.ts';

/**
 * Named sections in one file, each with its length and CRC-32, all numbers little-endian:
 *
 *     header     8 bytes MAGIC, u32 version, u32 minimum reader version, u32 number of sections, u32 CRC of the 20 bytes before
 *     directory  per section 16 bytes name (ASCII, zero-padded), u32 length, u32 CRC; then u32 CRC of the directory
 *     sections   one after the other
 *
 * The header stays as it is in every version. A reader passes over sections it does not know: a version that only adds some
 * raises VERSION alone, one that older readers would misread also raises MINIMUM_READER.
 */
export interface Section {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Its first byte is no text, and its line end does not survive a transfer as text: both show at once. */
const MAGIC = Uint8Array.of(0x89, 0x50, 0x53, 0x4d, 0x41, 0x50, 0x0d, 0x0a);
/** What this version writes, the oldest version that can read that, and the newest format this version reads. */
const VERSION = 1;
const MINIMUM_READER = 1;

const HEADER_BYTES = 24;
const NAME_BYTES = 16;
const ENTRY_BYTES = NAME_BYTES + 8;
const CRC_BYTES = 4;

export interface Contents {
  readonly version: number;
  readonly sections: ReadonlyMap<string, Uint8Array>;
}

export function pack(sections: readonly Section[]): Uint8Array {
  const directoryBytes = ENTRY_BYTES * sections.length;
  const start = HEADER_BYTES + directoryBytes + CRC_BYTES;
  const length = sections.reduce((sum, { bytes }) => sum + bytes.length, start);
  const out = new Uint8Array(length);
  const view = new DataView(out.buffer);
  out.set(MAGIC);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, MINIMUM_READER, true);
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
export function unpack(bytes: Uint8Array, where: string): Contents {
  // Node's Buffer, which readers of files hand out, slices without copying: a plain view of it does copy.
  const file = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const count = readHeader(file, view, where);
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
function readHeader(file: Uint8Array, view: DataView, where: string): number {
  const common = Math.min(file.length, MAGIC.length);
  for (let i = 0; i < common; i++)
    if (file[i] !== MAGIC[i]) throw new InputError(where, 'is no peerslam map');
  requireLength(file, HEADER_BYTES, where);
  if (crc32(file.subarray(0, 20)) !== view.getUint32(20, true))
    throw new InputError(where, 'its header is damaged (the checksum differs)');
  const [version, reader] = [view.getUint32(8, true), view.getUint32(12, true)];
  if (reader > VERSION) {
    throw new InputError(
      where,
      `was written by a newer version (format ${version}; this version reads up to ${VERSION})`,
    );
  }
  return view.getUint32(16, true);
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
