import type { CostField } from './cost-field.ts';
import type { Explored } from './explored.ts';
import type { OccupancyGrid } from './grid.ts';
import { SETTINGS } from './settings.ts';

const { cell } = SETTINGS.grid;
const { smallest, longest, gainReach } = SETTINGS.explore;
/** How far beside a frontier a robot may stop where it cannot stand on it, metres. */
const BESIDE = 0.6;

/** A stretch of known free ground that borders on the unknown (Yamauchi 1997); metres, team frame. */
export interface Frontier {
  /** Where to go for it, and what to look at from there. */
  readonly x: number;
  readonly y: number;
  readonly lookX: number;
  readonly lookY: number;
  /** The middle of the frontier itself. */
  readonly edgeX: number;
  readonly edgeY: number;
  /** Driving cost, equivalent metres. */
  readonly cost: number;
  /** Square metres of unknown ground close behind it: all, and what no teammate has explored. */
  readonly area: number;
  readonly gain: number;
}

/** Finds frontiers over the whole grid and clusters them. */
export class FrontierFinder {
  private readonly grid: OccupancyGrid;
  private readonly explored: Explored;
  private readonly field: CostField;
  private clustered = new Uint8Array(0);
  private flooded = new Uint16Array(0);
  private counted = new Uint8Array(0);
  private flood = 0;
  /** Square metres of unknown ground close behind reachable frontiers that no teammate has explored, none counted twice. */
  openArea = 0;

  constructor(grid: OccupancyGrid, explored: Explored, field: CostField) {
    this.grid = grid;
    this.explored = explored;
    this.field = field;
  }

  /** The frontiers that can be reached as the cost field stands, in row order of their first cell. */
  find(): Frontier[] {
    const { grid } = this;
    this.reset();
    const frontiers: Frontier[] = [];
    for (let i = grid.width + 1; i < grid.evidence.length - grid.width - 1; i++) {
      // Most cells are neither seen through nor hit: those cannot be frontiers.
      if (grid.evidence[i] >= 0 || this.clustered[i] !== 0 || !isFrontier(grid, i)) continue;
      const cells = this.cluster(i);
      const frontier = cells.length >= smallest ? this.describe(cells) : undefined;
      if (frontier) frontiers.push(frontier);
    }
    return frontiers;
  }

  private reset(): void {
    const size = this.grid.evidence.length;
    if (this.clustered.length !== size) {
      this.clustered = new Uint8Array(size);
      this.flooded = new Uint16Array(size);
      this.counted = new Uint8Array(size);
    } else {
      this.clustered.fill(0);
      this.flooded.fill(0);
      this.counted.fill(0);
    }
    this.flood = 0;
    this.openArea = 0;
  }

  /** Frontier cells connected to a first one, at most `longest` of them: the rest makes frontiers of its own. */
  private cluster(first: number): number[] {
    const { grid, clustered } = this;
    const { width } = grid;
    const cells = [first];
    clustered[first] = 1;
    for (let k = 0; k < cells.length && cells.length < longest; k++) {
      const i = cells[k];
      for (const j of [
        i + 1,
        i - 1,
        i + width,
        i - width,
        i + width + 1,
        i + width - 1,
        i - width + 1,
        i - width - 1,
      ]) {
        if (clustered[j] !== 0 || !isFrontier(grid, j)) continue;
        clustered[j] = 1;
        cells.push(j);
      }
    }
    return cells;
  }

  private describe(cells: readonly number[]): Frontier | undefined {
    const { grid, field } = this;
    let goal = -1;
    let cost = Infinity;
    for (const i of cells) {
      const c = field.costOf(i);
      if (c < cost) {
        cost = c;
        goal = i;
      }
    }
    const middle = cells[cells.length >> 1];
    const edgeX = grid.centreX(middle);
    const edgeY = grid.centreY(middle);
    const place =
      goal >= 0 ? [grid.centreX(goal), grid.centreY(goal)] : field.nearestReached(edgeX, edgeY, BESIDE);
    if (!place) return undefined;
    const [x, y] = place;
    return { x, y, edgeX, edgeY, cost: field.costAt(x, y), ...this.measureUnknown(cells) };
  }

  /** Floods the unknown behind a frontier, within a window; walls stop it. */
  private measureUnknown(cells: readonly number[]) {
    const { grid, flooded, counted, explored } = this;
    const { width, height } = grid;
    const mark = ++this.flood;
    const middle = cells[cells.length >> 1];
    const column = middle % width;
    const row = Math.floor(middle / width);
    const queue = [...cells];
    let area = 0;
    let gain = 0;
    let sumX = 0;
    let sumY = 0;
    for (let k = 0; k < queue.length; k++) {
      const i = queue[k];
      const x = i % width;
      const y = (i - x) / width;
      if (k >= cells.length) {
        area++;
        sumX += x;
        sumY += y;
        if (!explored.byTeammate(x + grid.minX, y + grid.minY)) {
          gain++;
          if (counted[i] === 0) this.openArea += cell * cell;
          counted[i] = 1;
        }
      }
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) continue;
      for (let d = 0; d < 4; d++) {
        const j = d === 0 ? i + 1 : d === 1 ? i - 1 : d === 2 ? i + width : i - width;
        if (flooded[j] === mark || !grid.isUnknown(j)) continue;
        flooded[j] = mark;
        if (Math.abs((j % width) - column) > gainReach || Math.abs(Math.floor(j / width) - row) > gainReach)
          continue;
        queue.push(j);
      }
    }
    const lookX = (grid.minX + sumX / area + 0.5) * cell;
    const lookY = (grid.minY + sumY / area + 0.5) * cell;
    return { area: area * cell * cell, gain: gain * cell * cell, lookX, lookY };
  }
}

/** Whether unknown ground still borders on free ground within `reach` metres of a point. */
export function frontierNear(grid: OccupancyGrid, x: number, y: number, reach: number): boolean {
  let count = 0;
  for (let py = y - reach; py <= y + reach; py += cell) {
    for (let px = x - reach; px <= x + reach; px += cell) {
      const index = grid.indexAt(px, py);
      if (index >= 0 && isFrontier(grid, index) && ++count >= smallest) return true;
    }
  }
  return false;
}

/** Free ground beside unknown ground, but not at an obstacle: outlines drawn from few rays have holes that lead nowhere. */
function isFrontier(grid: OccupancyGrid, i: number): boolean {
  if (!grid.isFree(i)) return false;
  const up = i + grid.width;
  const down = i - grid.width;
  const borders =
    grid.isUnknown(i + 1) || grid.isUnknown(i - 1) || grid.isUnknown(up) || grid.isUnknown(down);
  if (!borders) return false;
  const { evidence } = grid;
  const beside = evidence[i + 1] > 0 || evidence[i - 1] > 0 || evidence[up] > 0 || evidence[down] > 0;
  return !(
    beside ||
    evidence[up + 1] > 0 ||
    evidence[up - 1] > 0 ||
    evidence[down + 1] > 0 ||
    evidence[down - 1] > 0
  );
}
