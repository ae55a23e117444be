import type { Person, Scene, Solid } from '../scene.ts';

/** A floor rectangle, metres. */
export interface Rect {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

export interface PlanSolid extends Omit<Solid, 'id' | 'material'> {
  /** Built from equal parts, so it looks the same again and again. */
  readonly pattern?: boolean;
}

/** A layout before it wears an appearance. */
export interface Plan {
  readonly bounds: Scene['bounds'];
  readonly ceiling: number;
  readonly openAir: boolean;
  readonly solids: readonly PlanSolid[];
  readonly persons: readonly Person[];
  readonly starts: Scene['starts'];
  /** Rooms and stretches of corridor: an appearance leaves whole ones bare. */
  readonly zones: readonly Rect[];
  /** Zones whose walls are plain in any appearance. */
  readonly plain: readonly Rect[];
}

export type Axis = 'x' | 'y';

export function rect(minX: number, minY: number, maxX: number, maxY: number): Rect {
  return { minX, minY, maxX, maxY };
}

export function shrink(r: Rect, by: number): Rect {
  return rect(r.minX + by, r.minY + by, r.maxX - by, r.maxY - by);
}

export const WALL_THICKNESS = 0.12;
const DOOR_HEIGHT = 2.1;
/** Long walls come in pieces, so that an appearance may dress each its own way. */
const LONGEST_WALL = 6;

/** What a layout draws before anyone walks in: walls along lines, doorways cut into them, boxes on the floor. */
export class Draft {
  readonly solids: PlanSolid[] = [];
  readonly zones: Rect[] = [];
  readonly plain: Rect[] = [];
  /** Doorways to be kept clear: x, y. */
  readonly doors: (readonly [number, number])[] = [];
  readonly ceiling: number;
  private readonly lines = new Map<string, WallLine>();

  constructor(ceiling: number) {
    this.ceiling = ceiling;
  }

  /** Walls on all four sides of a space; where spaces share a side there is one wall. */
  enclose({ minX, minY, maxX, maxY }: Rect): void {
    this.line('x', minY).spans.push([minX, maxX]);
    this.line('x', maxY).spans.push([minX, maxX]);
    this.line('y', minX).spans.push([minY, maxY]);
    this.line('y', maxX).spans.push([minY, maxY]);
  }

  /** An opening `width` wide, centred at `centre` along `axis`, in the wall at the other coordinate `at`. */
  doorway(axis: Axis, at: number, centre: number, width: number): void {
    this.line(axis, at).openings.push([centre - width / 2, centre + width / 2]);
    this.doors.push(axis === 'x' ? [centre, at] : [at, centre]);
  }

  /** Builds the walls drawn so far. Once. */
  raise(): void {
    for (const { axis, at, spans, openings } of this.lines.values()) {
      openings.sort((a, b) => a[0] - b[0]);
      for (const [from, to] of union(spans)) {
        let start = from;
        for (const [left, right] of openings) {
          if (right <= from || left >= to) continue;
          this.stretch(axis, at, start, left, 0);
          this.stretch(axis, at, left, right, DOOR_HEIGHT);
          start = right;
        }
        this.stretch(axis, at, start, to, 0);
      }
    }
  }

  /** An upright box standing on the floor: `[x, y, yaw]`, and `[length, width, height]`. */
  box(
    kind: Solid['kind'],
    [x, y, yaw]: readonly [number, number, number],
    [length, width, height]: readonly [number, number, number],
    extra: { mass?: number; pattern?: boolean } = {},
  ): PlanSolid {
    const [hx, hy, hz] = [length / 2, width / 2, height / 2];
    const solid = { kind, x, y, z: hz, hx, hy, hz, yaw, ...extra };
    this.solids.push(solid);
    return solid;
  }

  private line(axis: Axis, at: number): WallLine {
    const key = `${axis}${at.toFixed(3)}`;
    const found = this.lines.get(key) ?? { axis, at, spans: [], openings: [] };
    this.lines.set(key, found);
    return found;
  }

  private stretch(axis: Axis, at: number, from: number, to: number, bottom: number): void {
    const length = to - from;
    if (length <= 0.01 || bottom >= this.ceiling) return;
    const pieces = Math.ceil(length / LONGEST_WALL);
    for (let i = 0; i < pieces; i++) {
      const centre = from + ((i + 0.5) * length) / pieces;
      this.solids.push({
        kind: 'wall',
        x: axis === 'x' ? centre : at,
        y: axis === 'x' ? at : centre,
        z: (bottom + this.ceiling) / 2,
        hx: length / pieces / 2,
        hy: WALL_THICKNESS / 2,
        hz: (this.ceiling - bottom) / 2,
        yaw: axis === 'x' ? 0 : Math.PI / 2,
      });
    }
  }
}

interface WallLine {
  readonly axis: Axis;
  readonly at: number;
  readonly spans: [number, number][];
  readonly openings: [number, number][];
}

function union(spans: readonly [number, number][]): [number, number][] {
  const out: [number, number][] = [];
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last && from <= last[1] + 1e-6) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}
