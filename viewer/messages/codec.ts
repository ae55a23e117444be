import { InputError } from '../../base/errors.ts';
import { CODECS } from './codecs.ts';
import type { Envelope, TelemetryMessage } from './types.ts';
import { Reader, Writer } from './wire.ts';

/**
 * A message in bytes, little-endian:
 *
 *     0  u16  magic "PS"        8  f64  sequence number
 *     2  u8   version          16  f64  mission time, seconds
 *     3  u8   type             24  body, see codecs.ts
 *     4  u32  length in bytes, header and padding included; a multiple of 8
 *
 * The length makes messages self-delimiting: a batch is their concatenation.
 */
export const VERSION = 1;
const MAGIC = 0x5350;
const HEADER_BYTES = 24;
const LENGTH_AT = 4;

const TYPE_OF_CODE = new Map(
  (Object.keys(CODECS) as TelemetryMessage['type'][]).map((type) => [CODECS[type].code, type]),
);

/** @param sequence whole number, 0…2^53 */
export function encode(event: TelemetryMessage, sequence: number): Uint8Array {
  const codec = CODECS[event.type] as { code: number; write(writer: Writer, event: TelemetryMessage): void };
  const writer = new Writer();
  writer.u16(MAGIC);
  writer.u8(VERSION);
  writer.u8(codec.code);
  writer.u32(0);
  writer.f64(sequence);
  writer.f64(event.time);
  codec.write(writer, event);
  writer.pad(8);
  writer.patchU32(LENGTH_AT, writer.length);
  return writer.finish();
}

/**
 * One message. Its arrays may be views of `bytes`, which must then stay as they are.
 * @throws InputError saying what is wrong with the bytes
 */
export function decode(bytes: Uint8Array): Envelope {
  const length = checkHeader(bytes);
  if (length !== bytes.length) fail(`its header says ${length} bytes, but it has ${bytes.length}`);
  // Typed arrays need aligned offsets, and Node hands out buffers at any offset of a pool.
  const reader = new Reader(bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes));
  reader.u32('the magic, version and type');
  reader.u32('the length');
  const sequence = reader.f64('the sequence number');
  if (!Number.isSafeInteger(sequence) || sequence < 0)
    fail(`its sequence number is ${sequence}; it must be a whole number ≥ 0`);
  const time = reader.f64('the time');
  if (!Number.isFinite(time)) fail(`its time is ${time}; it must be finite`);
  const type =
    TYPE_OF_CODE.get(bytes[3]) ?? fail(`its type is ${bytes[3]}, which version ${VERSION} does not know`);
  const body = CODECS[type].read(reader);
  reader.end();
  return { sequence, event: { type, time, ...body } as TelemetryMessage };
}

/**
 * The messages of a batch, in order.
 * @throws InputError saying what is wrong with the bytes
 */
export function decodeBatch(batch: Uint8Array): Envelope[] {
  const envelopes: Envelope[] = [];
  for (let at = 0; at < batch.length; ) {
    const length = checkHeader(batch.subarray(at));
    envelopes.push(decode(batch.subarray(at, at + length)));
    at += length;
  }
  return envelopes;
}

/** The length of the message that starts here. */
function checkHeader(bytes: Uint8Array): number {
  if (bytes.length < HEADER_BYTES)
    fail(`it has ${bytes.length} bytes, but the header alone takes ${HEADER_BYTES}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0, true) !== MAGIC) fail('it does not begin with "PS"');
  if (bytes[2] !== VERSION) fail(`it is of version ${bytes[2]}; this program speaks version ${VERSION}`);
  const length = view.getUint32(LENGTH_AT, true);
  if (length < HEADER_BYTES || length % 8 !== 0 || length > bytes.length)
    fail(`its header says ${length} bytes, but ${bytes.length} are there`);
  return length;
}

function fail(what: string): never {
  throw new InputError('telemetry message', what);
}
