import { decodeEntry } from './codec.ts';
import { checkEntry, type Entry } from './entries.ts';

/** Each robot keeps two logs, numbered from 0 each: what the graph is made of, and places, which are large and can wait. */
export type Channel = 'graph' | 'places';
export const CHANNELS: readonly Channel[] = ['graph', 'places'];

export function channelOf({ kind }: Entry): Channel {
  return kind === 'place' ? 'places' : 'graph';
}

/** An entry that has taken its place in a ledger: all before it are there. */
export interface LedgerEntry {
  readonly owner: number;
  readonly channel: Channel;
  readonly number: number;
  readonly entry: Entry;
}

/** What is there of one log: all before `length`, and of what follows that only some, by rising number. */
export interface Extent {
  readonly length: number;
  readonly early: readonly number[];
}

/** How far past its end a log keeps what came too early. */
const FARTHEST_AHEAD = 4096;

interface Early {
  readonly bytes: Uint8Array;
  readonly latest: number;
}

/** One log of one robot, as far as this one has it. */
class Log {
  /** In order; undefined where an entry was refused. */
  readonly entries: (Entry | undefined)[] = [];
  readonly bytes: Uint8Array[] = [];
  private readonly early = new Map<number, Early>();

  get length(): number {
    return this.bytes.length;
  }

  get extent(): Extent {
    return { length: this.length, early: [...this.early.keys()].sort((a, b) => a - b) };
  }

  hasEarly(number: number): boolean {
    return this.early.has(number);
  }

  keep(number: number, early: Early): void {
    if (number > this.length + FARTHEST_AHEAD)
      throw new RangeError(`entry ${number} is too far ahead of the ${this.length} known`);
    this.early.set(number, early);
  }

  /** What comes next in order, if it is there. */
  takeNext(): Early | undefined {
    const next = this.early.get(this.length);
    this.early.delete(this.length);
    return next;
  }
}

/**
 * What each robot of a team has written down, append-only and numbered, replicated: entries count in order, whatever the order in
 * which they came, and once. An entry that makes no sense is refused, once, by everyone who judges it; it keeps its number.
 */
export class Ledgers {
  readonly team: ReadonlySet<number>;
  private readonly logs: ReadonlyMap<number, Readonly<Record<Channel, Log>>>;
  private readonly nodes: ReadonlyMap<number, Set<number>>;

  constructor(team: readonly number[]) {
    const ids = [...team].sort((a, b) => a - b);
    this.team = new Set(ids);
    this.nodes = new Map(ids.map((id) => [id, new Set()]));
    this.logs = new Map(ids.map((id) => [id, { graph: new Log(), places: new Log() }]));
  }

  length(owner: number, channel: Channel): number {
    return this.log(owner, channel).length;
  }

  /** How far each log of a robot is known. */
  extents(owner: number): Record<Channel, Extent> {
    return { graph: this.log(owner, 'graph').extent, places: this.log(owner, 'places').extent };
  }

  /** Indices of a robot's nodes so far. */
  nodesOf(owner: number): ReadonlySet<number> {
    return this.nodes.get(owner) ?? new Set();
  }

  /** An entry, unless it is not there or was refused. */
  entry(owner: number, channel: Channel, number: number): Entry | undefined {
    return this.log(owner, channel).entries[number];
  }

  /** All sensible entries of a robot so far, by rising number. */
  entries(owner: number, channel: Channel): LedgerEntry[] {
    return this.log(owner, channel).entries.flatMap((entry, number) =>
      entry ? [{ owner, channel, number, entry }] : [],
    );
  }

  bytes(owner: number, channel: Channel, number: number): Uint8Array {
    return this.log(owner, channel).bytes[number];
  }

  /**
   * Takes in an entry as it was sent; those known already change nothing.
   * @param latest the latest that the owner's clock can have shown when it wrote it, seconds
   * @param refused told why, for each that is refused
   * @returns what has now taken its place, in order: this one and those that had waited for it
   * @throws RangeError where there is no such robot, or the number lies far ahead
   */
  add(
    owner: number,
    channel: Channel,
    number: number,
    early: { readonly bytes: Uint8Array; readonly latest: number },
    refused: (reason: string) => void,
  ): LedgerEntry[] {
    const log = this.log(owner, channel);
    if (number < log.length || log.hasEarly(number)) return [];
    log.keep(number, early);
    const taken: LedgerEntry[] = [];
    for (let next = log.takeNext(); next; next = log.takeNext()) {
      const entry = this.judge(owner, channel, next, refused);
      if (entry) taken.push({ owner, channel, number: log.length, entry });
      log.entries.push(entry);
      log.bytes.push(next.bytes);
    }
    return taken;
  }

  private judge(
    owner: number,
    channel: Channel,
    { bytes, latest }: Early,
    refused: (reason: string) => void,
  ): Entry | undefined {
    try {
      const entry = decodeEntry(bytes, owner);
      if (channelOf(entry) !== channel) throw new RangeError(`a ${entry.kind} does not belong to ${channel}`);
      checkEntry(entry, { owner, team: this.team, nodes: this.nodesOf(owner), latest });
      if (entry.kind === 'node') this.nodes.get(owner)!.add(entry.node.index);
      return entry;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      refused(error.message);
      return undefined;
    }
  }

  private log(owner: number, channel: Channel): Log {
    const logs = this.logs.get(owner);
    if (!logs) throw new RangeError(`there is no robot ${owner} in the team`);
    return logs[channel];
  }
}
