import type { Link, RadioMessage } from '../../base/world.ts';
import {
  ENTRY_KINDS,
  type EntryKind,
  type Opened,
  open,
  requireTeammate,
  seal,
  TEAM_KINDS,
  type TeamKind,
} from '../radio/envelope.ts';
import { Refusals } from '../refusals.ts';
import { Allowance } from './allowance.ts';
import { PeerClock } from './clock.ts';
import { encodeEntry } from './codec.ts';
import { type DigestRow, decodeDigest, encodeDigest } from './digest.ts';
import { checkEntry, type Entry } from './entries.ts';
import { channelOf, type LedgerEntry, Ledgers } from './ledger.ts';
import { Presence } from './presence.ts';
import { type Parcel, pack, Replication, unpack } from './replication.ts';
import {
  type AgentSolution,
  decodeSolution,
  encodeSolution,
  type HeardSolution,
  type SolutionMessage,
} from './solution.ts';
import { SolutionExchange } from './solution-exchange.ts';

export interface TeamRadioOptions {
  readonly id: number;
  /** Ids of all robots of the team, this one among them. */
  readonly team: readonly number[];
  readonly link: Link;
  /** Bytes a second that this robot sends on average at most. */
  readonly rate?: number;
}

export interface TeamNews {
  /** Entries of teammates that have taken their place in a ledger, each robot's in order. */
  readonly entries: readonly LedgerEntry[];
  /** The leader's solution for this robot, where a newer one came. */
  readonly solution?: HeardSolution;
  /** What was dropped, and why: for the log. */
  readonly dropped: readonly string[];
}

/** Bytes a second. */
const RATE = 25_000;
/** Bytes in one tick after which nothing more is begun that can wait: a queue at the antenna would delay what cannot. */
const TICK_BYTES = 4000;
const DIGEST_INTERVAL = 1;
const SAME_TIME = 1e-6;
/** Seconds by which a clock that was compared, or never was, may run ahead of what is known of it. */
const CLOCK_TOLERANCE = 1;
const STRANGERS_CLOCK = 3600;

/**
 * One robot's end of the team's protocol: its own and its teammates' ledgers, whose clock shows what, who leads, and what the leader
 * makes of it all. Times are seconds on this robot's own clock.
 */
export class TeamRadio {
  readonly ledgers: Ledgers;
  readonly refusals = new Refusals();
  private readonly id: number;
  private readonly link: Link;
  private readonly presence: Presence;
  private readonly replication: Replication;
  private readonly allowance: Allowance;
  private readonly clocks = new Map<number, PeerClock>();
  private readonly solutions: SolutionExchange;
  private readonly digestedAt = new Map<number, number>();
  private time = Number.NEGATIVE_INFINITY;
  private nextDigest = Number.NEGATIVE_INFINITY;
  private spent = 0;

  constructor({ id, team, link, rate = RATE }: TeamRadioOptions) {
    this.id = id;
    this.link = link;
    this.ledgers = new Ledgers(team);
    this.presence = new Presence(id);
    this.replication = new Replication(id, this.ledgers, this.presence);
    this.allowance = new Allowance(rate);
    this.solutions = new SolutionExchange(id);
    for (const agent of this.ledgers.team) this.clocks.set(agent, new PeerClock());
  }

  /** The lowest id known to live, which may be this robot's own. */
  get leader(): number {
    return this.presence.leader(this.time);
  }

  /** Robots known to live, by rising id, this one among them. */
  get living(): readonly number[] {
    return this.presence.living(this.time);
  }

  /** The newest solution that a leader told this robot. */
  get solution(): HeardSolution | undefined {
    return this.solutions.latest;
  }

  /** The teammate's clock; undefined before a message has gone to and fro. */
  clockOf(agent: number): PeerClock | undefined {
    const clock = this.clocks.get(agent);
    return clock?.isKnown ? clock : undefined;
  }

  /** Takes in what has arrived; messages that are not of this protocol are left alone. */
  hear(messages: readonly RadioMessage[], time: number): TeamNews {
    this.time = time;
    const entries: LedgerEntry[] = [];
    let solution: HeardSolution | undefined;
    for (const { from, kind, bytes } of messages) {
      if (!isOurs(kind)) continue;
      try {
        const message = this.open(kind, from, bytes);
        if (kind === 'digest') this.hearDigest(from, message);
        else if (kind === 'solution') solution = this.hearSolution(message) ?? solution;
        else entries.push(...this.hearEntries(from, message));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        this.refusals.note(`a ${kind} message of robot ${from}`, error.message);
      }
    }
    return { entries, solution, dropped: this.refusals.take() };
  }

  /**
   * Writes into the own ledger; others are told at the next `tell`.
   * @returns the entry as everybody will have it; undefined where it makes no sense, which the log then says
   */
  append(entry: Entry): LedgerEntry | undefined {
    const channel = channelOf(entry);
    const refused = (reason: string) => this.refusals.note(`its own ${entry.kind}`, reason);
    try {
      const context = {
        owner: this.id,
        team: this.ledgers.team,
        nodes: this.ledgers.nodesOf(this.id),
        latest: this.time,
      };
      checkEntry(entry, context);
      const early = { bytes: encodeEntry(entry), latest: this.time };
      return this.ledgers.add(this.id, channel, this.ledgers.length(this.id, channel), early, refused)[0];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      refused(error.message);
      return undefined;
    }
  }

  /** As the leader: what each robot is to be told of, until there is a newer solution. */
  publish(solutions: readonly AgentSolution[]): void {
    this.solutions.publish(solutions);
  }

  /** Sends what is due: what is urgent first, what is large as the rate allows. */
  tell(time: number): void {
    this.time = time;
    this.spent = 0;
    this.allowance.refill(time);
    this.tellDigest();
    this.tellEntries(this.replication.takeFresh('graph', time, Number.POSITIVE_INFINITY));
    this.tellSolutions();
    this.tellEntries(this.replication.takeWanted('graph', time, this.room));
    this.tellEntries(this.replication.takeFresh('places', time, this.room));
    this.tellEntries(this.replication.takeWanted('places', time, this.room));
  }

  private open(kind: TeamKind, from: number, bytes: Uint8Array): Opened {
    requireTeammate(from, this.id, this.ledgers.team);
    const message = open(kind, from, bytes);
    this.checkClock(from, message.sentAt);
    this.presence.hear(from, message.sentAt, this.time);
    return message;
  }

  private hearDigest(from: number, { sentAt, body }: Opened): void {
    const digest = decodeDigest(body, this.ledgers.team);
    if (sentAt <= (this.digestedAt.get(from) ?? Number.NEGATIVE_INFINITY)) return;
    for (const { agent, beat } of digest) if (beat !== undefined) this.checkClock(agent, beat);
    this.digestedAt.set(from, sentAt);
    for (const { agent, beat, echo, solution } of digest) {
      const isNews = beat !== undefined && this.presence.hearOf(agent, beat, this.time);
      if (isNews || agent === from) this.solutions.acknowledge(agent, solution);
      if (agent === this.id && echo) {
        const peerHeardAt = sentAt - echo.held;
        this.clocks
          .get(from)!
          .note({ sentAt: echo.sentAt, peerHeardAt, peerSentAt: sentAt, heardAt: this.time });
      }
    }
    this.replication.hear(from, digest, this.time);
  }

  private hearSolution({ body }: Opened): HeardSolution | undefined {
    const message = decodeSolution(body, this.ledgers.team);
    if (this.living.includes(message.agent) && this.solutions.isWorthRelaying(message))
      this.sendSolution(message);
    return this.solutions.hear(message, this.leader);
  }

  private hearEntries(from: number, { sentAt, body }: Opened): LedgerEntry[] {
    return unpack(body, this.ledgers.team).flatMap(({ owner, channel, number, bytes }) => {
      const refused = (reason: string) =>
        this.refusals.note(`an entry of robot ${owner} in ${channel}`, reason);
      if (owner === this.id) {
        if (number >= this.ledgers.length(owner, channel)) refused(`it never wrote entry ${number}`);
        return [];
      }
      const latest = owner === from ? sentAt : this.latestClockOf(owner);
      return this.ledgers.add(owner, channel, number, { bytes, latest }, refused);
    });
  }

  /** A time that no clock of the team shows yet would, taken for news, outdo all that are true. */
  private checkClock(agent: number, shown: number): void {
    const latest = this.latestClockOf(agent);
    if (agent !== this.id && shown > latest)
      throw new RangeError(
        `robot ${agent}'s clock is said to show ${shown.toFixed(3)} s: it is ${latest.toFixed(3)} s there at most`,
      );
  }

  /** The latest that a robot's clock can show now. */
  private latestClockOf(agent: number): number {
    const clock = this.clockOf(agent);
    return clock ? clock.latestAt(this.time) + CLOCK_TOLERANCE : this.time + STRANGERS_CLOCK;
  }

  private tellDigest(): void {
    if (this.time < this.nextDigest - SAME_TIME) return;
    this.nextDigest = this.time + DIGEST_INTERVAL;
    const rows = [...this.ledgers.team].map(
      (agent): DigestRow => ({
        agent,
        ...this.presence.signOf(agent, this.time),
        solution: this.solutions.markOf(agent),
        extents: this.ledgers.extents(agent),
      }),
    );
    this.send('digest', 'all', encodeDigest(rows));
  }

  private tellSolutions(): void {
    if (this.leader !== this.id) return;
    while (this.room > 0) {
      const message = this.solutions.next(this.living, this.time);
      if (!message) return;
      this.sendSolution(message);
    }
  }

  /** To whom it is for; by way of everyone where that one is out of reach. */
  private sendSolution(message: SolutionMessage): void {
    const { agent } = message;
    this.send('solution', this.presence.hears(agent, this.time) ? agent : 'all', encodeSolution(message));
  }

  private tellEntries(parcels: readonly Parcel[]): void {
    for (const kind of ENTRY_KINDS) {
      const alike = parcels.filter((parcel) => this.kindOf(parcel) === kind);
      for (const body of pack(alike)) this.send(kind, 'all', body);
    }
  }

  private kindOf({ owner, channel, number }: Parcel): EntryKind {
    const entry = this.ledgers.entry(owner, channel, number);
    if (channel === 'places') return 'places';
    return entry?.kind === 'node' ? 'keyframes' : 'sightings';
  }

  /** Bytes that may still be spent in this tick on what can wait. */
  private get room(): number {
    return Math.min(this.allowance.left, TICK_BYTES - this.spent);
  }

  private send(kind: TeamKind, to: number | 'all', body: Uint8Array): void {
    const bytes = seal(kind, this.id, this.time, body);
    this.spent += bytes.length;
    this.allowance.left -= bytes.length;
    this.link.send(this.id, to, kind, bytes);
  }
}

function isOurs(kind: string): kind is TeamKind {
  return (TEAM_KINDS as readonly string[]).includes(kind);
}
