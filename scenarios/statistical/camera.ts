import type { Random } from '../../base/random.ts';
import { binOf, quantileOf, SAMPLED, type Sampled, type Tables } from './tables.ts';

/** One robot's camera: whether its SLAM tracks with it, and what it tells of that. */
export class Camera {
  tracks = true;
  private readonly tables: Tables;
  private readonly random: Random;
  /** Where within their distributions the samples are: standard normals that change slowly. */
  private readonly place: Float64Array;
  private bin = 0;

  constructor(tables: Tables, random: Random) {
    this.tables = tables;
    this.random = random;
    this.place = Float64Array.from(SAMPLED, () => random.normal());
  }

  /** Lets `seconds` pass with so much texture in view, 0…1. */
  look(texture: number, seconds: number): void {
    const { goesBlind, sees, texture: edges } = this.tables;
    this.bin = binOf(edges, texture);
    const rate = (this.tracks ? goesBlind : sees)[this.bin];
    if (this.random.chance(1 - Math.exp(-rate * seconds))) this.tracks = !this.tracks;
    this.wander(seconds);
  }

  /** What a SLAM would tell; NaN where it does not track, or does not tell. */
  sample(name: Sampled): number {
    if (!this.tracks) return Number.NaN;
    const quantiles = this.tables.health[this.bin]?.[name] ?? [];
    return quantileOf(quantiles, normalShare(this.place[SAMPLED.indexOf(name)]));
  }

  private wander(seconds: number): void {
    const kept = Math.exp(seconds * Math.log(this.tables.persistence));
    const fresh = Math.sqrt(1 - kept * kept);
    for (let k = 0; k < this.place.length; k++)
      this.place[k] = kept * this.place[k] + this.random.normal(fresh);
  }
}

/** Share of a standard normal below `z`, to 1e-3 (a logistic: Bowling and others, JIEM 2009). */
function normalShare(z: number): number {
  return 1 / (1 + Math.exp(-1.5976 * z - 0.07056 * z * z * z));
}
