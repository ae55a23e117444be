import type { Random } from '../../base/random.ts';
import type { RadioOptions } from '../../sim/options.ts';
import type { Ground } from './ground.ts';
import type { Robot } from './robot.ts';
import type { Word } from './words.ts';

/** Seconds between two words of one robot. */
const INTERVAL = 1;
/** Words that the share of those that come through goes back over, roughly. */
const LATELY = 10;

interface Letter {
  readonly from: Robot;
  readonly to: Robot;
  readonly word: Word;
  readonly explored: readonly number[];
  /** When robots last saw each other, as far as the sender knows. */
  readonly sightedAt: Float64Array;
}

/**
 * The radio between robots: words once a second, each with what has been explored since, to everyone in reach. As in the world in
 * full, range falls with walls and loss grows with distance; what is under way arrives with the next tick.
 */
export class Radio {
  private readonly options: RadioOptions;
  private readonly ground: Ground;
  private readonly random: Random;
  private readonly count: number;
  private underWay: Letter[] = [];
  private nextWord = 0;
  /** [receiver][sender], by index: share of words that came through lately, and up to when a robot knows what another has mapped. */
  private readonly through: Float64Array;
  private readonly known: Float64Array;
  /** Map points that two robots know to be the same. */
  private readonly sharedPoints: Float64Array;

  constructor(options: RadioOptions, ground: Ground, count: number, random: Random) {
    this.options = options;
    this.ground = ground;
    this.random = random;
    this.count = count;
    this.through = new Float64Array(count * count);
    this.known = new Float64Array(count * count).fill(-Infinity);
    this.sharedPoints = new Float64Array(count * count);
  }

  /** Share of a robot's words that came through to another lately. */
  link(to: number, from: number): number {
    return this.through[to * this.count + from];
  }

  /** Up to when a robot knows what another has mapped, told by that one or passed on: seconds. */
  knows(robot: number, of: number): number {
    return this.known[robot * this.count + of];
  }

  shared(a: number, b: number): number {
    return this.sharedPoints[a * this.count + b];
  }

  /** Two robots find that they have mapped the same. */
  share(a: number, b: number, points: number): void {
    this.sharedPoints[a * this.count + b] += points;
    this.sharedPoints[b * this.count + a] += points;
  }

  /** Everyone says how it is, when it is time. */
  tell(robots: readonly Robot[], time: number): void {
    if (time < this.nextWord) return;
    this.nextWord = time + INTERVAL;
    for (const from of robots) {
      const word = from.word();
      const explored = from.knowledge.take();
      const sightedAt = from.sightedAt.slice();
      for (const to of robots) {
        if (to === from) continue;
        const arrives = this.reaches(from, to);
        const link = to.index * this.count + from.index;
        this.through[link] += ((arrives ? 1 : 0) - this.through[link]) / LATELY;
        if (arrives) this.underWay.push({ from, to, word, explored, sightedAt });
      }
    }
  }

  /** What was under way arrives. */
  deliver(): void {
    const { count, known } = this;
    for (const { from, to, word, explored, sightedAt } of this.underWay) {
      const agent = word.report.agent;
      to.words = [...to.words.filter(({ report }) => report.agent !== agent), word].sort(
        (a, b) => a.report.agent - b.report.agent,
      );
      to.knowledge.hear(explored);
      sightedAt.forEach((at, k) => {
        if (!(to.sightedAt[k] >= at)) to.sightedAt[k] = at;
      });
      for (let k = 0; k < count; k++) {
        const own = to.index * count + k;
        known[own] = Math.max(
          known[own],
          k === from.index ? word.report.time : known[from.index * count + k],
        );
      }
    }
    this.underWay = [];
  }

  private reaches(from: Robot, to: Robot): boolean {
    const { range, wallLoss, loss } = this.options;
    const [a, b] = [from.driver, to.driver];
    const metres = Math.hypot(b.x - a.x, b.y - a.y);
    if (metres > range) return false;
    const share = (metres + wallLoss * this.ground.wallsBetween(a.x, a.y, b.x, b.y)) / range;
    return share <= 1 && !this.random.chance(loss * share * share);
  }
}
