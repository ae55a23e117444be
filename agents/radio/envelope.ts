import { crc32 } from '../../slam/map/file/crc32.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

/**
 * What every message between robots is wrapped in: version, kind, sender, the sender's clock, and a CRC-32 of it all at the end. The
 * radio may be real: bytes arrive damaged, and from robots that speak another version.
 */
const VERSION = 2;
const CRC_BYTES = 4;

/** What messages of the team's joint map are counted by. Entries go by what they tell: `keyframes`, `sightings` (with answers and matches), `places`. */
export const ENTRY_KINDS = ['keyframes', 'sightings', 'places'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];
export const TEAM_KINDS = ['digest', ...ENTRY_KINDS, 'solution'] as const;
export type TeamKind = (typeof TEAM_KINDS)[number];
/** What robots say of themselves, and of what they have explored. */
export const WORD_KINDS = ['report', 'explored'] as const;
export type WordKind = (typeof WORD_KINDS)[number];

/** A kind is sent as its place here. */
export const MESSAGE_KINDS = [...TEAM_KINDS, ...WORD_KINDS] as const;
export type MessageKind = TeamKind | WordKind;

export interface Opened {
  /** The sender's clock when it was sent, seconds. */
  readonly sentAt: number;
  readonly body: ByteReader;
}

export function seal(kind: MessageKind, sender: number, sentAt: number, body: Uint8Array): Uint8Array {
  const out = new ByteWriter();
  out.u8(VERSION);
  out.u8(MESSAGE_KINDS.indexOf(kind));
  out.count(sender);
  out.f64(sentAt);
  out.raw(body);
  out.u32(crc32(out.finish()));
  return out.finish();
}

/** @throws RangeError where the bytes are damaged, of another version or kind, or another's than `sender`'s */
export function open(kind: MessageKind, sender: number, bytes: Uint8Array): Opened {
  if (bytes.length <= CRC_BYTES) throw new RangeError(`${bytes.length} bytes are no message`);
  const end = bytes.length - CRC_BYTES;
  const header = new ByteReader(bytes.subarray(0, end));
  const version = header.u8();
  if (version !== VERSION)
    throw new RangeError(`it is of version ${version}; version ${VERSION} is spoken here`);
  if (new ByteReader(bytes.subarray(end)).u32() !== crc32(bytes.subarray(0, end)))
    throw new RangeError('its bytes are damaged');
  const said = MESSAGE_KINDS[header.u8()];
  if (said !== kind) throw new RangeError(`it says it is of kind ${said}`);
  const speaker = header.count();
  if (speaker !== sender) throw new RangeError(`it speaks for robot ${speaker}`);
  return { sentAt: header.f64(), body: header };
}

/** @throws RangeError where who sent a message is none of the teammates of `self` */
export function requireTeammate(from: number, self: number, team: ReadonlySet<number>): void {
  if (from === self) throw new RangeError('it is its own');
  if (!team.has(from)) throw new RangeError(`there is no robot ${from} in the team`);
}
