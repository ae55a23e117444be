import aruco from 'js-aruco2';
import 'js-aruco2/src/dictionaries/apriltag_36h11.js';

/** Cells along a side of a code, of the marker with its black frame, and of the board with its white margin. */
export const CODE_CELLS = 6;
export const MARKER_CELLS = CODE_CELLS + 2;
export const BOARD_CELLS = MARKER_CELLS + 2;
const BITS = CODE_CELLS * CODE_CELLS;

/** What a square of 6 × 6 cells says: which code, turned how, and how many cells had to be mended. */
export interface Reading {
  readonly code: number;
  /** Clockwise quarter turns of the picture that bring the code upright. */
  readonly turns: number;
  readonly mended: number;
}

const dictionary = new aruco.AR.Dictionary('APRILTAG_36h11');
/** The codes' bits, two words each: the first 18 cells row by row, then the other 18. */
const words = Int32Array.from(dictionary.codeList.flatMap((bits) => packed(Array.from(bits, Number))));
export const CODES = dictionary.codeList.length;

/** A board's cells, row by row from the top left as seen from the front: 1 white, 0 black. */
export function boardCells(code: number): Uint8Array {
  const cells = new Uint8Array(BOARD_CELLS * BOARD_CELLS).fill(1);
  const bits = dictionary.codeList[code];
  for (let row = 0; row < MARKER_CELLS; row++) {
    for (let column = 0; column < MARKER_CELLS; column++) {
      const inside = Math.min(row, column, MARKER_CELLS - 1 - row, MARKER_CELLS - 1 - column) > 0;
      const bit = inside ? Number(bits[(row - 1) * CODE_CELLS + column - 1]) : 0;
      cells[(row + 1) * BOARD_CELLS + column + 1] = bit;
    }
  }
  return cells;
}

/**
 * The code nearest to what was read, in any of the four turns.
 * @param bits 36, row by row; @param mendable most wrong cells
 */
export function readCode(bits: Uint8Array, mendable: number): Reading | undefined {
  let best: Reading | undefined;
  let turned = bits;
  for (let turns = 0; turns < 4; turns++) {
    const [high, low] = packed(turned);
    for (let code = 0; code < CODES; code++) {
      const mended = ones(high ^ words[2 * code]) + ones(low ^ words[2 * code + 1]);
      if (mended <= mendable && mended < (best?.mended ?? BITS)) best = { code, turns, mended };
    }
    turned = quarterTurn(turned);
  }
  return best;
}

function packed(bits: ArrayLike<number>): [number, number] {
  const out: [number, number] = [0, 0];
  for (let i = 0; i < BITS; i++) out[i < BITS / 2 ? 0 : 1] |= bits[i] << (i % (BITS / 2));
  return out;
}

/** Turned clockwise. */
function quarterTurn(bits: Uint8Array): Uint8Array {
  const n = CODE_CELLS;
  return bits.map((_, i) => bits[(n - 1 - (i % n)) * n + Math.floor(i / n)]);
}

/** Number of set bits of a word. */
function ones(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
