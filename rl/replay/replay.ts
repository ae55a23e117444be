import type { Random } from '../../base/random.ts';
import type { Episode } from './episode.ts';

/** How decisions are drawn: p ∝ |TD error| to the power `exponent`, 0 for all alike, after Schaul et al. (ICLR 2016). */
export interface Priority {
  readonly exponent: number;
  /** 0…1: how far weights make up for what is drawn too often. */
  readonly correction: number;
}

/** A team decision drawn from the memory. */
export interface Draw {
  readonly episode: Episode;
  readonly moment: number;
  /** What its loss counts, at most 1. */
  readonly weight: number;
}

/** What an error of 0 still counts, so that nothing is never seen again; in the unit of TD errors, tenths of the score. */
const LEAST = 1e-3;

interface Stored {
  readonly episode: Episode;
  /** |TD error| to the power of the exponent, per moment. */
  readonly chances: Float64Array;
}

/** The latest episodes, as many whole ones as hold at most `capacity` team decisions. */
export class Replay {
  private readonly capacity: number;
  private readonly priority: Priority;
  private stored: Stored[] = [];
  private count = 0;
  private largest = 1;

  constructor(capacity: number, priority: Priority) {
    this.capacity = capacity;
    this.priority = priority;
  }

  /** Team decisions held. */
  get size(): number {
    return this.count;
  }

  /** Oldest first. */
  get episodes(): readonly Episode[] {
    return this.stored.map(({ episode }) => episode);
  }

  /** What is new counts as much as what surprised most so far. */
  add(episode: Episode): void {
    const chances = new Float64Array(episode.moments.length).fill(this.largest);
    this.keep({ episode, chances });
  }

  /** @returns `count` decisions, each drawn anew */
  draw(count: number, random: Random): Draw[] {
    const starts = this.starts();
    const total = starts[this.count];
    const draws = Array.from({ length: count }, () => this.at(starts, random.uniform(0, total)));
    const heaviest = draws.reduce((most, { weight }) => Math.max(most, weight), 0);
    return draws.map((draw) => ({ ...draw, weight: draw.weight / heaviest }));
  }

  /** What was drawn turned out to be this far off. @param errors |TD error| of each draw */
  note(draws: readonly Draw[], errors: ArrayLike<number>): void {
    const byEpisode = new Map(this.stored.map(({ episode, chances }) => [episode, chances]));
    draws.forEach(({ episode, moment }, i) => {
      const chance = power(errors[i] + LEAST, this.priority.exponent);
      byEpisode.get(episode)![moment] = chance;
      this.largest = Math.max(this.largest, chance);
    });
  }

  /** Chances of all moments in the order they are held, and the largest ever: with the episodes, all there is to it. */
  chances(): Float64Array {
    const all = new Float64Array(this.count + 1);
    let at = 0;
    for (const { chances } of this.stored) {
      all.set(chances, at);
      at += chances.length;
    }
    all[at] = this.largest;
    return all;
  }

  /** Takes the place of what is held. @param chances as `chances()` gave them */
  restore(episodes: readonly Episode[], chances: Float64Array): void {
    this.stored = [];
    this.count = 0;
    let at = 0;
    for (const episode of episodes) {
      this.keep({ episode, chances: chances.slice(at, at + episode.moments.length) });
      at += episode.moments.length;
    }
    this.largest = chances[at];
  }

  private keep(stored: Stored): void {
    this.stored.push(stored);
    this.count += stored.chances.length;
    while (this.count > this.capacity && this.stored.length > 1)
      this.count -= this.stored.shift()!.chances.length;
  }

  /** Where each moment begins on a line on which it is as long as its chance; the whole length last. */
  private starts(): Float64Array {
    const starts = new Float64Array(this.count + 1);
    let at = 0;
    for (const { chances } of this.stored) {
      for (const chance of chances) {
        starts[at + 1] = starts[at] + chance;
        at++;
      }
    }
    return starts;
  }

  private at(starts: Float64Array, place: number): Draw {
    let [low, high] = [0, this.count - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= place) low = middle;
      else high = middle - 1;
    }
    const share = (starts[low + 1] - starts[low]) / starts[this.count];
    let moment = low;
    for (const { episode, chances } of this.stored) {
      if (moment < chances.length)
        return { episode, moment, weight: power(share * this.count, -this.priority.correction) };
      moment -= chances.length;
    }
    throw new Error('nothing to draw from');
  }
}

function power(base: number, exponent: number): number {
  return exponent === 0 ? 1 : Math.exp(exponent * Math.log(base));
}
