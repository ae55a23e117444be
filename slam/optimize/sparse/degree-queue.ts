/** Nodes by degree in doubly linked lists: the least is found without a search. */
export class DegreeQueue {
  private readonly head: Int32Array;
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  private readonly at: Int32Array;
  private least = 0;

  constructor(degrees: Int32Array) {
    const n = degrees.length;
    this.head = new Int32Array(n + 1).fill(-1);
    this.next = new Int32Array(n).fill(-1);
    this.previous = new Int32Array(n).fill(-1);
    this.at = new Int32Array(n).fill(-1);
    for (let i = n - 1; i >= 0; i--) this.put(i, degrees[i]);
  }

  put(node: number, degree: number): void {
    const first = this.head[degree];
    this.next[node] = first;
    this.previous[node] = -1;
    if (first >= 0) this.previous[first] = node;
    this.head[degree] = node;
    this.at[node] = degree;
    if (degree < this.least) this.least = degree;
  }

  remove(node: number): void {
    const degree = this.at[node];
    if (degree < 0) return;
    const before = this.previous[node];
    const after = this.next[node];
    if (before >= 0) this.next[before] = after;
    else this.head[degree] = after;
    if (after >= 0) this.previous[after] = before;
    this.at[node] = -1;
  }

  takeLeast(): number {
    while (this.head[this.least] < 0) this.least++;
    const node = this.head[this.least];
    this.remove(node);
    return node;
  }
}
