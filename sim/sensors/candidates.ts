const GROWTH = 2;

/** Landmarks that a camera might detect in one frame, as columns; reused from frame to frame. */
export class Candidates {
  count = 0;
  private capacity = 1024;
  /** Index of the landmark, and whether it is one of those that move. */
  landmark = new Int32Array(this.capacity);
  moves = new Uint8Array(this.capacity);
  /** Ideal pixel, depth along the optical axis (metres), pyramid level. */
  u = new Float64Array(this.capacity);
  v = new Float64Array(this.capacity);
  depth = new Float64Array(this.capacity);
  octave = new Uint8Array(this.capacity);
  /** Pixels it moves while the shutter is open. */
  blur = new Float64Array(this.capacity);
  /** Cosine between surface normal and line of sight, and which side of the normal it is seen from. */
  cosine = new Float64Array(this.capacity);
  side = new Int8Array(this.capacity);
  /** Scene position a ray must reach, 3 a candidate. */
  target = new Float64Array(3 * this.capacity);
  private score = new Float64Array(this.capacity);
  private keys = new Float64Array(this.capacity);

  clear(): void {
    this.count = 0;
  }

  /** Makes room for one more and returns its index; the caller fills its columns. */
  push(score: number): number {
    if (this.count === this.capacity) this.grow();
    this.score[this.count] = score;
    return this.count++;
  }

  /**
   * The best at most `wanted` candidates that `visible` confirms, spread over the image as ORB spreads them: each cell
   * first gets its share, then the best of the rest follow. Rays are cast only for candidates whose turn comes.
   * @returns candidate indices by image cell, then score
   */
  select(wanted: number, width: number, height: number, visible: (i: number) => boolean): number[] {
    const quota = Math.ceil(wanted / (CELLS_X * CELLS_Y));
    const cells: number[][] = Array.from({ length: CELLS_X * CELLS_Y }, () => []);
    const rest: number[] = [];
    const cellOf = (i: number) =>
      Math.floor((this.v[i] / height) * CELLS_Y) * CELLS_X + Math.floor((this.u[i] / width) * CELLS_X);
    let chosen = 0;
    const sorted = this.byScore();
    for (let k = 0; k < sorted.length && chosen < wanted; k++) {
      const i = sorted[k] - Math.floor(sorted[k] / INDEX_SPAN) * INDEX_SPAN;
      const cell = cells[cellOf(i)];
      if (cell.length >= quota) rest.push(i);
      else if (visible(i)) {
        cell.push(i);
        chosen++;
      }
    }
    for (const i of rest) {
      if (chosen >= wanted) break;
      if (!visible(i)) continue;
      cells[cellOf(i)].push(i);
      chosen++;
    }
    return cells.flat();
  }

  /** Sort keys, best first; equal scores in the order they came. A key modulo INDEX_SPAN is the index (`%` is slow on large numbers). */
  private byScore(): Float64Array {
    const { keys, score, count } = this;
    for (let i = 0; i < count; i++) keys[i] = Math.floor((1 - score[i]) * LEVELS) * INDEX_SPAN + i;
    return keys.subarray(0, count).sort();
  }

  private grow(): void {
    this.capacity *= GROWTH;
    const larger = <T extends Float64Array | Int32Array | Uint8Array | Int8Array>(old: T, fresh: T): T => {
      fresh.set(old);
      return fresh;
    };
    const { capacity } = this;
    this.landmark = larger(this.landmark, new Int32Array(capacity));
    this.moves = larger(this.moves, new Uint8Array(capacity));
    this.u = larger(this.u, new Float64Array(capacity));
    this.v = larger(this.v, new Float64Array(capacity));
    this.depth = larger(this.depth, new Float64Array(capacity));
    this.octave = larger(this.octave, new Uint8Array(capacity));
    this.blur = larger(this.blur, new Float64Array(capacity));
    this.cosine = larger(this.cosine, new Float64Array(capacity));
    this.side = larger(this.side, new Int8Array(capacity));
    this.target = larger(this.target, new Float64Array(3 * capacity));
    this.score = larger(this.score, new Float64Array(capacity));
    this.keys = new Float64Array(capacity);
  }
}

const CELLS_X = 8;
const CELLS_Y = 6;
/** Scores are told apart in this many steps; a sort key holds score and index in one exact number. */
const LEVELS = 1048576;
const INDEX_SPAN = 1048576;
