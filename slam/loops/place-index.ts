import { enlarged, INTEGERS, integersOf, WordBook } from './words.ts';

export interface PlaceMatch<K> {
  readonly place: K;
  /** How much of what is seen that place shows too, weighed by how telling it is: 0…1. */
  readonly score: number;
}

interface Shelf<K> {
  readonly place: K;
  /** Word of each of its descriptors. */
  readonly words: Int32Array;
}

/**
 * Place recognition without a trained vocabulary: an inverted file from visual words, which grow out of the places
 * themselves, to the places that show them; scored by inverse document frequency (Sivic, Zisserman, ICCV 2003; growing
 * words: Garcia-Fidalgo, Ortiz, RA-L 2018). Deterministic: the same adds and removes give the same answers.
 */
export class PlaceIndex<K extends { readonly id: number }> {
  private readonly book = new WordBook();
  /** Places by slot; slots of removed places are used again. */
  private readonly shelves: (Shelf<K> | null)[] = [];
  private readonly freeSlots: number[] = [];
  private readonly slots = new Map<K, number>();
  /** Slots of the places that show a word, each once. */
  private readonly postings: number[][] = [];
  /** Scratch a slot: the descriptor that voted for it last, and its votes. */
  private voted: Int32Array = new Int32Array(0);
  private votes = new Float64Array(0);

  get size(): number {
    return this.slots.size;
  }

  /** Distinct words of all places. */
  get wordCount(): number {
    return this.book.size;
  }

  /** Words there is room for: what memory goes by. */
  get capacity(): number {
    return this.book.bound;
  }

  /**
   * @param descriptors 32 bytes each
   * @throws RangeError where the place is there already
   */
  add(place: K, descriptors: Uint8Array): void {
    if (this.slots.has(place)) throw new RangeError(`place ${place.id} is in the index already`);
    const bits = integersOf(descriptors);
    const words = new Int32Array(bits.length / INTEGERS);
    const slot = this.freeSlots.pop() ?? this.shelves.length;
    for (let k = 0; k < words.length; k++) {
      this.book.look(bits, INTEGERS * k);
      words[k] = this.book.nearest >= 0 ? this.book.nearest : this.book.add(bits, INTEGERS * k);
      this.postings[words[k]] ??= [];
      const posting = this.postings[words[k]];
      if (posting[posting.length - 1] !== slot) posting.push(slot);
    }
    this.shelves[slot] = { place, words };
    this.slots.set(place, slot);
    if (slot >= this.voted.length) {
      this.voted = enlarged(this.voted, 2 * slot + 64);
      this.votes = new Float64Array(this.voted.length);
    }
  }

  /** A place that is not there is no mistake. */
  remove(place: K): void {
    const slot = this.slots.get(place);
    if (slot === undefined) return;
    for (const word of this.shelves[slot]!.words) {
      const posting = this.postings[word];
      const at = posting.indexOf(slot);
      if (at < 0) continue;
      posting.splice(at, 1);
      if (posting.length === 0) this.book.remove(word);
    }
    this.shelves[slot] = null;
    this.slots.delete(place);
    this.freeSlots.push(slot);
  }

  /** The places that look most like what is seen: at most `most`, best first, equals by rising id. */
  query(descriptors: Uint8Array, most: number): PlaceMatch<K>[] {
    const bits = integersOf(descriptors);
    const count = bits.length / INTEGERS;
    this.votes.fill(0);
    this.voted.fill(-1);
    for (let k = 0; k < count; k++) this.vote(bits, k);
    const whole = count * this.telling(1);
    const ranked: PlaceMatch<K>[] = [];
    this.shelves.forEach((shelf, slot) => {
      if (!shelf || this.votes[slot] === 0) return;
      ranked.push({ place: shelf.place, score: this.votes[slot] / whole });
    });
    ranked.sort((a, b) => b.score - a.score || a.place.id - b.place.id);
    return ranked.slice(0, most);
  }

  /** Word of each descriptor of a place; undefined where the index does not know it. */
  wordsOf(place: K): Int32Array | undefined {
    const slot = this.slots.get(place);
    return slot === undefined ? undefined : this.shelves[slot]!.words;
  }

  /** Word of each descriptor, −1 where none is like it. */
  wordsFor(descriptors: Uint8Array): Int32Array {
    const bits = integersOf(descriptors);
    const words = new Int32Array(bits.length / INTEGERS);
    for (let k = 0; k < words.length; k++) {
      this.book.look(bits, INTEGERS * k);
      words[k] = this.book.nearest;
    }
    return words;
  }

  /** Descriptor `k` votes once for every place that shows a word like it, as much as the rarest-known such word counts. */
  private vote(bits: Int32Array, k: number): void {
    const { book, postings, voted, votes } = this;
    const found = book.look(bits, INTEGERS * k);
    if (found === 0) return;
    let places = 0;
    for (let i = 0; i < found; i++) places += postings[book.found[i]].length;
    const weight = this.telling(Math.min(places, this.size));
    for (let i = 0; i < found; i++) {
      for (const slot of postings[book.found[i]]) {
        if (voted[slot] === k) continue;
        voted[slot] = k;
        votes[slot] += weight;
      }
    }
  }

  /** Inverse document frequency of what so many places show. */
  private telling(places: number): number {
    return Math.log((this.size + 1) / places);
  }
}
