import type { Link, RadioMessage } from '../../base/world.ts';
import {
  decodeExplored,
  decodeReport,
  type ExploredCells,
  encodeExplored,
  encodeReport,
  type Report,
} from './messages.ts';

/** Seconds between two reports of one robot. */
const REPORT_INTERVAL = 1;

const NOWHERE = { x: Number.NaN, y: Number.NaN, yaw: Number.NaN, claim: undefined };

export interface Heard {
  /** Coarse cells teammates have explored. */
  readonly explored: readonly ExploredCells[];
  /** Why messages were dropped. */
  readonly dropped: readonly string[];
}

/** One robot's end of the radio: the latest word of each teammate, and its own word to them. */
export class Radio {
  private readonly id: number;
  private readonly team: ReadonlySet<number>;
  private readonly link: Link;
  private readonly latest = new Map<number, Report>();
  private nextReport = Number.NEGATIVE_INFINITY;

  /** @param team ids of all its robots */
  constructor(id: number, team: readonly number[], link: Link) {
    this.id = id;
    this.team = new Set(team);
    this.link = link;
  }

  /** Teammates ever heard, by rising id. @param frame in which places are wanted: of who tells in another, none is known */
  teammates(frame: number): Report[] {
    const sorted = [...this.latest.values()].sort((a, b) => a.agent - b.agent);
    return sorted.map((report) => (report.frame === frame ? report : { ...report, ...NOWHERE }));
  }

  /** Takes in what has arrived; late and doubled reports change nothing: only a newer one counts. */
  hear(messages: readonly RadioMessage[]): Heard {
    const explored: ExploredCells[] = [];
    const dropped: string[] = [];
    for (const { from, kind, bytes } of messages) {
      try {
        if (kind === 'report') this.note(from, decodeReport(bytes));
        else if (kind === 'explored') explored.push(decodeExplored(bytes));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        dropped.push(`dropped a ${kind} from robot ${from}: ${error.message}`);
      }
    }
    return { explored, dropped };
  }

  /** Whether it is time for a report. */
  isDue(time: number): boolean {
    return time >= this.nextReport;
  }

  /** Tells everyone in reach. */
  tell(report: Report, explored: Int16Array): void {
    this.nextReport = report.time + REPORT_INTERVAL;
    this.link.send(this.id, 'all', 'report', encodeReport(report));
    if (explored.length === 0) return;
    const cells = encodeExplored({ frame: report.frame, cells: explored });
    this.link.send(this.id, 'all', 'explored', cells);
  }

  private note(from: number, report: Report): void {
    if (from === this.id) throw new RangeError('it is its own');
    if (!this.team.has(from)) throw new RangeError(`there is no robot ${from} in the team`);
    if (report.agent !== from) throw new RangeError(`it speaks for robot ${report.agent}`);
    const known = this.latest.get(from);
    if (!known || report.time > known.time) this.latest.set(from, report);
  }
}
