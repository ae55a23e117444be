/** How a number in its unit becomes one that a network likes, about 0…1. */
export interface Scale {
  /** For the table in the docs. */
  readonly text: string;
  readonly of: (value: number) => number;
}

/** One number that is read from a view: a row of the table in the docs. */
export interface Feature<Source> {
  readonly name: string;
  readonly unit: string;
  readonly about: string;
  readonly scale: Scale;
  /** A robot cannot lack it: training never drops it. */
  readonly always?: true;
  /** Its averages over a short and a long time are features too. */
  readonly remembered?: true;
  /** In its unit; NaN: not known. */
  readonly read: (source: Source) => number;
}

/** What is true or not; 0 or 1. */
export const FLAG: Scale = { text: '0 or 1', of: (value) => value };

export const SHARE: Scale = { text: 'held to 0…1', of: (value) => Math.max(0, Math.min(1, value)) };

/** Cosines and sines. */
export const SIGNED: Scale = { text: 'held to −1…1', of: (value) => Math.max(-1, Math.min(1, value)) };

/** What may grow without bound: 0 at 0, ½ at `half`, towards 1 at infinity. */
export function saturating(half: number): Scale {
  return { text: `x / (x + ${half})`, of: (value) => 1 - half / (Math.max(0, value) + half) };
}
