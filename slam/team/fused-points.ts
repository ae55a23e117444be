/** Map points of one robot, in the team's frame. */
export interface RobotPoints {
  readonly agent: number;
  /** Rising. */
  readonly ids: Int32Array;
  /** 3 a point, metres. */
  readonly positions: Float64Array;
  /** What each counts, above 0: how many keyframes see it, say. */
  readonly weights: Float64Array;
}

/** Map points of two robots that one of them took for one: `ids` a pair, `a`'s and `b`'s. */
export interface PointPairs {
  readonly a: number;
  readonly b: number;
  readonly ids: Int32Array;
}

/** What several robots see, each thing once. */
export interface FusedPoints {
  /** 3 a point, metres: the weighted mean of its robots' points. */
  readonly positions: Float64Array;
  /** Of each, the sum over its robots. */
  readonly weights: Float64Array;
  /** Robots that see it. */
  readonly robots: Int32Array;
}

/** Two robots' points farther apart than this were taken for one wrongly, metres. */
const FARTHEST = 0.5;

interface Pair {
  readonly a: number;
  readonly b: number;
  readonly times: number;
  readonly metres: number;
}

/**
 * Joins what robots recognised in each other's maps: points that are one through however many pairs, at most one of each robot. Where
 * pairs contradict each other, what was found most often counts, then what lies nearest, then the lower ids; so the order in which
 * robots and pairs are given does not matter. Points that share nothing stay as they are.
 */
export function fusePoints(robots: readonly RobotPoints[], pairs: readonly PointPairs[]): FusedPoints {
  const all = [...robots].sort((a, b) => a.agent - b.agent);
  const unions = new Unions(all);
  for (const { a, b } of ranked(unions, pairs)) unions.join(a, b);
  return unions.fused();
}

/** Every point by its place in the row of all robots' points, and the union it belongs to. */
class Unions {
  private readonly robots: readonly RobotPoints[];
  private readonly offsets = new Map<number, number>();
  private readonly placeById = new Map<number, Map<number, number>>();
  private readonly parent: Int32Array;
  private readonly robotOf: Int32Array;
  /** Robots in the union of each root that has more than one. */
  private readonly members = new Map<number, Set<number>>();

  constructor(robots: readonly RobotPoints[]) {
    this.robots = robots;
    let count = 0;
    for (const { agent, ids } of robots) {
      this.offsets.set(agent, count);
      const places = new Map<number, number>();
      const offset = count;
      ids.forEach((id, i) => {
        places.set(id, offset + i);
      });
      this.placeById.set(agent, places);
      count += ids.length;
    }
    this.parent = Int32Array.from({ length: count }, (_, i) => i);
    this.robotOf = new Int32Array(count);
    robots.forEach(({ agent, ids }, r) => {
      const offset = this.offsets.get(agent)!;
      this.robotOf.fill(r, offset, offset + ids.length);
    });
  }

  placeOf(agent: number, id: number): number | undefined {
    return this.placeById.get(agent)?.get(id);
  }

  metresBetween(a: number, b: number): number {
    const [one, other] = [this.positionOf(a), this.positionOf(b)];
    const [dx, dy, dz] = [one[0] - other[0], one[1] - other[1], one[2] - other[2]];
    return Math.sqrt(dx * dx + dy * dy + dz * dz);
  }

  /** Unless some robot would then have two points in one. */
  join(a: number, b: number): void {
    const [low, high] = [this.rootOf(a), this.rootOf(b)].sort((x, y) => x - y);
    if (low === high) return;
    const [kept, gone] = [this.robotsOf(low), this.robotsOf(high)];
    for (const robot of gone) if (kept.has(robot)) return;
    for (const robot of gone) kept.add(robot);
    this.members.set(low, kept);
    this.members.delete(high);
    this.parent[high] = low;
  }

  fused(): FusedPoints {
    const { parent } = this;
    const row = new Int32Array(parent.length).fill(-1);
    let count = 0;
    for (let i = 0; i < parent.length; i++) if (parent[i] === i) row[i] = count++;
    const positions = new Float64Array(3 * count);
    const weights = new Float64Array(count);
    const robots = new Int32Array(count);
    for (let i = 0; i < parent.length; i++) {
      const at = row[this.rootOf(i)];
      const weight = this.weightOf(i);
      const position = this.positionOf(i);
      for (let c = 0; c < 3; c++) positions[3 * at + c] += weight * position[c];
      weights[at] += weight;
      robots[at]++;
    }
    for (let at = 0; at < count; at++) for (let c = 0; c < 3; c++) positions[3 * at + c] /= weights[at];
    return { positions, weights, robots };
  }

  private rootOf(i: number): number {
    const { parent } = this;
    let root = i;
    while (parent[root] !== root) root = parent[root];
    for (let at = i; at !== root; ) {
      const next = parent[at];
      parent[at] = root;
      at = next;
    }
    return root;
  }

  private robotsOf(root: number): Set<number> {
    return this.members.get(root) ?? new Set([this.robotOf[root]]);
  }

  private positionOf(i: number): Float64Array {
    const { agent, positions } = this.robots[this.robotOf[i]];
    const at = 3 * (i - this.offsets.get(agent)!);
    return positions.subarray(at, at + 3);
  }

  private weightOf(i: number): number {
    const { agent, weights } = this.robots[this.robotOf[i]];
    return weights[i - this.offsets.get(agent)!];
  }
}

/** Each pair once, the surest first; without those of points that are not there, or are too far apart. */
function ranked(unions: Unions, pairs: readonly PointPairs[]): Pair[] {
  const times = new Map<string, number>();
  for (const { a, b, ids } of pairs) {
    for (let i = 0; i < ids.length; i += 2) {
      const [one, other] = [unions.placeOf(a, ids[i]), unions.placeOf(b, ids[i + 1])];
      if (one === undefined || other === undefined || one === other) continue;
      const key = one < other ? `${one} ${other}` : `${other} ${one}`;
      times.set(key, (times.get(key) ?? 0) + 1);
    }
  }
  const all: Pair[] = [];
  for (const [key, count] of times) {
    const [a, b] = key.split(' ').map(Number);
    const metres = unions.metresBetween(a, b);
    if (metres <= FARTHEST) all.push({ a, b, times: count, metres });
  }
  return all.sort((p, q) => q.times - p.times || p.metres - q.metres || p.a - q.a || p.b - q.b);
}
