import { InputError } from '../../base/errors.ts';
import type { PoseGraphProblem } from '../optimize/pose-graph.ts';

/**
 * Pose graphs as g2o writes them (Kümmerle et al., "g2o: a general framework for graph optimization", ICRA 2011): a line a
 * vertex, `VERTEX_SE2 id x y θ` or `VERTEX_SE3:QUAT id x y z qx qy qz qw`; a line an edge, `EDGE_… from to`, the measurement
 * and the upper triangle of its information; `FIX id…`. Lines with other tags are skipped and counted.
 */
export interface PoseGraphFile {
  readonly problem: PoseGraphProblem;
  /** Of each node; ascending. */
  readonly ids: readonly number[];
  readonly skipped: {
    readonly lines: number;
    /** Each tag that was not understood, and the line it first stood on. */
    readonly tags: ReadonlyMap<string, number>;
  };
}

interface Layout {
  readonly manifold: 'se2' | 'se3';
  readonly vertex: string;
  readonly edge: string;
  readonly stride: number;
  readonly dimension: number;
}

const PLANE: Layout = { manifold: 'se2', vertex: 'VERTEX_SE2', edge: 'EDGE_SE2', stride: 3, dimension: 3 };
const SPACE: Layout = {
  manifold: 'se3',
  vertex: 'VERTEX_SE3:QUAT',
  edge: 'EDGE_SE3:QUAT',
  stride: 7,
  dimension: 6,
};
const LAYOUTS = [PLANE, SPACE];

/**
 * @param path for messages
 * @returns the graph; nodes without a vertex line are NaN, which only happens where the file has none at all
 * @throws InputError that says which line is wrong and what would be right
 */
export function parseG2o(text: string, path: string): PoseGraphFile {
  return new Reader(path).read(text);
}

/** The file of a graph, all numbers in full. */
export function formatG2o({ problem, ids }: PoseGraphFile): string {
  const { nodes, fixed, from, to, measured, information } = problem;
  const layout = problem.manifold === 'se2' ? PLANE : SPACE;
  const { stride, dimension: d } = layout;
  const lines = ids.map(
    (id, i) => `${layout.vertex} ${id} ${nodes.subarray(stride * i, stride * (i + 1)).join(' ')}`,
  );
  ids.forEach((id, i) => {
    if (fixed[i]) lines.push(`FIX ${id}`);
  });
  for (let e = 0; e < from.length; e++) {
    const numbers = [...measured.subarray(stride * e, stride * (e + 1))];
    for (let i = 0; i < d; i++) {
      for (let j = i; j < d; j++)
        numbers.push(information ? information[(e * d + i) * d + j] : i === j ? 1 : 0);
    }
    lines.push(`${layout.edge} ${ids[from[e]]} ${ids[to[e]]} ${numbers.join(' ')}`);
  }
  return `${lines.join('\n')}\n`;
}

class Reader {
  private readonly path: string;
  private line = 0;
  private layout: Layout | undefined;
  private readonly vertices = new Map<number, number[]>();
  private readonly ends: [number, number][] = [];
  private readonly endLines: number[] = [];
  private readonly measured: number[] = [];
  private readonly information: number[] = [];
  private readonly fixed = new Map<number, number>();
  private readonly tags = new Map<string, number>();
  private skipped = 0;

  constructor(path: string) {
    this.path = path;
  }

  read(text: string): PoseGraphFile {
    const lines = text.split('\n');
    for (const line of lines) {
      this.line++;
      const fields = line.trim().split(/\s+/);
      if (fields[0] !== '' && !fields[0].startsWith('#')) this.readLine(fields, this.line === lines.length);
    }
    if (this.ends.length === 0) throw new InputError(this.path, 'has no EDGE_SE2 and no EDGE_SE3:QUAT line');
    return this.assemble(this.layout!);
  }

  /** @param cut nothing ends the line, not even the file's last newline */
  private readLine(fields: string[], cut: boolean): void {
    const [tag] = fields;
    const layout = LAYOUTS.find(({ vertex, edge }) => tag === vertex || tag === edge);
    if (layout) {
      if (this.layout && layout !== this.layout) {
        throw this.error(
          `${tag} after lines of a ${this.layout === PLANE ? '2-D' : '3-D'} graph; a file holds one kind`,
        );
      }
      this.layout = layout;
      if (tag === layout.vertex) this.readVertex(fields, layout);
      else this.readEdge(fields, layout);
    } else if (tag === 'FIX') {
      if (fields.length < 2) throw this.error('FIX should be followed by the id of a vertex');
      for (const field of fields.slice(1)) this.fixed.set(this.id(field), this.line);
    } else if (cut) {
      throw this.error(
        `"${tag}" is no tag known here, and the file ends in the middle of the line; it should end with a whole line and its newline`,
      );
    } else {
      this.skipped++;
      if (!this.tags.has(tag)) this.tags.set(tag, this.line);
    }
  }

  private readVertex(fields: string[], layout: Layout): void {
    this.requireFields(fields, 2 + layout.stride);
    const id = this.id(fields[1]);
    if (this.vertices.has(id)) throw this.error(`vertex ${id} is there twice`);
    const pose = this.numbers(fields, 2, layout.stride);
    this.normalize(pose);
    this.vertices.set(id, pose);
  }

  private readEdge(fields: string[], layout: Layout): void {
    const { stride, dimension: d } = layout;
    this.requireFields(fields, 3 + stride + (d * (d + 1)) / 2);
    const ends: [number, number] = [this.id(fields[1]), this.id(fields[2])];
    if (ends[0] === ends[1]) throw this.error(`the edge joins vertex ${ends[0]} with itself`);
    const measurement = this.numbers(fields, 3, stride);
    this.normalize(measurement);
    const upper = this.numbers(fields, 3 + stride, (d * (d + 1)) / 2);
    this.ends.push(ends);
    this.endLines.push(this.line);
    this.measured.push(...measurement);
    this.information.push(...this.symmetric(upper, d));
  }

  private symmetric(upper: number[], d: number): number[] {
    const full = new Array<number>(d * d);
    let next = 0;
    for (let i = 0; i < d; i++) {
      for (let j = i; j < d; j++) {
        full[i * d + j] = upper[next];
        full[j * d + i] = upper[next++];
      }
    }
    for (let i = 0; i < d; i++) {
      for (let j = 0; j <= i; j++) {
        const product = full[i * d + i] * full[j * d + j];
        if (full[i * d + i] >= 0 && full[i * d + j] * full[i * d + j] <= product) continue;
        throw this.error(
          `the information matrix is not positive semi-definite (row ${i + 1}, column ${j + 1})`,
        );
      }
    }
    return full;
  }

  /** Makes the quaternion of a spatial pose a unit one. */
  private normalize(pose: number[]): void {
    if (pose.length !== SPACE.stride) return;
    const [, , , x, y, z, w] = pose;
    const norm = Math.sqrt(x * x + y * y + z * z + w * w);
    if (!(norm > 1e-3 && norm < 1e3))
      throw this.error('the quaternion is no rotation; its length should be 1');
    for (let i = 3; i < 7; i++) pose[i] /= norm;
  }

  private requireFields(fields: string[], count: number): void {
    if (fields.length === count) return;
    throw this.error(`${fields[0]} has ${fields.length - 1} values; it should have ${count - 1}`);
  }

  private numbers(fields: string[], first: number, count: number): number[] {
    const out = new Array<number>(count);
    for (let i = 0; i < count; i++) {
      out[i] = Number(fields[first + i]);
      if (!Number.isFinite(out[i])) throw this.error(`"${fields[first + i]}" should be a number`);
    }
    return out;
  }

  private id(field: string): number {
    const id = Number(field);
    if (!Number.isSafeInteger(id) || id < 0)
      throw this.error(`"${field}" should be the id of a vertex, a whole number`);
    return id;
  }

  private error(what: string, line = this.line): InputError {
    return new InputError(`${this.path}:${line}`, what);
  }

  private assemble({ manifold, stride }: Layout): PoseGraphFile {
    const known = this.vertices.size > 0 ? new Set(this.vertices.keys()) : new Set(this.ends.flat());
    const ids = [...known].sort((a, b) => a - b);
    const index = new Map(ids.map((id, i) => [id, i]));
    const indexOf = (id: number, line: number) => {
      const at = index.get(id);
      if (at === undefined) throw this.error(`there is no vertex ${id}`, line);
      return at;
    };
    const nodes = new Float64Array(stride * ids.length).fill(Number.NaN);
    for (const [id, pose] of this.vertices) nodes.set(pose, stride * index.get(id)!);
    const fixed = new Uint8Array(ids.length);
    for (const [id, line] of this.fixed) fixed[indexOf(id, line)] = 1;
    return {
      problem: {
        manifold,
        nodes,
        fixed,
        from: Int32Array.from(this.ends, ([id], e) => indexOf(id, this.endLines[e])),
        to: Int32Array.from(this.ends, ([, id], e) => indexOf(id, this.endLines[e])),
        measured: Float64Array.from(this.measured),
        information: Float64Array.from(this.information),
      },
      ids,
      skipped: { lines: this.skipped, tags: this.tags },
    };
  }
}
