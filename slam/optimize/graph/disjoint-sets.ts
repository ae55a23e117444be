/** Union-find whose representatives are the lowest members. */
export class DisjointSets {
  private readonly parent: Int32Array;

  constructor(size: number) {
    this.parent = Int32Array.from({ length: size }, (_, i) => i);
  }

  find(i: number): number {
    const { parent } = this;
    while (parent[i] !== i) {
      parent[i] = parent[parent[i]];
      i = parent[i];
    }
    return i;
  }

  join(a: number, b: number): void {
    const i = this.find(a);
    const j = this.find(b);
    this.parent[Math.max(i, j)] = Math.min(i, j);
  }
}
