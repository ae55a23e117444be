import type { Link, RadioMessage } from '../../base/world.ts';
import { decodeExplored, decodeReport, encodeExplored, encodeReport, type Report } from './messages.ts';

/** Seconds between two reports of one robot. */
const REPORT_INTERVAL = 1;

export interface Heard {
  /** Coarse cells teammates have explored. */
  readonly explored: readonly Int16Array[];
  /** Why messages were dropped. */
  readonly dropped: readonly string[];
}

/** One robot's end of the radio: the latest word of each teammate, and its own word to them. */
export class Radio {
  private readonly id: number;
  private readonly link: Link;
  private readonly latest = new Map<number, Report>();
  private nextReport = Number.NEGATIVE_INFINITY;

  constructor(id: number, link: Link) {
    this.id = id;
    this.link = link;
  }

  /** Teammates ever heard, by rising id. */
  teammates(): Report[] {
    return [...this.latest.values()].sort((a, b) => a.agent - b.agent);
  }

  /** Takes in what has arrived; late and doubled reports change nothing: only a newer one counts. */
  hear(messages: readonly RadioMessage[]): Heard {
    const explored: Int16Array[] = [];
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
    if (explored.length > 0) this.link.send(this.id, 'all', 'explored', encodeExplored(explored));
  }

  private note(from: number, report: Report): void {
    if (report.agent !== from) throw new RangeError(`it speaks for robot ${report.agent}`);
    const known = this.latest.get(from);
    if (!known || report.time > known.time) this.latest.set(from, report);
  }
}
