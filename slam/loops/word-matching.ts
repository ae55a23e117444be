import { distanceBetween, INTEGERS, integersOf } from './words.ts';

/** Descriptors (32 bytes each) and the visual word of each, −1: none; see `PlaceIndex`. */
export interface WordedDescriptors {
  readonly descriptors: Uint8Array;
  readonly words: Int32Array;
}

/**
 * Vocabulary-guided matching: only descriptors of the same visual word are compared. Ratio test and mutual best check as in
 * `Kernels.matchBruteForce`.
 * @returns number of matches; `matches[i]` is an index into `b` or −1
 */
export function matchByWords(
  a: WordedDescriptors,
  b: WordedDescriptors,
  maxDistance: number,
  ratio: number,
  matches: Int32Array,
): number {
  const bitsA = integersOf(a.descriptors);
  const bitsB = integersOf(b.descriptors);
  // Keypoints of b by word, as chains through `next`.
  const first = new Map<number, number>();
  const next = new Int32Array(b.words.length);
  for (let j = b.words.length - 1; j >= 0; j--) {
    if (b.words[j] < 0) continue;
    next[j] = first.get(b.words[j]) ?? -1;
    first.set(b.words[j], j);
  }
  const holder = new Int32Array(b.words.length).fill(-1);
  const held = new Int32Array(b.words.length).fill(8 * 32 + 1);
  for (let i = 0; i < a.words.length; i++) {
    matches[i] = -1;
    let best = 8 * 32 + 1;
    let second = best;
    let index = -1;
    for (let j = first.get(a.words[i]) ?? -1; j >= 0; j = next[j]) {
      const distance = distanceBetween(bitsA, INTEGERS * i, bitsB, INTEGERS * j);
      if (distance < held[j]) {
        held[j] = distance;
        holder[j] = i;
      }
      if (distance < best) {
        second = best;
        best = distance;
        index = j;
      } else if (distance < second) {
        second = distance;
      }
    }
    if (index >= 0 && best <= maxDistance && best <= ratio * second) matches[i] = index;
  }
  let found = 0;
  for (let i = 0; i < a.words.length; i++) {
    if (matches[i] >= 0 && holder[matches[i]] !== i) matches[i] = -1;
    if (matches[i] >= 0) found++;
  }
  return found;
}
