/**
 * Where an agent has been, in bounded memory: few vertices (any two with one between them are at least `spacing` apart)
 * and, last, the newest position. When the buffer is full every second vertex goes and the spacing doubles, so a mission of any
 * length fits.
 */
export class ThinnedPath {
  static readonly CAPACITY = 4096;

  /** x, y, z a vertex; the first `length` are valid. */
  readonly positions = new Float32Array(3 * ThinnedPath.CAPACITY);
  length = 0;
  /** Metres. */
  spacing: number;

  constructor(spacing = 0.1) {
    this.spacing = spacing;
  }

  /** @returns the first vertex that changed */
  add(x: number, y: number, z: number): number {
    const changed = this.length === ThinnedPath.CAPACITY ? this.thin() : this.length;
    const settled = this.length - 2;
    const replacesTail = settled >= 0 && this.distanceFrom(settled, x, y, z) < this.spacing;
    if (replacesTail) this.length--;
    const at = 3 * this.length++;
    this.positions[at] = x;
    this.positions[at + 1] = y;
    this.positions[at + 2] = z;
    return Math.min(changed, this.length - 1);
  }

  /** Takes over a path as another one held it. */
  load(positions: Float32Array, spacing: number): void {
    this.length = Math.min(positions.length / 3, ThinnedPath.CAPACITY);
    this.positions.set(positions.subarray(0, 3 * this.length));
    this.spacing = spacing;
  }

  copy(): Float32Array {
    return this.positions.slice(0, 3 * this.length);
  }

  private thin(): number {
    let kept = 0;
    for (let i = 0; i < this.length; i += 2) this.positions.copyWithin(3 * kept++, 3 * i, 3 * i + 3);
    this.length = kept;
    this.spacing *= 2;
    return 0;
  }

  private distanceFrom(vertex: number, x: number, y: number, z: number): number {
    const dx = x - this.positions[3 * vertex];
    const dy = y - this.positions[3 * vertex + 1];
    const dz = z - this.positions[3 * vertex + 2];
    return Math.sqrt(dx * dx + dy * dy + dz * dz);
  }
}
