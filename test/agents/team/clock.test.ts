import { describe, expect, it } from 'vitest';
import { PeerClock } from '../../../agents/team/clock.ts';
import { TeamRadio } from '../../../agents/team/team-radio.ts';
import { Random } from '../../../base/random.ts';
import { hall, makeWorld, robot } from '../../sim/worlds.ts';

interface Pair {
  /** What the peer's clock shows more than one's own at own time 0, seconds, and by how much faster it runs. */
  readonly offset: number;
  readonly drift: number;
  /** Seconds between two hearings of each, and by how much the peer hears later. */
  readonly ownTick: number;
  readonly peerTick: number;
  readonly phase: number;
  /** Seconds one way, the least and the most. */
  readonly delay: readonly [number, number];
}

/** Robots hear only at their ticks: messages wait for them. A clock compared once a second for a while. */
function compared(pair: Pair, seconds: number, random: Random): PeerClock {
  const { offset, drift, ownTick, peerTick, phase, delay } = pair;
  const clock = new PeerClock();
  const peerClock = (time: number) => offset + (1 + drift) * time;
  const tickAfter = (time: number, tick: number, start: number) =>
    start + tick * Math.ceil((time - start) / tick);
  for (let second = 0; second < seconds; second++) {
    const sent = tickAfter(second, ownTick, 0);
    const peerHeard = tickAfter(sent + random.uniform(...delay), peerTick, phase);
    const peerSent = tickAfter(peerHeard + random.uniform(0, 1), peerTick, phase);
    const heard = tickAfter(peerSent + random.uniform(...delay), ownTick, 0);
    const [peerHeardAt, peerSentAt] = [peerClock(peerHeard), peerClock(peerSent)];
    clock.note({ sentAt: sent, peerHeardAt, peerSentAt, heardAt: heard });
  }
  return clock;
}

/** Errors of `clock` against its own σ, some seconds after the last exchange. */
function error(clock: PeerClock, { offset, drift }: Pair, time: number): { error: number; sigma: number } {
  const own = clock.toOwn(offset + (1 + drift) * time);
  return { error: own.time - time, sigma: own.sigma };
}

function randomPair(random: Random): Pair {
  return {
    offset: random.normal(5),
    drift: random.normal(20e-6),
    ownTick: 0.1,
    peerTick: 0.1,
    phase: random.uniform(0, 0.1),
    delay: [0.025, 0.075],
  };
}

describe("a teammate's clock", () => {
  it('is known to within what it says, with ticks of 0.1 s, out of step too', () => {
    const random = new Random('clocks');
    const trials = Array.from({ length: 400 }, () => {
      const pair = randomPair(random);
      return error(compared(pair, 60, random), pair, random.uniform(0, 90));
    });
    const within = trials.filter((each) => Math.abs(each.error) < 2 * each.sigma).length / trials.length;
    expect(within).toBeGreaterThanOrEqual(0.95);
    for (const { sigma } of trials) expect(sigma).toBeLessThan(0.04);
    const rms = Math.sqrt(trials.reduce((sum, each) => sum + each.error * each.error, 0) / trials.length);
    const claimed = Math.sqrt(trials.reduce((sum, each) => sum + each.sigma * each.sigma, 0) / trials.length);
    expect(claimed / rms).toBeLessThan(2.5);
  });

  it('is known so with other ticks than its own, and a radio that often makes messages wait', () => {
    const random = new Random('slow clocks');
    const trials = Array.from({ length: 300 }, () => {
      const pair: Pair = { ...randomPair(random), peerTick: 1 / 7, delay: [0.02, 0.6] };
      return error(compared(pair, 60, random), pair, random.uniform(0, 90));
    });
    expect(
      trials.filter((each) => Math.abs(each.error) < 2 * each.sigma).length / 300,
    ).toBeGreaterThanOrEqual(0.95);
  });

  it('tells drift from offset: a minute after the last word a fast clock is still known', () => {
    const random = new Random('drift');
    const pair: Pair = { ...randomPair(random), drift: 400e-6, phase: 0 };
    const clock = compared(pair, 120, random);
    expect(Math.abs(error(clock, pair, 180).error)).toBeLessThan(0.01);
  });

  it('is the less sure the longer ago the last word is', () => {
    const random = new Random('silence');
    const pair = randomPair(random);
    const clock = compared(pair, 3, random);
    const sigmas = [3, 60, 600].map((time) => error(clock, pair, time).sigma);
    expect(sigmas[1]).toBeGreaterThan(sigmas[0]);
    expect(sigmas[2]).toBeGreaterThan(0.05);
  });

  it('believes quick exchanges, whatever slow ones say', () => {
    const pair: Pair = { ...randomPair(new Random('one')), offset: 2, drift: 0, phase: 0 };
    const clock = compared(pair, 30, new Random('quick'));
    const before = error(clock, pair, 30).error;
    for (let second = 30; second < 60; second++)
      clock.note({
        sentAt: second,
        peerHeardAt: second + 2 + 3,
        peerSentAt: second + 5.1,
        heardAt: second + 3.2,
      });
    expect(Math.abs(error(clock, pair, 30).error - before)).toBeLessThan(0.002);
  });

  it('ignores what cannot be', () => {
    const clock = new PeerClock();
    clock.note({ sentAt: 5, peerHeardAt: 3, peerSentAt: 9, heardAt: 6 });
    clock.note({ sentAt: 5, peerHeardAt: Number.NaN, peerSentAt: 9, heardAt: 6 });
    expect(clock.isKnown).toBe(false);
    expect(() => clock.toOwn(1)).toThrow(/no message has gone to and fro/);
  });
});

describe("teammates' clocks over the simulated radio", () => {
  it('are known to within what is said, by each robot of each other', () => {
    const trials: { error: number; sigma: number }[] = [];
    for (let seed = 0; seed < 12; seed++) {
      const robots = [robot(0, [2, 5, 0]), robot(1, [6, 5, 0]), robot(2, [10, 5, 0])];
      const world = makeWorld(hall([], { texture: 0 }), robots, { seed, clocks: { offset: 0.5, drift: 30 } });
      const radios = robots.map((_, id) => new TeamRadio({ id, team: [0, 1, 2], link: world.link }));
      let times: number[] = [];
      for (let tick = 0; tick < 200; tick++) {
        times = world.step().map(({ time }) => time);
        radios.forEach((radio, id) => {
          radio.hear(world.link.receive(id), times[id]);
          radio.tell(times[id]);
        });
      }
      for (const [id, radio] of radios.entries())
        for (const peer of [0, 1, 2].filter((other) => other !== id)) {
          const { time, sigma } = radio.clockOf(peer)!.toOwn(times[peer]);
          trials.push({ error: time - times[id], sigma });
        }
    }
    expect(
      trials.filter((each) => Math.abs(each.error) < 2 * each.sigma).length / trials.length,
    ).toBeGreaterThanOrEqual(0.95);
    for (const { sigma } of trials) expect(sigma).toBeLessThan(0.035);
  });
});
