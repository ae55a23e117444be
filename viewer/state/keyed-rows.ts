/**
 * Rows of a few numbers each, found by id, for map points and keyframes: the server's snapshot and the page's GPU
 * buffers are both this. Rows lie densely in chunks, so that growing never copies and a chunk can be one vertex
 * buffer; removing a row moves the last one into its place.
 */
export class KeyedRows {
  /** Rows a chunk; a power of two. */
  static readonly CHUNK = 8192;

  readonly stride: number;
  /** Every chunk holds `CHUNK · stride` numbers; row r is row `r mod CHUNK` of chunk `⌊r / CHUNK⌋`. */
  readonly chunks: Float32Array[] = [];
  private readonly idChunks: Int32Array[] = [];
  private readonly rowOfId = new Map<number, number>();

  constructor(stride: number) {
    this.stride = stride;
  }

  get size(): number {
    return this.rowOfId.size;
  }

  /**
   * Adds a row or overwrites it.
   * @param values `stride` numbers from `offset` on
   * @returns the row written
   */
  set(id: number, values: ArrayLike<number>, offset: number): number {
    let row = this.rowOfId.get(id);
    if (row === undefined) {
      row = this.size;
      if (row === this.chunks.length * KeyedRows.CHUNK) this.grow();
      this.rowOfId.set(id, row);
      this.idChunks[Math.floor(row / KeyedRows.CHUNK)][row % KeyedRows.CHUNK] = id;
    }
    const chunk = this.chunks[Math.floor(row / KeyedRows.CHUNK)];
    const at = (row % KeyedRows.CHUNK) * this.stride;
    for (let i = 0; i < this.stride; i++) chunk[at + i] = values[offset + i];
    return row;
  }

  /** @returns the row that the last row was moved into, or −1 where the id is unknown */
  delete(id: number): number {
    const row = this.rowOfId.get(id);
    if (row === undefined) return -1;
    const last = this.size - 1;
    const lastChunk = Math.floor(last / KeyedRows.CHUNK);
    const lastId = this.idChunks[lastChunk][last % KeyedRows.CHUNK];
    this.rowOfId.delete(id);
    if (row !== last) {
      this.rowOfId.set(lastId, row);
      const chunk = Math.floor(row / KeyedRows.CHUNK);
      this.idChunks[chunk][row % KeyedRows.CHUNK] = lastId;
      const from = (last % KeyedRows.CHUNK) * this.stride;
      this.chunks[chunk].set(
        this.chunks[lastChunk].subarray(from, from + this.stride),
        (row % KeyedRows.CHUNK) * this.stride,
      );
    }
    return row;
  }

  /** Copies of all ids and their rows, in the order they lie. */
  copy(): { ids: Int32Array; values: Float32Array } {
    const ids = new Int32Array(this.size);
    const values = new Float32Array(this.size * this.stride);
    for (let at = 0, chunk = 0; at < this.size; at += KeyedRows.CHUNK, chunk++) {
      const rows = Math.min(KeyedRows.CHUNK, this.size - at);
      ids.set(this.idChunks[chunk].subarray(0, rows), at);
      values.set(this.chunks[chunk].subarray(0, rows * this.stride), at * this.stride);
    }
    return { ids, values };
  }

  private grow(): void {
    this.chunks.push(new Float32Array(KeyedRows.CHUNK * this.stride));
    this.idChunks.push(new Int32Array(KeyedRows.CHUNK));
  }
}
