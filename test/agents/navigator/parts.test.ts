import { describe, expect, it } from 'vitest';
import { BucketQueue } from '../../../agents/navigator/bucket-queue.ts';
import { CostField } from '../../../agents/navigator/cost-field.ts';
import { Explored } from '../../../agents/navigator/explored.ts';
import { OccupancyGrid } from '../../../agents/navigator/grid.ts';
import { ScanMapper } from '../../../agents/navigator/scan-mapper.ts';
import { Surroundings } from '../../../agents/navigator/surroundings.ts';
import { Random } from '../../../base/random.ts';
import { planarPose } from '../../../base/se3.ts';
import type { DepthScan } from '../../../base/sensors.ts';

function scanOf(range: (angle: number) => number, fov = 1.5, rays = 61): DepthScan {
  const angleStep = fov / (rays - 1);
  const ranges = Float32Array.from({ length: rays }, (_, i) => range(-fov / 2 + i * angleStep));
  return { angleMin: -fov / 2, angleStep, maxRange: 6, ranges };
}

/** A free square of `side` metres at the origin. */
function room(side: number): OccupancyGrid {
  const grid = new OccupancyGrid();
  grid.cover(side / 2, side / 2, side);
  grid.beginRound();
  for (let y = 0.05; y < side; y += 0.1)
    for (let x = 0.05; x < side; x += 0.1) grid.markFree(grid.indexAt(x, y));
  return grid;
}

function block(grid: OccupancyGrid, x0: number, y0: number, x1: number, y1: number): void {
  for (let round = 0; round < 3; round++) {
    grid.beginRound();
    for (let y = y0; y < y1; y += 0.05) for (let x = x0; x < x1; x += 0.05) grid.markHit(grid.indexAt(x, y));
  }
}

describe('occupancy grid', () => {
  const draw = (grid: OccupancyGrid, scan: DepthScan, peers: number[] = [], times = 1) => {
    const mapper = new ScanMapper(grid, new Explored(), 0.2);
    for (let i = 0; i < times; i++) mapper.draw(scan, 0, 0, 0, peers, i);
  };
  const wallAhead = scanOf((angle) => 3.05 / Math.cos(angle));

  it('draws what rays hit and frees what they pass, and nothing behind', () => {
    const grid = new OccupancyGrid();
    draw(grid, wallAhead);
    expect(grid.isOccupied(grid.indexAt(3.05, 0))).toBe(true);
    expect(grid.isFree(grid.indexAt(1.5, 0))).toBe(true);
    expect(grid.isUnknown(grid.indexAt(3.5, 0))).toBe(true);
    expect(grid.isUnknown(grid.indexAt(-1, 0))).toBe(true);
  });

  it('frees to the full range where a ray meets nothing, and leaves alone what has no answer', () => {
    const grid = new OccupancyGrid();
    draw(
      grid,
      scanOf((angle) => (angle < 0 ? Infinity : Number.NaN)),
    );
    expect(grid.isFree(grid.indexAt(5.5, -0.5))).toBe(true);
    expect(grid.isUnknown(grid.indexAt(5.5, 0.5))).toBe(true);
  });

  it('does not draw known robots', () => {
    const grid = new OccupancyGrid();
    draw(grid, wallAhead, [3.2, 0]);
    expect(grid.isOccupied(grid.indexAt(3.05, 0))).toBe(false);
    expect(grid.isOccupied(grid.indexAt(3.05, 1))).toBe(true);
  });

  it('frees again what was seen to leave, and lets fade what came where the floor was surely free', () => {
    const left = new OccupancyGrid();
    draw(left, wallAhead, [], 10);
    draw(
      left,
      scanOf(() => Infinity),
      [],
      20,
    );
    expect(left.isFree(left.indexAt(3.05, 0))).toBe(true);

    const grid = new OccupancyGrid();
    draw(
      grid,
      scanOf(() => 5),
      [],
      20,
    );
    draw(grid, wallAhead, [], 10);
    expect(grid.isOccupied(grid.indexAt(3.05, 0))).toBe(true);
    for (let second = 0; second < 40; second++) grid.forget(1);
    expect(grid.isOccupied(grid.indexAt(3.05, 0))).toBe(false);
    // The wall behind was never free, so it stays.
    expect(grid.isOccupied(grid.indexAt(5, 0.02))).toBe(true);
  });

  it('stays as large as what it holds, however often and far it is moved', () => {
    const grid = room(6);
    const { width } = grid;
    for (let i = 0; i < 40; i++) expect(grid.move(3, -1, 0.8).length).toBeGreaterThan(1000);
    expect(grid.width).toBeLessThan(3 * width);
  });

  it('keeps what it holds while it grows, and moves it rigidly', () => {
    const grid = room(2);
    block(grid, 1, 1, 1.1, 1.1);
    grid.cover(-30, 20, 5);
    expect(grid.isOccupied(grid.indexAt(1.05, 1.05))).toBe(true);
    expect(grid.isFree(grid.indexAt(0.45, 1.55))).toBe(true);
    grid.move(10, -5, Math.PI / 2);
    expect(grid.isOccupied(grid.indexAt(10 - 1.05, -5 + 1.05))).toBe(true);
    expect(grid.isFree(grid.indexAt(10 - 1.55, -5 + 0.45))).toBe(true);
  });

  it('starts over rather than outgrow its limit', () => {
    const grid = room(2);
    grid.cover(5000, 0, 6);
    expect(grid.width).toBeLessThan(400);
    expect(grid.indexAt(5000, 0)).toBeGreaterThanOrEqual(0);
  });
});

describe('the view from one point of a map to another', () => {
  it('is open over free ground, shut by what stands there, and between where nothing is known', () => {
    const grid = room(6);
    expect(grid.openness(1, 1, 5, 1)).toBe(1);
    block(grid, 3, 0, 3.1, 4);
    expect(grid.openness(1, 1, 5, 1)).toBe(0);
    expect(grid.openness(1, 5, 5, 5)).toBe(1);
    expect(grid.openness(4, 5, 8, 5)).toBeCloseTo(0.75, 1);
    expect(grid.openness(-5, 20, -9, 20)).toBe(0.5);
    expect(grid.openness(1000, 0, 1004, 0)).toBe(0.5);
  });
});

describe('cost field', () => {
  it('leads around a wall, keeps its distance, and reaches nothing behind a closed one', () => {
    const grid = room(6);
    block(grid, 3, 0, 3.1, 4);
    const field = new CostField(grid, 0.22);
    field.update(1, 1, []);
    const path = field.pathTo(5, 1)!;
    let highest = 0;
    for (let i = 0; i < path.length; i += 2) {
      highest = Math.max(highest, path[i + 1]);
      expect(field.clearanceAt(path[i], path[i + 1])).toBeGreaterThan(0.25);
    }
    expect(highest).toBeGreaterThan(4.2);
    expect(field.costAt(5, 1)).toBeGreaterThan(2 * Math.hypot(2, 3.2) - 0.1);
    block(grid, 3, 4, 3.1, 6);
    field.update(1, 1, []);
    expect(field.costAt(5, 1)).toBe(Infinity);
    expect(field.pathTo(5, 1)).toBeUndefined();
  });

  it('passes a gap the robot fits through and refuses one it does not, also where a robot stands in it', () => {
    const reaches = (gap: number, obstacles: number[] = []) => {
      const grid = room(6);
      block(grid, 3, 0, 3.1, 3 - gap / 2);
      block(grid, 3, 3 + gap / 2, 3.1, 6);
      const field = new CostField(grid, 0.22);
      field.update(1, 3, obstacles);
      return field.costAt(5, 3) < Infinity;
    };
    expect(reaches(0.85)).toBe(true);
    expect(reaches(0.4)).toBe(false);
    expect(reaches(0.85, [3.2, 3, 0.22])).toBe(false);
  });
});

describe('bucket queue', () => {
  it('gives items back by rising cost', () => {
    const random = new Random(4);
    const queue = new BucketQueue(64);
    queue.clear();
    queue.push(0, 0);
    let left = 5000;
    let last = 0;
    let taken = 0;
    while (queue.pop() >= 0) {
      expect(queue.cost).toBeGreaterThanOrEqual(last);
      last = queue.cost;
      taken++;
      for (let k = 0; k < 2 && left > 0; k++, left--) queue.push(left, queue.cost + random.int(63));
    }
    expect(taken).toBe(5001);
  });
});

describe('surroundings', () => {
  const still = { delta: planarPose(0, 0, 0), covariance: new Float64Array(36) };

  it('remembers at the side what it saw ahead, and forgets it once it looks there again', () => {
    const around = new Surroundings();
    around.observe(
      scanOf(() => 1),
      0,
    );
    expect(around.freeTime(0.5, 0, 0.3, 1.6)).toBeLessThan(1.5);
    around.advance({ ...still, delta: planarPose(0, 0, Math.PI / 2) });
    around.observe(
      scanOf(() => Infinity),
      0.1,
    );
    expect(around.freeTime(0.5, 0, 0.3, 1.6)).toBe(1.6);
    expect(around.touches(0, -1, 0.1)).toBe(true);
    around.advance({ ...still, delta: planarPose(0, 0, -Math.PI / 2) });
    around.observe(
      scanOf(() => Infinity),
      0.2,
    );
    expect(around.touches(1, 0, 0.2)).toBe(false);
  });

  it('lets the robot leave what it stands too near to, but not go on into it', () => {
    const around = new Surroundings();
    around.feel(0.2, 0, 0);
    expect(around.freeTime(0.3, 0, 0.3, 1)).toBe(0);
    expect(around.freeTime(-0.3, 0, 0.3, 1)).toBe(1);
  });

  it('keeps what the bumper felt though the scan looks over it', () => {
    const around = new Surroundings();
    around.feel(0.3, 0, 0);
    around.observe(
      scanOf(() => Infinity),
      0.1,
    );
    expect(around.touches(0.3, 0, 0.05)).toBe(true);
    around.observe(undefined, 100);
    expect(around.touches(0.3, 0, 0.05)).toBe(false);
  });
});

describe('explored cells', () => {
  it('tells of a coarse cell once, and knows what others told', () => {
    const mine = new Explored();
    for (let k = 0; k < 100; k++) mine.noteKnown(-2.95 + 0.1 * (k % 10), 4.05 + 0.1 * Math.floor(k / 10));
    const told = mine.take();
    expect([...told]).toEqual([-3, 4]);
    expect(mine.take()).toHaveLength(0);
    const other = new Explored();
    other.add(told);
    expect(other.byTeammate(-25, 41)).toBe(true);
    expect(other.byTeammate(-31, 41)).toBe(false);
    expect(() => other.add(Int16Array.of(1, 2, 3))).not.toThrow();
  });
});
