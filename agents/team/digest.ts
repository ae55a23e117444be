import { type ByteReader, ByteWriter } from '../radio/bytes.ts';
import { CHANNELS, type Channel, type Extent } from './ledger.ts';

/** The version of a solver's solution that a robot has. */
export interface SolutionMark {
  readonly solver: number;
  readonly version: number;
}

/** What a message said on its sender's clock, and for how long it has been there, seconds. */
export interface Echo {
  readonly sentAt: number;
  readonly held: number;
}

/** What a robot knows of another, or of itself. */
export interface DigestRow {
  readonly agent: number;
  /** The newest that is known of its clock: the sign that it lives. Absent while nothing was heard of it. */
  readonly beat?: number;
  /** The last that was heard from itself; absent where only others told of it. */
  readonly echo?: Echo;
  readonly solution?: SolutionMark;
  readonly extents: Readonly<Record<Channel, Extent>>;
}

/**
 * What a robot has and whom it hears, told about once a second: a version vector of the ledgers, from which others see what it
 * lacks; a heartbeat of each robot (van Renesse, Minsky, Hayden, "A gossip-style failure detection service", 1998); and the time
 * stamps by which clocks are compared.
 */
export type Digest = readonly DigestRow[];

/** A beat that is another than that of the echo. */
const HAS_BEAT = 1;
const HAS_ECHO = 2;
const HAS_SOLUTION = 4;
/** Bytes of the map, a bit a number, of what is there past the end of a log. */
const MOST_EARLY_BYTES = 64;

export function encodeDigest(digest: Digest): Uint8Array {
  const out = new ByteWriter();
  out.count(digest.length);
  for (const { agent, beat, echo, solution, extents } of digest) {
    out.count(agent);
    const ownBeat = beat === echo?.sentAt ? undefined : beat;
    out.u8((ownBeat === undefined ? 0 : HAS_BEAT) | (echo ? HAS_ECHO : 0) | (solution ? HAS_SOLUTION : 0));
    if (ownBeat !== undefined) out.f64(ownBeat);
    if (echo) {
      out.f64(echo.sentAt);
      out.f32(echo.held);
    }
    if (solution) {
      out.count(solution.solver);
      out.count(solution.version);
    }
    for (const channel of CHANNELS) writeExtent(out, extents[channel]);
  }
  return out.finish();
}

/** @throws RangeError where the bytes are no digest, or it speaks of robots that are not in the team */
export function decodeDigest(bytes: ByteReader, team: ReadonlySet<number>): Digest {
  const rows = Array.from({ length: Math.min(bytes.count(), team.size) }, () => readRow(bytes, team));
  bytes.end();
  return rows;
}

function readRow(bytes: ByteReader, team: ReadonlySet<number>): DigestRow {
  const agent = bytes.count();
  if (!team.has(agent)) throw new RangeError(`there is no robot ${agent} in the team`);
  const flags = bytes.u8();
  const ownBeat = flags & HAS_BEAT ? bytes.f64() : undefined;
  const echo = flags & HAS_ECHO ? { sentAt: bytes.f64(), held: bytes.f32() } : undefined;
  const solution = flags & HAS_SOLUTION ? { solver: bytes.count(), version: bytes.count() } : undefined;
  const [graph, places] = CHANNELS.map(() => readExtent(bytes));
  return { agent, beat: ownBeat ?? echo?.sentAt, echo, solution, extents: { graph, places } };
}

function writeExtent(out: ByteWriter, { length, early }: Extent): void {
  const told = early.filter((number) => number - length < 8 * MOST_EARLY_BYTES);
  const bits = new Uint8Array(told.length > 0 ? ((told[told.length - 1] - length) >> 3) + 1 : 0);
  for (const number of told) bits[(number - length) >> 3] |= 1 << ((number - length) & 7);
  out.count(length);
  out.u8(bits.length);
  out.raw(bits);
}

function readExtent(bytes: ByteReader): Extent {
  const length = bytes.count();
  const bits = bytes.raw(bytes.u8());
  const early: number[] = [];
  for (let i = 0; i < 8 * bits.length; i++) if (bits[i >> 3] & (1 << (i & 7))) early.push(length + i);
  return { length, early };
}
