/**
 * Named, seeded random streams. Every consumer forks its own (`random.fork('sensor/agent2')`), so adding a
 * draw in one place changes nothing in another. Generator: sfc32 (Chris Doty-Humphrey, PractRand), seeded
 * by a 128-bit FNV-style hash of the name; integer arithmetic only, so equal on every machine.
 */
export class Random {
  private readonly key: string;
  private a = 0;
  private b = 0;
  private c = 0;
  private counter = 1;
  private spare = Number.NaN;

  constructor(seed: number | string) {
    this.key = String(seed);
    const words = hashWords(this.key);
    this.a = words[0];
    this.b = words[1];
    this.c = words[2];
    this.counter = words[3];
    for (let i = 0; i < 12; i++) this.word();
  }

  /** An independent stream; it depends on this stream's seed and the name, not on what was drawn so far. */
  fork(name: string): Random {
    return new Random(`${this.key}/${name}`);
  }

  /** A uniform 32-bit unsigned integer. */
  word(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + t) | 0;
    return t >>> 0;
  }

  /** Uniform in [low, high), 53 bits. */
  uniform(low = 0, high = 1): number {
    const unit = ((this.word() >>> 5) * 67108864 + (this.word() >>> 6)) / 9007199254740992;
    return low + unit * (high - low);
  }

  /** Uniform integer in [0, n). */
  int(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** Standard normal times `sigma` (Marsaglia's polar method). */
  normal(sigma = 1): number {
    if (!Number.isNaN(this.spare)) {
      const value = this.spare;
      this.spare = Number.NaN;
      return value * sigma;
    }
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const scale = Math.sqrt((-2 * Math.log(s)) / s);
        this.spare = v * scale;
        return u * scale * sigma;
      }
    }
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)];
  }

  /** Fisher–Yates, in place. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
    return items;
  }
}

function hashWords(text: string): [number, number, number, number] {
  const words: [number, number, number, number] = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    for (let w = 0; w < 4; w++) {
      words[w] = Math.imul(words[w] ^ (code + w * 0x1003f), 0x01000193) ^ (words[(w + 1) & 3] >>> 15);
    }
  }
  return words;
}
