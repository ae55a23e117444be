import { Random } from '../../base/random.ts';

/** A descriptor as 32-bit integers. */
export const INTEGERS = 8;

/** Hash tables a word stands in, and bits of a descriptor that make its key there. */
const TABLES = 6;
const KEY_BITS = 18;
/** Bits apart at which two descriptors still show one thing, and of the first 64, which are looked at first. */
const ALIKE = 48;
const ALIKE_FIRST = 20;

/**
 * A vocabulary of 256-bit descriptors that is never trained: what was seen makes the words, and a word nothing needs any
 * more goes. Words are found by locality-sensitive hashing (Indyk, Motwani, STOC 1998): a key is a few bits of the
 * descriptor, and with several tables of other bits each, noise leaves one of the keys alone.
 */
export class WordBook {
  /** Words of the last `look`, their distances in bits, and which of them is the nearest (−1: none was found). */
  found: Int32Array = new Int32Array(64);
  distances: Int32Array = new Int32Array(64);
  nearest = -1;
  private readonly keyBits = chooseKeyBits();
  private readonly heads = new Int32Array(TABLES << KEY_BITS).fill(-1);
  private readonly keys = new Int32Array(TABLES);
  private capacity = 0;
  private words: Int32Array = new Int32Array(0);
  /** TABLES a word: the next word in its bucket. */
  private next: Int32Array = new Int32Array(0);
  private stamps: Int32Array = new Int32Array(0);
  private stamp = 0;
  /** Ids from here on were never given out; those below that are free again. */
  private fresh = 0;
  private readonly free: number[] = [];

  get size(): number {
    return this.fresh - this.free.length;
  }

  /** Ids are below this. */
  get bound(): number {
    return this.fresh;
  }

  /** Finds the words like a descriptor, which starts at `at` in `bits`; returns how many. */
  look(bits: Int32Array, at: number): number {
    const { heads, next, keys, stamps } = this;
    this.hash(bits, at);
    const stamp = ++this.stamp;
    let count = 0;
    let best = ALIKE + 1;
    this.nearest = -1;
    for (let table = 0; table < TABLES; table++) {
      for (let word = heads[keys[table]]; word >= 0; word = next[TABLES * word + table]) {
        if (stamps[word] === stamp) continue;
        stamps[word] = stamp;
        const distance = this.distance(bits, at, word);
        if (distance > ALIKE) continue;
        if (count === this.found.length) this.growFound();
        this.found[count] = word;
        this.distances[count++] = distance;
        if (distance < best || (distance === best && word < this.nearest)) {
          best = distance;
          this.nearest = word;
        }
      }
    }
    return count;
  }

  /** Makes a word of a descriptor; returns its id. */
  add(bits: Int32Array, at: number): number {
    const word = this.free.pop() ?? this.fresh++;
    if (word === this.capacity) this.grow();
    this.words.set(bits.subarray(at, at + INTEGERS), INTEGERS * word);
    this.hash(bits, at);
    for (let table = 0; table < TABLES; table++) {
      this.next[TABLES * word + table] = this.heads[this.keys[table]];
      this.heads[this.keys[table]] = word;
    }
    return word;
  }

  remove(word: number): void {
    const { heads, next, keys } = this;
    this.hash(this.words, INTEGERS * word);
    for (let table = 0; table < TABLES; table++) {
      const after = next[TABLES * word + table];
      if (heads[keys[table]] === word) {
        heads[keys[table]] = after;
        continue;
      }
      let before = heads[keys[table]];
      while (next[TABLES * before + table] !== word) before = next[TABLES * before + table];
      next[TABLES * before + table] = after;
    }
    this.free.push(word);
  }

  /** Fills `keys`: where in `heads` a descriptor's bucket of each table is. */
  private hash(bits: Int32Array, at: number): void {
    const { keyBits, keys } = this;
    for (let table = 0, b = 0; table < TABLES; table++) {
      let key = table;
      for (const end = b + KEY_BITS; b < end; b++) {
        const bit = keyBits[b];
        key = (key << 1) | ((bits[at + (bit >> 5)] >>> (bit & 31)) & 1);
      }
      keys[table] = key;
    }
  }

  /** Bits apart; more than ALIKE where the first 64 tell already. */
  private distance(bits: Int32Array, at: number, word: number): number {
    const { words } = this;
    const base = INTEGERS * word;
    let sum = popcount(bits[at] ^ words[base]) + popcount(bits[at + 1] ^ words[base + 1]);
    if (sum > ALIKE_FIRST) return ALIKE + 1;
    for (let i = 2; i < INTEGERS; i++) sum += popcount(bits[at + i] ^ words[base + i]);
    return sum;
  }

  private grow(): void {
    this.capacity = Math.max(1024, 2 * this.capacity);
    this.words = enlarged(this.words, INTEGERS * this.capacity);
    this.next = enlarged(this.next, TABLES * this.capacity);
    this.stamps = enlarged(this.stamps, this.capacity);
  }

  private growFound(): void {
    this.found = enlarged(this.found, 2 * this.found.length);
    this.distances = enlarged(this.distances, 2 * this.distances.length);
  }
}

/** Descriptors of 32 bytes as integers. */
export function integersOf(descriptors: Uint8Array): Int32Array {
  return new Int32Array(descriptors.slice().buffer);
}

export function enlarged(old: Int32Array, length: number): Int32Array {
  const out = new Int32Array(length);
  out.set(old);
  return out;
}

/** Different bits for each table, as long as there are any. */
function chooseKeyBits(): Int32Array {
  const bits = new Random('place recognition').shuffle(
    Array.from({ length: 32 * INTEGERS }, (_, bit) => bit),
  );
  return Int32Array.from(bits.slice(0, TABLES * KEY_BITS));
}

function popcount(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Bits in which two descriptors differ, each starting at an offset. */
export function distanceBetween(a: Int32Array, i: number, b: Int32Array, j: number): number {
  let sum = 0;
  for (let n = 0; n < INTEGERS; n++) sum += popcount(a[i + n] ^ b[j + n]);
  return sum;
}
