/**
 * A priority queue for small integer steps (Dial 1969): costs taken out never fall, and none put in exceeds the last one
 * taken out by as much as `span`. First in, last out among equals.
 */
export class BucketQueue {
  private readonly heads: Int32Array;
  private readonly mask: number;
  private items = new Int32Array(1024);
  private links = new Int32Array(1024);
  private used = 0;
  private waiting = 0;
  /** Cost of the item last taken out. */
  cost = 0;

  /** @param span a power of two above every step */
  constructor(span: number) {
    this.heads = new Int32Array(span);
    this.mask = span - 1;
  }

  clear(): void {
    this.heads.fill(-1);
    this.used = 0;
    this.waiting = 0;
    this.cost = 0;
  }

  push(item: number, cost: number): void {
    if (this.used === this.items.length) this.enlarge();
    const bucket = cost & this.mask;
    this.items[this.used] = item;
    this.links[this.used] = this.heads[bucket];
    this.heads[bucket] = this.used++;
    this.waiting++;
  }

  /** The cheapest item, −1 when none is left; its cost is then in `cost`. */
  pop(): number {
    if (this.waiting === 0) return -1;
    while (this.heads[this.cost & this.mask] < 0) this.cost++;
    const bucket = this.cost & this.mask;
    const entry = this.heads[bucket];
    this.heads[bucket] = this.links[entry];
    this.waiting--;
    return this.items[entry];
  }

  private enlarge(): void {
    const items = new Int32Array(2 * this.items.length);
    const links = new Int32Array(2 * this.items.length);
    items.set(this.items);
    links.set(this.links);
    this.items = items;
    this.links = links;
  }
}
