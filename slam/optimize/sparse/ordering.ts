import { DegreeQueue } from './degree-queue.ts';

/**
 * Approximate minimum degree on a quotient graph, after Amestoy, Davis, Duff, "An approximate minimum degree ordering
 * algorithm" (SIAM J. Matrix Anal. Appl. 1996): eliminated nodes live on as elements, nodes with equal neighbourhoods are
 * merged, and a degree is bounded rather than counted.
 * @param neighbours of each node, each pair in both lists, without duplicates
 * @returns the nodes in the order to eliminate them
 */
export function minimumDegree(neighbours: readonly (readonly number[])[]): Int32Array {
  return new QuotientGraph(neighbours).order();
}

class QuotientGraph {
  private readonly count: number;
  /** Nodes beside a node that no element covers. */
  private readonly variables: number[][];
  /** Elements a node belongs to; of an eliminated node: none. */
  private readonly elements: number[][];
  /** Nodes of an element. */
  private readonly members: number[][];
  /** How many nodes a supervariable stands for; 0 once it is eliminated or merged. */
  private readonly weight: Int32Array;
  private readonly degree: Int32Array;
  private readonly absorbed: Uint8Array;
  /** Nodes merged into each supervariable. */
  private readonly merged: (number[] | undefined)[];
  private readonly mark: Int32Array;
  /** Of an element: what of it lies outside the newest one, plus `stamp`. */
  private readonly outside: Int32Array;
  /** Lists of nodes by hash, empty but while twins are looked for. */
  private readonly bucket: Int32Array;
  private readonly nextInBucket: Int32Array;
  private readonly queue: DegreeQueue;
  private tag = 0;
  private stamp = 0;

  constructor(neighbours: readonly (readonly number[])[]) {
    const n = neighbours.length;
    this.count = n;
    this.variables = neighbours.map((list) => list.slice());
    this.elements = neighbours.map(() => []);
    this.members = new Array(n);
    this.weight = new Int32Array(n).fill(1);
    this.degree = Int32Array.from(neighbours, (list) => list.length);
    this.absorbed = new Uint8Array(n);
    this.merged = new Array(n);
    this.mark = new Int32Array(n);
    this.outside = new Int32Array(n);
    this.bucket = new Int32Array(n).fill(-1);
    this.nextInBucket = new Int32Array(n);
    this.queue = new DegreeQueue(this.degree);
  }

  order(): Int32Array {
    const order = new Int32Array(this.count);
    let done = 0;
    const emit = (node: number) => {
      const pending = [node];
      for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
        order[done++] = next;
        const merged = this.merged[next];
        if (merged) pending.push(...merged);
      }
    };
    while (done < this.count) {
      const pivot = this.queue.takeLeast();
      emit(pivot);
      for (const node of this.eliminate(pivot, this.count - done)) emit(node);
    }
    return order;
  }

  /** Turns the pivot into an element; returns nodes that can go with it since nothing outside touches them. */
  private eliminate(pivot: number, left: number): number[] {
    const boundary = this.boundaryOf(pivot);
    this.weight[pivot] = 0;
    this.members[pivot] = boundary;
    this.measureOverlap(boundary);
    const along = this.updateDegrees(pivot, boundary, this.sizeOf(boundary), left);
    this.mergeTwins(boundary);
    let kept = 0;
    for (let i = 0; i < boundary.length; i++) {
      const node = boundary[i];
      if (this.weight[node] === 0) continue;
      boundary[kept++] = node;
      this.queue.put(node, this.degree[node]);
    }
    boundary.length = kept;
    return along;
  }

  /** Live neighbours of the pivot, through its elements too, which it absorbs. */
  private boundaryOf(pivot: number): number[] {
    const { mark, weight } = this;
    const tag = ++this.tag;
    const boundary: number[] = [];
    mark[pivot] = tag;
    const elements = this.elements[pivot];
    for (let k = -1; k < elements.length; k++) {
      const nodes = k < 0 ? this.variables[pivot] : this.members[elements[k]];
      for (let i = 0; i < nodes.length; i++) {
        const node = nodes[i];
        if (weight[node] === 0 || mark[node] === tag) continue;
        mark[node] = tag;
        boundary.push(node);
      }
      if (k >= 0) this.absorb(elements[k]);
    }
    this.variables[pivot] = [];
    this.elements[pivot] = [];
    return boundary;
  }

  private absorb(element: number): void {
    this.absorbed[element] = 1;
    this.members[element] = [];
  }

  /** For every element that touches the boundary: how much of it lies outside. */
  private measureOverlap(boundary: readonly number[]): void {
    const { outside, weight, absorbed } = this;
    this.stamp += this.count + 1;
    const stamp = this.stamp;
    for (let i = 0; i < boundary.length; i++) {
      const node = boundary[i];
      const elements = this.elements[node];
      for (let k = 0; k < elements.length; k++) {
        const element = elements[k];
        if (absorbed[element]) continue;
        if (outside[element] < stamp) outside[element] = stamp + this.sizeOf(this.members[element]);
        outside[element] -= weight[node];
      }
    }
  }

  private sizeOf(nodes: readonly number[]): number {
    let size = 0;
    for (let i = 0; i < nodes.length; i++) size += this.weight[nodes[i]];
    return size;
  }

  private updateDegrees(pivot: number, boundary: readonly number[], size: number, left: number): number[] {
    const { weight, mark, outside, degree, absorbed, tag, stamp } = this;
    const along: number[] = [];
    for (let i = 0; i < boundary.length; i++) {
      const node = boundary[i];
      let bound = 0;
      const elements = this.elements[node];
      let kept = 0;
      for (let k = 0; k < elements.length; k++) {
        const element = elements[k];
        if (absorbed[element]) continue;
        const beyond = outside[element] - stamp;
        if (beyond === 0) {
          this.absorb(element);
          continue;
        }
        bound += beyond;
        elements[kept++] = element;
      }
      elements.length = kept;
      elements.push(pivot);
      const variables = this.variables[node];
      kept = 0;
      for (let k = 0; k < variables.length; k++) {
        const other = variables[k];
        if (weight[other] === 0 || mark[other] === tag) continue;
        bound += weight[other];
        variables[kept++] = other;
      }
      variables.length = kept;
      const rest = size - weight[node];
      this.queue.remove(node);
      if (bound === 0) {
        weight[node] = 0;
        along.push(node);
      }
      degree[node] = Math.min(left - weight[node], degree[node] + rest, bound + rest);
    }
    return along;
  }

  /** Merges nodes of the boundary that have the same elements and the same other neighbours. */
  private mergeTwins(boundary: readonly number[]): void {
    const { bucket, nextInBucket, weight } = this;
    for (let i = 0; i < boundary.length; i++) {
      const node = boundary[i];
      if (weight[node] === 0) continue;
      const key = this.hashOf(node);
      let twin = bucket[key];
      while (twin >= 0 && !this.areTwins(twin, node)) twin = nextInBucket[twin];
      if (twin >= 0) {
        this.merge(twin, node);
        continue;
      }
      nextInBucket[node] = bucket[key];
      bucket[key] = node;
    }
    for (let i = 0; i < boundary.length; i++) bucket[this.hashOf(boundary[i])] = -1;
  }

  /** Equal for nodes of equal neighbourhoods, below the number of nodes. */
  private hashOf(node: number): number {
    const elements = this.elements[node];
    const variables = this.variables[node];
    let hash = elements.length;
    for (let k = 0; k < elements.length; k++) hash += elements[k];
    for (let k = 0; k < variables.length; k++) hash += variables[k];
    return hash % this.count;
  }

  private areTwins(a: number, b: number): boolean {
    const { mark } = this;
    if (this.elements[a].length !== this.elements[b].length) return false;
    if (this.variables[a].length !== this.variables[b].length) return false;
    const tag = ++this.tag;
    for (const element of this.elements[a]) mark[element] = tag;
    for (const node of this.variables[a]) mark[node] = tag;
    return (
      this.elements[b].every((element) => mark[element] === tag) &&
      this.variables[b].every((node) => mark[node] === tag)
    );
  }

  private merge(into: number, node: number): void {
    this.degree[into] -= this.weight[node];
    this.weight[into] += this.weight[node];
    this.weight[node] = 0;
    const merged = this.merged[into];
    if (merged) merged.push(node);
    else this.merged[into] = [node];
  }
}
