import { describe, expect, it } from 'vitest';
import { planarPose, yawOf } from '../../../base/se3.ts';
import { box, FlatWorld, fourRooms, office, type Segment, type Walker, wall } from './world.ts';

const corridor = (width: number): Segment[] => {
  const [low, high] = [2.5 - width / 2, 2.5 + width / 2];
  return [
    ...wall('x', 0, 0, 5),
    ...wall('x', 5, 0, 5),
    ...wall('y', 0, 0, 5),
    ...wall('y', 5, 0, 5, [[low, high]]),
    ...wall('x', low, 5, 13),
    ...wall('x', high, 5, 13),
    ...wall('y', 13, 0, 5, [[low, high]]),
    ...wall('x', 0, 13, 18),
    ...wall('x', 5, 13, 18),
    ...wall('y', 18, 0, 5),
  ];
};

const deadEnd = (): Segment[] => [
  ...wall('x', 0, 0, 5),
  ...wall('x', 5, 0, 5),
  ...wall('y', 0, 0, 5),
  ...wall('y', 5, 0, 5, [[2, 3]]),
  ...wall('x', 2, 5, 11),
  ...wall('x', 3, 5, 11),
  ...wall('y', 11, 2, 3),
];

describe('exploring', () => {
  it('sees nearly all of a plan of several rooms and touches nothing, then patrols', () => {
    const world = new FlatWorld(fourRooms());
    const walker = world.add(0, 1, 4.5, 0);
    world.run(110);
    expect(world.coverage(1, 4.5)).toBeGreaterThan(0.98);
    expect(walker.collisions).toBe(0);
    expect(walker.output!.frontier).toBeLessThan(1);
    const before = walker.distance;
    world.run(40);
    expect(walker.output!.claim).toBeUndefined();
    expect(walker.distance - before).toBeGreaterThan(8);
  });

  it('covers a 30 × 22 m office with four robots in four minutes without a touch', () => {
    const world = new FlatWorld(office());
    for (let id = 0; id < 4; id++) world.add(id, 1 + 1.2 * id, 6.5, 0);
    world.run(180);
    const before = world.walkers.map((walker) => walker.distance);
    world.run(60);
    expect(world.coverage(1, 6.5)).toBeGreaterThan(0.95);
    expect(world.walkers.map((walker) => walker.collisions)).toEqual([0, 0, 0, 0]);
    // Nobody stands about once the work is done.
    expect(world.walkers.every((walker, i) => walker.distance - before[i] > 15)).toBe(true);
  });

  it.each([1, -1])('leaves to a teammate the side that one has explored (%d)', (side) => {
    const world = new FlatWorld(corridor(1.8));
    const walker = world.add(0, 9, 2.5, Math.PI / 2);
    const cells: number[] = [];
    for (let y = 0; y < 5; y++) for (let x = 0; x < 9; x++) cells.push(side > 0 ? x : 17 - x, y);
    walker.navigator!.addExplored(Int16Array.from(cells));
    let foreign = 0;
    world.run(22, () => {
      foreign += side * (walker.x - 9) < -0.5 ? 1 : 0;
      return false;
    });
    expect(foreign).toBe(0);
    expect(side * (walker.x - 9)).toBeGreaterThan(2);
    // Ground that only teammates know is gone to in the end: maps that overlap can be joined.
    world.run(120);
    expect(world.coverage(9, 2.5)).toBeGreaterThan(0.95);
  });

  it('gives the same commands for the same inputs', () => {
    const commands = () => {
      const world = new FlatWorld(office());
      for (let id = 0; id < 3; id++) world.add(id, 1 + 1.2 * id, 6.5, 0);
      world.run(40);
      return new Uint8Array(Float64Array.from(world.commands).buffer);
    };
    expect(commands()).toEqual(commands());
  });

  it('looks through people where they no longer stand', () => {
    const world = new FlatWorld(fourRooms());
    world.add(0, 1, 4.5, 0);
    world.discs = [
      [5, 4.2, 0.3],
      [5, 4.9, 0.3],
    ];
    world.run(40);
    world.discs = [];
    world.run(100);
    expect(world.coverage(1, 4.5)).toBeGreaterThan(0.98);
  });
});

describe('meeting others', () => {
  it.each([1.1, 1.8])(
    'two robots head-on in a corridor %d m wide touch neither it nor each other, and both get on',
    (width) => {
      const world = new FlatWorld(corridor(width), 3);
      world.add(0, 7, 2.5, 0);
      world.add(1, 11, 2.5, Math.PI);
      world.run(120);
      expect(world.walkers.map((walker) => walker.collisions)).toEqual([0, 0]);
      expect(world.coverage(2, 2.5)).toBeGreaterThan(0.98);
    },
  );

  it('stops for what steps in front of it', () => {
    const world = new FlatWorld(fourRooms());
    const walker = world.add(0, 1, 4.5, 0);
    world.run(40, () => walker.linear > 0.6);
    const ahead = 0.72;
    world.discs = [[walker.x + ahead * Math.cos(walker.yaw), walker.y + ahead * Math.sin(walker.yaw), 0.25]];
    world.run(20);
    expect(walker.collisions).toBe(0);
  });

  it.each([0, 1])(
    'robot %d backs out of a dead end too narrow to pass in, for one that comes from inside',
    (outer) => {
      const world = new FlatWorld(deadEnd());
      const walker = world.add(outer, 7, 2.5, 0);
      const inner = world.add(1 - outer, 10, 2.5, Math.PI);
      world.run(90, () => inner.x < 4);
      expect(inner.x).toBeLessThan(4);
      expect([walker.collisions, inner.collisions]).toEqual([0, 0]);
    },
  );
});

describe('trouble', () => {
  it('gets on after running into something the scan does not show', () => {
    const world = new FlatWorld(box(0, 0, 8, 5));
    const walker = world.add(0, 1, 2.5, 0);
    world.unseen = [
      [3.4, 2.5, 0.25],
      [5, 1.5, 0.25],
    ];
    world.run(150);
    expect(world.coverage(1, 2.5)).toBeGreaterThan(0.97);
    expect(walker.distance).toBeGreaterThan(20);
    expect(walker.collisions).toBeLessThan(12);
  });

  it('backs off and turns when the wheels spin without moving it', () => {
    const world = new FlatWorld(fourRooms());
    const walker = world.add(0, 1, 4.5, 0);
    world.run(30, () => walker.linear > 0.6);
    // An invisible rope holds it: odometry tells of motion that is not there.
    walker.heldFor = 4;
    let backward = 0;
    world.run(8, () => {
      backward += walker.output!.command.linear < -0.1 ? 1 : 0;
      return false;
    });
    expect(backward).toBeGreaterThan(5);
    const before = walker.distance;
    world.run(10);
    expect(walker.distance - before).toBeGreaterThan(1);
  });

  it('when lost turns to look around, then goes back the way it came', () => {
    const world = new FlatWorld(corridor(1.8), 2);
    const walker = world.add(0, 2.5, 2.5, 0);
    world.run(120, () => walker.x > 9);
    const start = world.time;
    walker.believe = (_, time) => ({
      pose: planarPose(40, 40, 1),
      state: time > start + 60 ? 'tracking' : 'lost',
      sigma: 3,
    });
    let turned = 0;
    world.run(13, () => {
      turned += Math.abs(walker.angular) * 0.1;
      return false;
    });
    expect(turned).toBeGreaterThan(5.5);
    expect(Math.abs(walker.x - 9)).toBeLessThan(0.7);
    world.run(22);
    expect(walker.x).toBeLessThan(7.5);
    expect(walker.collisions).toBe(0);
  });

  it('wanders when it was lost from the start, and touches nothing', () => {
    const world = new FlatWorld(fourRooms());
    const walker = world.add(0, 1, 4.5, 0);
    walker.believe = () => ({
      pose: planarPose(Number.NaN, Number.NaN, 0),
      state: 'lost',
      sigma: Number.NaN,
    });
    world.run(120);
    expect(walker.distance).toBeGreaterThan(2);
    expect(walker.collisions).toBe(0);
  });

  it('takes an estimate that is nowhere on Earth for none, and finds back to work when it is', () => {
    const world = new FlatWorld(fourRooms());
    const walker = world.add(0, 1, 4.5, 0);
    walker.believe = (truth, time) => ({
      pose: time > 20 && time < 22 ? planarPose(3e17, -4e18, 0) : truth,
      state: 'tracking',
      sigma: 0.05,
    });
    world.run(150);
    expect(walker.collisions).toBe(0);
    expect(world.coverage(1, 4.5)).toBeGreaterThan(0.9);
  });

  it('bears an estimate that drifts', () => {
    const world = new FlatWorld(fourRooms(), 2);
    const walker = world.add(0, 1, 4.5, 0);
    walker.believe = (truth, time) => ({
      pose: planarPose(truth[0] + 0.01 * time, truth[1] - 0.006 * time, yawOf(truth) + 0.002 * time),
      state: 'tracking',
      sigma: 0.3,
    });
    world.run(150);
    expect(walker.collisions).toBe(0);
    expect(world.coverage(1, 4.5)).toBeGreaterThan(0.95);
  });

  it('takes its map along when the estimate is put into another frame', () => {
    const world = new FlatWorld(fourRooms());
    const walker = world.add(0, 1, 4.5, 0);
    world.run(110);
    expect(walker.output!.frontier).toBeLessThan(1);
    const [c, s] = [Math.cos(2), Math.sin(2)];
    walker.believe = (truth) => ({
      pose: planarPose(c * truth[0] - s * truth[1] + 30, s * truth[0] + c * truth[1] - 9, yawOf(truth) + 2),
      state: 'tracking',
      sigma: 0.05,
    });
    world.run(25);
    expect(walker.output!.frontier).toBeLessThan(3);
    expect(walker.collisions).toBe(0);
  });
});

describe('observing a peer', () => {
  const scene = (walls: Segment[], peer: readonly [number, number]) => {
    const world = new FlatWorld(walls);
    const walker = world.add(0, 1, 4.5, 0);
    const other = world.add(1, peer[0], peer[1], 1, { inert: true });
    world.run(60);
    walker.task = { kind: 'observe', peer: 1 };
    return { world, walker, other };
  };

  it('goes where it sees the peer, faces it at a good range and is done', () => {
    const { world, walker, other } = scene(fourRooms(), [1.5, 8]);
    const start = world.time;
    world.run(45, () => walker.output!.ended !== undefined);
    expect(walker.output!.ended).toBe('done');
    expect(world.time - start).toBeGreaterThan(2.9);
    expect(world.isVisible(walker.x, walker.y, other.x, other.y)).toBe(true);
    const bearing = Math.atan2(other.y - walker.y, other.x - walker.x) - walker.yaw;
    expect(Math.abs(Math.atan2(Math.sin(bearing), Math.cos(bearing)))).toBeLessThan(0.3);
    expect(Math.hypot(other.x - walker.x, other.y - walker.y)).toBeLessThan(5.5);
    expect(walker.collisions).toBe(0);
  });

  it('says how far it still has to go: ever less, round corners too, and nothing once the peer is in view', () => {
    const { world, walker, other } = scene(fourRooms(), [1.5, 8]);
    world.run(1.5);
    const [left, before] = [walker.output!.distanceLeft, walker.distance];
    expect(left).toBeGreaterThan(Math.hypot(other.x - walker.x, other.y - walker.y) - 5.5);
    const inView = () => walker.output!.distanceLeft === 0;
    world.run(40, inView);
    expect(inView()).toBe(true);
    const driven = walker.distance - before;
    expect(driven).toBeLessThan(left + 0.5);
    expect(driven).toBeGreaterThan(0.5 * left);
  });

  it('sees in its own map whether walls stand between two robots', () => {
    const { walker } = scene(fourRooms(), [1.5, 8]);
    const { lineOfSight } = walker.navigator!;
    const between = (...ends: Parameters<typeof lineOfSight>) => lineOfSight.apply(walker.navigator, ends);
    expect(between(1, 4.5, 8, 4.5)).toBeGreaterThan(0.95);
    expect(between(8, 4.5, 8, 8)).toBe(0);
    expect(between(40, 40, 44, 40)).toBe(0.5);
    // Short of the bodies themselves: the peer's own stands in the map, or next to a wall.
    expect(between(5, 4.5, 8, 3.7)).toBeGreaterThan(0.9);
  });

  it('goes to the room the peer is in, not to the other side of its wall', () => {
    const world = new FlatWorld(fourRooms());
    const walker = world.add(0, 1, 4.5, 0);
    const other = world.add(1, 1.5, 8, 1, { inert: true });
    world.run(100);
    world.run(100, () => walker.x > 6.6 && walker.x < 8.6 && walker.y > 5.8);
    [other.x, other.y] = [5.4, walker.y];
    walker.task = { kind: 'observe', peer: 1 };
    world.run(39, () => walker.output!.ended !== undefined);
    expect(walker.output!.ended).toBe('done');
    expect(walker.x).toBeLessThan(6);
  });

  it('follows a peer that drives on', () => {
    const world = new FlatWorld(fourRooms());
    const walker = world.add(0, 1, 4.5, 0);
    world.add(1, 3, 4.5, 0);
    world.run(30);
    walker.task = { kind: 'observe', peer: 1 };
    world.run(45, () => walker.output!.ended !== undefined);
    expect(walker.output!.ended).toBe('done');
  });

  it('gives up on a peer that cannot be reached, within its time, and on one never heard of at once', () => {
    const { world, walker } = scene([...fourRooms(), ...box(20, 0, 24, 4)], [22, 2]);
    const start = world.time;
    world.run(45, () => walker.output!.ended !== undefined);
    expect(walker.output!.ended).toBe('timeout');
    expect(world.time - start).toBeLessThan(40.2);
    walker.task = { kind: 'observe', peer: 7 };
    world.run(1);
    expect(walker.output!.distanceLeft).toBeNaN();
    world.run(7, () => walker.output!.ended !== undefined);
    expect(walker.output!.ended).toBe('timeout');
  });
});

describe('being watched', () => {
  /** A hall; robot 0 in its middle, unsure of its pose; robot 1 stands behind it and has the task to watch it. */
  const hall = (sigma: number, peer: number, x = 2) => {
    const world = new FlatWorld(box(0, 0, 30, 6));
    const walker = world.add(0, 8, 3, 0);
    walker.believe = (truth) => ({ pose: truth, state: 'tracking', sigma });
    world.run(15);
    world.add(1, walker.x - x, walker.y, 0, { inert: true, task: { kind: 'observe', peer } });
    return { world, walker };
  };
  const facing = (walker: Walker, world: FlatWorld) => {
    const other = world.walkers[1];
    const bearing = Math.atan2(other.y - walker.y, other.x - walker.x) - walker.yaw;
    return Math.abs(Math.atan2(Math.sin(bearing), Math.cos(bearing))) < 0.2;
  };

  it('stops and looks back, then goes on, and looks back again further on', () => {
    const { world, walker } = hall(0.5, 0);
    const start = walker.distance;
    world.run(12, () => facing(walker, world));
    expect(facing(walker, world)).toBe(true);
    expect(walker.distance - start).toBeLessThan(0.5);
    world.run(15, () => walker.distance - start > 2.5);
    expect(walker.distance - start).toBeGreaterThan(2.5);
    world.run(10, () => facing(walker, world));
    expect(walker.distance - start).toBeLessThan(4.5);
  });

  it('does not mind where it is sure of its pose, where another is watched, or where the watcher is far away', () => {
    for (const { world, walker } of [hall(0.05, 0), hall(0.5, 2), hall(0.5, 0, -14)]) {
      const start = walker.distance;
      world.run(5);
      expect(walker.distance - start).toBeGreaterThan(1);
    }
  });
});
