import { type ByteReader, ByteWriter } from '../radio/bytes.ts';
import type { Digest, DigestRow } from './digest.ts';
import { CHANNELS, type Channel, type Extent, type Ledgers } from './ledger.ts';
import { LATELY, type Presence } from './presence.ts';

/** An entry on its way. */
export interface Parcel {
  readonly owner: number;
  readonly channel: Channel;
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** Seconds in which an entry is not sent again: its news may be under way. */
const PATIENCE = 1.2;
/** Seconds for which a digest holds: one may be lost, but who is out of reach is not talked to for long. */
const HOLDS = 2.5;
/** A message is closed once it has this many bytes; one that is lost takes few entries along. */
const FULL = 1500;

/** @returns the bodies of messages that carry the parcels, in order */
export function pack(parcels: readonly Parcel[]): Uint8Array[] {
  const bodies: Uint8Array[] = [];
  let out = new ByteWriter();
  for (const { owner, channel, number, bytes } of parcels) {
    out.count(owner);
    out.u8(CHANNELS.indexOf(channel));
    out.count(number);
    out.count(bytes.length);
    out.raw(bytes);
    if (out.length < FULL) continue;
    bodies.push(out.finish());
    out = new ByteWriter();
  }
  if (out.length > 0) bodies.push(out.finish());
  return bodies;
}

/** @throws RangeError where the bytes are no parcels of entries */
export function unpack(body: ByteReader, team: ReadonlySet<number>): Parcel[] {
  const parcels: Parcel[] = [];
  while (body.left > 0) {
    const owner = body.count();
    if (!team.has(owner)) throw new RangeError(`there is no robot ${owner} in the team`);
    const channel = CHANNELS[body.u8()];
    if (!channel) throw new RangeError('it is of no log');
    const number = body.count();
    parcels.push({ owner, channel, number, bytes: body.raw(body.count()).slice() });
  }
  return parcels;
}

/** Of one log, what one robot said it has, and when. */
interface Want extends Extent {
  readonly saidAt: number;
  readonly owner: number;
  readonly channel: Channel;
}

/**
 * What a robot has to send of the ledgers: its own entries when they are new, and what teammates lack. What a teammate lacks is
 * sent by its owner, or where the teammate does not hear that one, by the lowest id that it hears and that has it or is about to.
 */
export class Replication {
  private readonly own: number;
  private readonly ledgers: Ledgers;
  private readonly presence: Presence;
  private readonly told: Record<Channel, number> = { graph: 0, places: 0 };
  private readonly digests = new Map<number, Digest>();
  private readonly wants = new Map<number, readonly Want[]>();
  private readonly sentAt = new Map<string, number>();

  constructor(own: number, ledgers: Ledgers, presence: Presence) {
    this.own = own;
    this.ledgers = ledgers;
    this.presence = presence;
  }

  /** The latest digest of each robot says what it lacks. */
  hear(from: number, digest: Digest, time: number): void {
    this.digests.set(from, digest);
    this.wants.set(from, this.lacks(from, digest, time));
  }

  /** Own entries that were never sent, as many as fit `room` bytes, one at least. */
  takeFresh(channel: Channel, time: number, room: number): Parcel[] {
    const parcels: Parcel[] = [];
    for (let left = room; left > 0 && this.told[channel] < this.ledgers.length(this.own, channel); ) {
      const parcel = this.parcel(this.own, channel, this.told[channel]++, time);
      left -= parcel.bytes.length;
      parcels.push(parcel);
    }
    return parcels;
  }

  /** What teammates lack and this robot is to send, as much as fits `room` bytes, one at least. */
  takeWanted(channel: Channel, time: number, room: number): Parcel[] {
    const parcels: Parcel[] = [];
    let left = room;
    for (const requester of [...this.wants.keys()].sort((a, b) => a - b)) {
      for (const want of this.wants.get(requester)!) {
        if (want.channel !== channel || time - want.saidAt > HOLDS) continue;
        const end = this.ledgers.length(want.owner, channel);
        for (let number = want.length; number < end && left > 0; number++) {
          if (want.early.includes(number) || this.isUnderWay(want, number, time)) continue;
          const parcel = this.parcel(want.owner, channel, number, time);
          left -= parcel.bytes.length;
          parcels.push(parcel);
        }
      }
    }
    return parcels;
  }

  private lacks(from: number, digest: Digest, time: number): Want[] {
    const wants: Want[] = [];
    for (const { agent: owner, extents } of digest) {
      for (const channel of CHANNELS) {
        const extent = extents[channel];
        if (owner === from || this.ledgers.length(owner, channel) <= extent.length) continue;
        if (this.sender(digest, owner, channel, time) === this.own)
          wants.push({ owner, channel, saidAt: time, ...extent });
      }
    }
    return wants;
  }

  /** Who is to send a robot what it lacks of an owner's log, as far as is known here. */
  private sender(digest: Digest, owner: number, channel: Channel, time: number): number {
    const ids = digest.filter(hearsLately).map(({ agent }) => agent);
    if (owner === this.own || ids.includes(owner)) return owner;
    const lacked = digest.find(({ agent }) => agent === owner)!.extents[channel].length;
    const others = ids.filter(
      (id) => id !== this.own && this.presence.hears(id, time) && this.has(id, owner, channel, lacked),
    );
    return Math.min(this.own, ...others);
  }

  /** Whether a robot has an entry, or will soon since it hears the owner. */
  private has(agent: number, owner: number, channel: Channel, number: number): boolean {
    const row = this.digests.get(agent)?.find((each) => each.agent === owner);
    return row !== undefined && (row.extents[channel].length > number || hearsLately(row));
  }

  private isUnderWay({ owner, channel }: Want, number: number, time: number): boolean {
    const unsent = owner === this.own && number >= this.told[channel];
    const sentAt = this.sentAt.get(keyOf(owner, channel, number)) ?? Number.NEGATIVE_INFINITY;
    return unsent || time - sentAt < PATIENCE;
  }

  private parcel(owner: number, channel: Channel, number: number, time: number): Parcel {
    this.sentAt.set(keyOf(owner, channel, number), time);
    return { owner, channel, number, bytes: this.ledgers.bytes(owner, channel, number) };
  }
}

function hearsLately({ echo }: DigestRow): boolean {
  return echo !== undefined && echo.held <= LATELY;
}

function keyOf(owner: number, channel: Channel, number: number): string {
  return `${owner} ${channel} ${number}`;
}
