import { quantile } from '../metrics.ts';

/** Metres off at which a robot without its camera has lost its way, and within which it has it back. */
const LOST = 0.5;
const FOUND = 0.3;
/** Seconds in which help must come to count. */
const PATIENCE = 60;

export interface RescueCount {
  /** Robots that had lost their way and did not find it by themselves, each time anew. */
  readonly lost: number;
  /** Of these, whom a correction by the team brought back in time: it alone, from one pose to the next. */
  readonly recovered: number;
  /** Half of them within so many seconds; null where there were none. */
  readonly medianS: number | null;
}

interface Stray {
  readonly since: number;
  /** The team has put its map elsewhere since its last pose. */
  helped: boolean;
}

/** Who lost its way, by the truth, and whom the team brought back. */
export class Rescues {
  private readonly strays = new Map<number, Stray>();
  private readonly times: number[] = [];
  private failed = 0;

  /** A pose was told. @param error metres between it and the truth, team frame */
  note(agent: number, time: number, tracking: boolean, error: number): void {
    const stray = this.strays.get(agent);
    if (!stray) {
      if (!tracking && error > LOST) this.strays.set(agent, { since: time, helped: false });
      return;
    }
    if (time - stray.since > PATIENCE) {
      this.failed++;
      this.strays.delete(agent);
    } else if (error < FOUND) {
      if (stray.helped) this.times.push(time - stray.since);
      this.strays.delete(agent);
    }
    stray.helped = false;
  }

  /** The team has put a robot's map elsewhere. */
  help(agent: number): void {
    const stray = this.strays.get(agent);
    if (stray) stray.helped = true;
  }

  /** Those still astray count as lost. */
  count(): RescueCount {
    const recovered = this.times.length;
    const medianS = recovered > 0 ? quantile(this.times, 0.5) : null;
    return { lost: recovered + this.failed + this.strays.size, recovered, medianS };
  }
}
