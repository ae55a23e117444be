import type { Link, RadioMessage } from '../../base/world.ts';
import { Refusals } from '../refusals.ts';
import { open, requireTeammate, seal, WORD_KINDS, type WordKind } from './envelope.ts';
import { decodeExplored, type ExploredCells, encodeExplored } from './explored.ts';
import { LinkQuality } from './link-quality.ts';
import { decodeReport, encodeReport, type Report } from './report.ts';

/** Seconds between two reports of one robot. */
const REPORT_INTERVAL = 1;
/** Mission time is the same for everybody but for so many seconds: what comes from further ahead is senseless. */
const AHEAD = 5;
const NUMBERS = 0x10000;

/** For the log. */
const NAMES: Readonly<Record<WordKind, string>> = { report: 'a report', explored: 'explored cells' };
const NOWHERE = { x: Number.NaN, y: Number.NaN, yaw: Number.NaN, claim: undefined };

export interface Heard {
  /** Coarse cells teammates have explored. */
  readonly explored: readonly ExploredCells[];
  /** What was dropped, and why: for the log. */
  readonly dropped: readonly string[];
}

/** A teammate's word: the latest, and how well they come through. */
interface Word {
  report?: Report;
  readonly quality: LinkQuality;
}

/** One robot's end of the radio: the latest word of each teammate, and its own word to them. Times are mission time, seconds. */
export class Radio {
  private readonly id: number;
  private readonly team: ReadonlySet<number>;
  private readonly link: Link;
  private readonly refusals = new Refusals();
  private readonly words = new Map<number, Word>();
  private nextReport = Number.NEGATIVE_INFINITY;
  private reports = 0;

  /** @param team ids of all its robots */
  constructor(id: number, team: readonly number[], link: Link) {
    this.id = id;
    this.team = new Set([...team].sort((a, b) => a - b));
    this.link = link;
    for (const agent of this.team) this.words.set(agent, { quality: new LinkQuality(REPORT_INTERVAL) });
  }

  /** Teammates ever heard, by rising id. @param frame in which places are wanted: of who tells in another, none is known */
  teammates(frame: number): Report[] {
    const reports = [...this.words.values()].flatMap(({ report }) => report ?? []);
    return reports.map((report) => (report.frame === frame ? report : { ...report, ...NOWHERE }));
  }

  /** Share of a teammate's reports that came through lately, 0…1; NaN before the first. */
  qualityOf(agent: number, time: number): number {
    return this.words.get(agent)?.quality.share(time) ?? Number.NaN;
  }

  /** Takes in what has arrived; late and doubled reports change nothing: only a newer one counts. Other messages are left alone. */
  hear(messages: readonly RadioMessage[], time: number): Heard {
    const explored: ExploredCells[] = [];
    for (const { from, kind, bytes } of messages) {
      if (!isWord(kind)) continue;
      try {
        requireTeammate(from, this.id, this.team);
        const { sentAt, body } = open(kind, from, bytes);
        if (sentAt > time + AHEAD)
          throw new RangeError(`it was sent at ${sentAt.toFixed(1)} s; now is ${time.toFixed(1)} s`);
        if (kind === 'explored') explored.push(decodeExplored(body));
        else {
          const { number, report } = decodeReport(body, from, sentAt);
          this.note(report, number, time);
        }
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        this.refusals.note(`${NAMES[kind]} of robot ${from}`, error.message);
      }
    }
    return { explored, dropped: this.refusals.take() };
  }

  /** Whether it is time for a report. */
  isDue(time: number): boolean {
    return time >= this.nextReport;
  }

  /** Tells everyone in reach. */
  tell(report: Report, explored: Int16Array): void {
    const { time, frame } = report;
    this.nextReport = time + REPORT_INTERVAL;
    this.send('report', time, () => encodeReport({ number: this.reports, report }));
    this.reports = (this.reports + 1) % NUMBERS;
    if (explored.length > 0) this.send('explored', time, () => encodeExplored({ frame, cells: explored }));
  }

  private note(report: Report, number: number, time: number): void {
    const word = this.words.get(report.agent)!;
    word.quality.note(number, time);
    if (!word.report || report.time > word.report.time) word.report = report;
  }

  /** What cannot be said is not said, and the log tells so. */
  private send(kind: WordKind, time: number, encode: () => Uint8Array): void {
    try {
      this.link.send(this.id, 'all', kind, seal(kind, this.id, time, encode()));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.refusals.note(`its own ${kind}`, error.message);
    }
  }
}

function isWord(kind: string): kind is WordKind {
  return (WORD_KINDS as readonly string[]).includes(kind);
}
