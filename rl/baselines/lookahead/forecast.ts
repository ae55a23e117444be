import { accuracy } from '../accuracy.ts';
import { fuse } from '../covariance.ts';
import { WATCH_S } from '../journey.ts';
import { SIGHTING, type Team } from '../team.ts';

export interface ForecastSettings {
  /** Seconds that a blind robot stays so. */
  readonly dark: number;
  /** What a second of mapping forgone counts, and one of a budget that covers nothing of the time left, seconds of accurate mapping. */
  readonly mapping: number;
  readonly thrift: number;
  /** Seconds of mapping before a sighting that it puts right too. */
  readonly past: number;
}

/**
 * What becomes of a team: its joint covariance, who watches whom, and the *accurate seconds* won so far, in robot-seconds of
 * mapping weighted by how accurate it is, the early ones more, since the score is the area under a curve.
 *
 * A robot that maps wins what it has plenty of, times the accuracy of its position. One that watches wins nothing until it is
 * through; then the two, and whoever errs alike with them, are put right, and so is what they mapped lately. Robots
 * that map stay about where they are; who watched stands by its peer.
 */
export class Forecast {
  value = 0;
  /** Seconds from now. */
  private time = 0;
  private readonly team: Team;
  private readonly settings: ForecastSettings;
  private readonly joint: Float64Array;
  /** Whom each one watches, −1: nobody; and seconds until it is through. */
  private readonly watched: Int32Array;
  private readonly left: Float64Array;
  /** By whose first place each one stands. */
  private readonly place: Int32Array;

  constructor(team: Team, settings: ForecastSettings) {
    const { size, joint } = team;
    this.team = team;
    this.settings = settings;
    this.joint = joint.slice();
    this.watched = new Int32Array(size).fill(-1);
    this.left = new Float64Array(size);
    this.place = Int32Array.from({ length: size }, (_, row) => row);
  }

  copy(): Forecast {
    return new Forecast(this.team, this.settings).become(this);
  }

  become(other: Forecast): this {
    this.value = other.value;
    this.time = other.time;
    this.joint.set(other.joint);
    this.watched.set(other.watched);
    this.left.set(other.left);
    this.place.set(other.place);
    return this;
  }

  /** Whether one may begin to watch another: both map, and nobody watches that one yet. */
  isOpen(observer: number, peer: number): boolean {
    const { watched } = this;
    return (
      watched[observer] < 0 && watched[peer] < 0 && !watched.includes(peer) && !watched.includes(observer)
    );
  }

  start(observer: number, peer: number): void {
    this.watched[observer] = peer;
    const { team, place } = this;
    const way = team.size * place[observer] + place[peer];
    // One that comes off with a chance of p takes 1/p times as long.
    this.left[observer] = (team.travel[way] + WATCH_S) / team.chance[way];
  }

  /** Lets time pass. @param seconds a short while: who is through by its end is so at its end */
  advance(seconds: number): void {
    const { team, settings, joint, watched } = this;
    const { size, plenty, scarcity, growth } = team;
    const weight = seconds * this.weightAt(this.time + seconds / 2);
    const dark = Math.max(0, Math.min(seconds, settings.dark - this.time));
    for (let k = 0; k < size; k++) {
      const at = size * k + k;
      joint[at] += (growth[k] * dark) / 2;
      const rate = plenty[k] * accuracy(joint[at]);
      joint[at] += (growth[k] * dark) / 2;
      if (watched[k] < 0) this.value += weight * rate;
      else this.value -= weight * ((settings.mapping - 1) * rate + settings.thrift * scarcity[k]);
    }
    this.time += seconds;
    for (let k = 0; k < size; k++) {
      if (watched[k] < 0) continue;
      this.left[k] -= seconds;
      if (this.left[k] <= 0) this.see(k, watched[k]);
    }
  }

  private see(observer: number, peer: number): void {
    const { team, joint, place } = this;
    this.value -= this.mappedLately();
    fuse(joint, team.size, observer, peer, SIGHTING);
    this.value += this.mappedLately();
    this.watched[observer] = -1;
    this.place[observer] = place[peer];
  }

  /** What the mapping of late is worth. */
  private mappedLately(): number {
    const { joint, team, settings } = this;
    let sum = 0;
    for (let k = 0; k < team.size; k++) sum += accuracy(joint[team.size * k + k]);
    return sum * settings.past * this.weightAt(this.time);
  }

  private weightAt(time: number): number {
    return Math.max(0, 1 - time / Math.max(this.team.remaining, 1));
  }
}
