import type { DigestRow } from './digest.ts';

/** Seconds without a sign of life after which a robot counts as gone. */
const GONE = 5;
/** Seconds in which one that hears another has heard it. */
export const LATELY = 3;

interface Sign {
  /** The newest known of its clock, and when that news came. */
  beat: number;
  beatAt: number;
  /** The newest that it sent itself, and when that was heard. */
  sentAt: number;
  heardAt: number;
}

/**
 * Who of the team lives, as far as one robot can know: heard by itself, or by others that tell of a heartbeat it had not heard of. The
 * lowest id that lives leads; who hears nobody leads itself, and on return the lower id takes over again.
 */
export class Presence {
  private readonly own: number;
  private readonly signs = new Map<number, Sign>();

  constructor(own: number) {
    this.own = own;
  }

  /** A message came from the robot itself. */
  hear(agent: number, sentAt: number, time: number): void {
    this.hearOf(agent, sentAt, time);
    const sign = this.signs.get(agent);
    if (!sign) return;
    if (sentAt <= sign.sentAt) return;
    sign.sentAt = sentAt;
    sign.heardAt = time;
  }

  /** Another tells what it knows of the robot's clock. @returns whether that is news */
  hearOf(agent: number, beat: number, time: number): boolean {
    const sign = this.signs.get(agent);
    if (agent === this.own || (sign && sign.beat >= beat)) return false;
    const never = Number.NEGATIVE_INFINITY;
    this.signs.set(agent, { sentAt: never, heardAt: never, ...sign, beat, beatAt: time });
    return true;
  }

  /** What a digest tells of a robot's life. */
  signOf(agent: number, time: number): Pick<DigestRow, 'beat' | 'echo'> {
    const sign = this.signs.get(agent);
    if (!sign) return {};
    const { beat, sentAt, heardAt } = sign;
    return heardAt > Number.NEGATIVE_INFINITY ? { beat, echo: { sentAt, held: time - heardAt } } : { beat };
  }

  /** Whether it hears the robot itself. */
  hears(agent: number, time: number): boolean {
    return time - (this.signs.get(agent)?.heardAt ?? Number.NEGATIVE_INFINITY) <= LATELY;
  }

  /** By rising id, itself among them. */
  living(time: number): number[] {
    const others = [...this.signs].filter(([, { beatAt }]) => time - beatAt <= GONE).map(([agent]) => agent);
    return [this.own, ...others].sort((a, b) => a - b);
  }

  leader(time: number): number {
    return this.living(time)[0];
  }
}
