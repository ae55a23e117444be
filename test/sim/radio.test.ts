import { describe, expect, it } from 'vitest';
import type { RadioOptions, RobotSetup } from '../../sim/options.ts';
import type { SimWorld } from '../../sim/world.ts';
import { box, hall, makeWorld, QUIET, robot } from './worlds.ts';

const PAIR = [robot(0, [2, 5, 0]), robot(1, [10, 5, 0])];

function radioWorld(
  radio: Partial<RadioOptions>,
  robots: readonly RobotSetup[] = PAIR,
  solids: Parameters<typeof hall>[0] = [],
): SimWorld {
  return makeWorld(hall(solids, { texture: 0 }), robots, { radio: { ...QUIET.radio, ...radio } });
}

/** How many of `count` messages, one a tick, arrive at robot 1. */
function delivered(world: SimWorld, count: number): number {
  let arrived = 0;
  for (let i = 0; i < count + 20; i++) {
    if (i < count) world.link.send(0, 1, 'report', new Uint8Array(10));
    world.step();
    arrived += world.link.receive(1).length;
  }
  return arrived;
}

describe('the radio', () => {
  it('reaches as far as its range, less what walls cost', () => {
    expect(delivered(radioWorld({ range: 8.5 }), 5)).toBe(5);
    expect(delivered(radioWorld({ range: 7.5 }), 5)).toBe(0);
    const wall = [box('wall', 6, 5, 0.06, 3, 2.7)];
    expect(delivered(radioWorld({ range: 11, wallLoss: 4 }, PAIR, wall), 5)).toBe(0);
    expect(delivered(radioWorld({ range: 13, wallLoss: 4 }, PAIR, wall), 5)).toBe(5);
  });

  it('loses messages at the edge of the range and none beside the sender', () => {
    const edge = delivered(radioWorld({ range: 8.1, loss: 0.5 }), 300) / 300;
    expect(edge).toBeGreaterThan(0.42);
    expect(edge).toBeLessThan(0.6);
    expect(delivered(radioWorld({ range: 800, loss: 0.5 }), 300)).toBeGreaterThan(298);
  });

  it('delays by the mean set, and keeps the order of arrival', () => {
    const world = radioWorld({ delay: 0.4 });
    const delays: number[] = [];
    for (let i = 0; i < 200; i++) {
      world.link.send(0, 1, 'report', Uint8Array.of(i));
      world.step();
      for (const { bytes } of world.link.receive(1)) delays.push(i + 1 - bytes[0]);
    }
    const mean = (0.1 * delays.reduce((a, b) => a + b, 0)) / delays.length;
    expect(mean).toBeGreaterThan(0.4);
    expect(mean).toBeLessThan(0.52);
  });

  it('sends no more than its bandwidth, one after the other', () => {
    const world = radioWorld({ bandwidth: 1000, delay: 0 });
    for (let i = 0; i < 4; i++) world.link.send(0, 1, 'map', new Uint8Array(500).fill(i));
    const arrivals: number[][] = [];
    for (let i = 0; i < 25; i++) {
      world.step();
      for (const { bytes } of world.link.receive(1)) arrivals.push([bytes[0], Math.round(world.time * 10)]);
    }
    expect(arrivals).toEqual([
      [0, 5],
      [1, 10],
      [2, 15],
      [3, 20],
    ]);
  });

  it('does not let a backlog grow without end', () => {
    const world = radioWorld({ bandwidth: 1000, delay: 0 });
    for (let i = 0; i < 100; i++) world.link.send(0, 1, 'map', new Uint8Array(1000));
    expect(world.link.bytesSent(0).get('map')).toBeLessThan(8000);
  });

  it('reaches everyone else at once, and counts bytes once, by kind', () => {
    const world = radioWorld({}, [...PAIR, robot(2, [6, 8, 0])]);
    world.link.send(0, 'all', 'report', new Uint8Array(10));
    world.link.send(0, 1, 'map', new Uint8Array(30));
    for (let i = 0; i < 5; i++) world.step();
    expect(world.link.receive(0)).toEqual([]);
    expect(
      world.link
        .receive(1)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['map', 'report']);
    expect(world.link.receive(2).map(({ kind, from }) => [kind, from])).toEqual([['report', 0]]);
    expect([...world.link.bytesSent(0)]).toEqual([
      ['report', 10],
      ['map', 30],
    ]);
    expect(world.link.receive(1)).toEqual([]);
  });

  it('keeps what was sent, whatever the sender does with its buffer', () => {
    const world = radioWorld({});
    const bytes = Uint8Array.of(7);
    world.link.send(0, 1, 'report', bytes);
    bytes[0] = 8;
    for (let i = 0; i < 3; i++) world.step();
    expect(world.link.receive(1)[0].bytes[0]).toBe(7);
  });

  it('is silent of the dead', () => {
    const world = radioWorld({}, [PAIR[0], robot(1, [10, 5, 0], { diesAt: 1 })]);
    for (let i = 0; i < 15; i++) world.step();
    world.link.send(1, 0, 'report', new Uint8Array(5));
    world.link.send(0, 1, 'report', new Uint8Array(5));
    for (let i = 0; i < 5; i++) world.step();
    expect(world.link.receive(0)).toEqual([]);
    expect(world.link.receive(1)).toEqual([]);
    expect(world.link.bytesSent(1).size).toBe(0);
  });
});
