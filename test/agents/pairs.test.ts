import { describe, expect, it } from 'vitest';
import { type PairKnowledge, pairsOf } from '../../agents/pairs.ts';
import { report } from '../rl/observation/views.ts';

const NOTHING: PairKnowledge = {
  sharedPoints: () => Number.NaN,
  sinceSeen: () => Number.NaN,
  link: () => Number.NaN,
  lineOfSight: () => Number.NaN,
};
/** Answers from which one sees what was asked. */
const TELLING: PairKnowledge = {
  sharedPoints: (peer) => 100 + peer,
  sinceSeen: (observer, peer) => 10 * observer + peer,
  link: (peer) => peer / 10,
  lineOfSight: (x0, y0, x1, y1) => x0 + 10 * y0 + 100 * x1 + 1000 * y1,
};

const self = report(2, { x: 1, y: 2, yaw: Math.PI / 2 });
const peers = [report(1, { x: 4, y: 6 }), report(3, { x: 1, y: 0, yaw: -Math.PI / 2 })];
const find = (pairs: ReturnType<typeof pairsOf>, observer: number, peer: number) =>
  pairs.find((pair) => pair.observer === observer && pair.peer === peer)!;

describe('what a robot believes of pairs', () => {
  it('covers every ordered pair of the team', () => {
    const pairs = pairsOf(self, peers, TELLING);
    const ends = pairs.map(({ observer, peer }) => `${observer}${peer}`);
    expect(ends).toEqual(['12', '13', '21', '23', '31', '32']);
  });

  it('has distances, and bearings from the heading of the observer', () => {
    const pairs = pairsOf(self, peers, TELLING);
    expect(find(pairs, 2, 1).distance).toBeCloseTo(5);
    expect(find(pairs, 2, 1).bearing).toBeCloseTo(Math.atan2(4, 3) - Math.PI / 2);
    expect(find(pairs, 1, 2).bearing).toBeCloseTo(Math.atan2(-4, -3));
    expect(Math.abs(find(pairs, 2, 3).bearing)).toBeCloseTo(Math.PI);
    expect(Math.abs(find(pairs, 3, 2).bearing)).toBeCloseTo(Math.PI);
  });

  it('is as unsure as both of them, and the more the older what it heard: a robot may have driven on', () => {
    const sure = report(2, { positionSigma: 0.3 });
    const near = report(1, { x: 4, positionSigma: 0.4 }, { speed: 0.5 });
    const fresh = pairsOf(sure, [near], TELLING)[0];
    expect(fresh.distanceSigma).toBeCloseTo(0.5);
    expect(fresh.bearingSigma).toBeCloseTo(Math.atan2(0.5, 4));
    const old = pairsOf(sure, [{ ...near, time: 96 }], TELLING)[0];
    expect(old.distanceSigma).toBeCloseTo(Math.sqrt(0.25 + 4));
    const unknown = pairsOf(sure, [report(1, { time: 96, positionSigma: 0.4 })], TELLING)[0];
    expect(unknown.distanceSigma).toBeCloseTo(0.5);
  });

  it('tells what the robot itself knows: points shared with it, reports that reach it, sightings, its own map', () => {
    const pairs = pairsOf(self, peers, TELLING);
    expect(find(pairs, 2, 3).sharedPoints).toBe(103);
    expect(find(pairs, 3, 2).sharedPoints).toBe(103);
    expect(find(pairs, 1, 3).sharedPoints).toBeNaN();
    expect(find(pairs, 2, 3).link).toBe(0.3);
    expect(find(pairs, 3, 2).link).toBeNaN();
    expect(find(pairs, 1, 3).link).toBeNaN();
    expect(find(pairs, 1, 3).sinceSeen).toBe(13);
    expect(find(pairs, 2, 1).lineOfSight).toBe(1 + 20 + 400 + 6000);
  });

  it('knows no place of a robot in another frame, and leaves out pairs of which it knows nothing', () => {
    const strangers = [report(1, { x: Number.NaN, y: Number.NaN, yaw: Number.NaN }), report(3)];
    const pairs = pairsOf(self, strangers, { ...NOTHING, link: () => 0.5 });
    expect(pairs.map(({ observer, peer }) => `${observer}${peer}`)).toEqual(['21', '23', '32']);
    const { distance, distanceSigma, bearing, bearingSigma, lineOfSight } = find(pairs, 2, 1);
    expect([distance, distanceSigma, bearing, bearingSigma, lineOfSight]).toEqual(Array(5).fill(Number.NaN));
  });
});
