import { beforeAll, describe, expect, it } from 'vitest';
import { type Correction, Teamwork } from '../../../agents/team/teamwork.ts';
import { Random } from '../../../base/random.ts';
import { between, compose, distance, exp, inverse, type Pose, planarPose } from '../../../base/se3.ts';
import type { OdometryIncrement, PeerSighting } from '../../../base/sensors.ts';
import type { Link, RadioMessage, RobotProfile } from '../../../base/world.ts';
import { readKernels } from '../../../bin/resources.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import { Drive } from '../../slam/drive.ts';
import { CorridorWorld, RIG } from '../../slam/synthetic.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

const world = new CorridorWorld({ seed: 'teamwork' });
const SIGHTING = Float64Array.from({ length: 36 }, (_, i) => (i % 7 === 0 ? 0.02 * 0.02 : 0));

/** Delivers everything at once, unless somebody is out of reach; solutions when a robot has asked so many times more. */
class Air implements Link {
  readonly away = new Set<number>();
  solutionsLate = 0;
  private readonly boxes = new Map<number, { readonly message: RadioMessage; wait: number }[]>();

  send(from: number, to: number | 'all', kind: string, bytes: Uint8Array): void {
    for (const [id, box] of this.boxes) {
      if (id === from || (to !== 'all' && to !== id) || this.away.has(id) || this.away.has(from)) continue;
      box.push({ message: { from, kind, bytes }, wait: kind === 'solution' ? this.solutionsLate : 0 });
    }
  }

  receive(agent: number): RadioMessage[] {
    const box = this.boxes.get(agent) ?? [];
    this.boxes.set(
      agent,
      box.filter((each) => each.wait-- > 0),
    );
    return box.filter(({ wait }) => wait < 0).map(({ message }) => message);
  }

  bytesSent(): ReadonlyMap<string, number> {
    return new Map();
  }
}

/** One robot of a team in the corridor, so many metres along it. */
class Member {
  readonly drive: Drive;
  readonly teamwork: Teamwork;
  readonly corrections: Correction[] = [];
  private readonly id: number;
  private readonly air: Air;

  constructor(id: number, air: Air, along: number, startKnown: boolean) {
    this.id = id;
    this.air = air;
    const start = startKnown ? world.poseAt(along) : undefined;
    this.drive = new Drive(world, kernels, true, undefined, start && { worldFromStart: start });
    this.drive.carryTo(along);
    const team = [0, 1].map((mate) => ({ id: mate, rig: RIG }));
    const profile = { id, rig: RIG, start } as unknown as RobotProfile;
    const { slam } = this.drive;
    this.teamwork = new Teamwork({
      profile,
      slam,
      link: air,
      kernels,
      random: new Random(`member${id}`),
      team,
    });
  }

  get truth(): Pose {
    return this.drive.truth;
  }

  tick({ blind = false, sightings = [] as PeerSighting[] } = {}): void {
    const moved = (odometry: OdometryIncrement | undefined) => {
      const { last } = this.drive;
      const packet = {
        agent: this.id,
        time: last.time,
        odometry: odometry ?? { delta: planarPose(0, 0, 0), covariance: new Float64Array(36) },
        sightings,
        bumped: false,
      };
      const { correction } = this.teamwork.step(packet, last, this.air.receive(this.id));
      if (correction) this.corrections.push(correction);
    };
    this.drive.go(0.05, blind, undefined, moved);
  }
}

const noise = new Random('sightings');
function sightingOf(observer: Member, peer: Member, id: number): PeerSighting {
  const off = exp(Float64Array.from({ length: 6 }, () => noise.normal(0.02)));
  return { peer: id, bodyFromPeer: compose(between(observer.truth, peer.truth), off), covariance: SIGHTING };
}

function duo(startKnown: boolean) {
  const air = new Air();
  const [a, b] = [new Member(0, air, 0, startKnown), new Member(1, air, 2.5, startKnown)];
  air.receive(0);
  air.receive(1);
  return { air, a, b };
}

/** Both drive on, and the first sees the second every so many ticks. */
function go(
  { a, b }: { a: Member; b: Member },
  ticks: number,
  options: { every?: number; blind?: boolean } = {},
) {
  const { every = 0, blind = false } = options;
  for (let i = 0; i < ticks; i++) {
    a.tick({ sightings: every > 0 && i % every === 0 ? [sightingOf(a, b, 1)] : [] });
    b.tick({ blind });
  }
}

/** Wheels that turn too fast and pull to one side, and say how much they might. */
function slipping({ delta, covariance }: OdometryIncrement): OdometryIncrement {
  const unsure = covariance.slice();
  unsure[0] += 0.05 * 0.05;
  unsure[7] += 0.02 * 0.02;
  unsure[35] += 0.02 * 0.02;
  return { delta: compose(delta, exp([0.01, 0, 0, 0, 0, 0.003])), covariance: unsure };
}

describe('robots that never shared a frame', () => {
  it('have one once they have seen each other, and keep to it', () => {
    const team = duo(false);
    go(team, 30);
    expect(team.b.teamwork.frame).toBe(1);
    go(team, 90, { every: 7 });
    expect(team.b.teamwork.frame).toBe(0);
    const { a, b } = team;
    const startFromTruth = compose(a.drive.last.worldFromBody, inverse(a.truth));
    const expected = compose(startFromTruth, b.truth);
    expect(distance(b.drive.slam.whereabouts.worldFromBody, expected)).toBeLessThan(0.15);
    expect(b.drive.slam.map.partSizes().size).toBe(1);
  });
});

describe('a robot that has lost its way', () => {
  it('is put where a teammate sees it, and the way it came is bent to that', () => {
    const team = duo(true);
    const { b } = team;
    go(team, 40);
    const before = b.drive.reports.length;
    b.drive.slip = slipping;
    go(team, 60, { blind: true });
    const lost = distance(b.drive.last.worldFromBody, b.truth);
    expect(lost).toBeGreaterThan(0.4);
    go(team, 40, { every: 6, blind: true });
    const { worldFromBody } = b.drive.slam.whereabouts;
    expect(distance(worldFromBody, b.truth)).toBeLessThan(0.3 * lost);
    const { poses } = b.drive.slam.trajectory();
    const middle = before + 30;
    const told = b.drive.reports[middle].worldFromBody;
    expect(distance(told, poses.subarray(7 * middle, 7 * middle + 7))).toBeGreaterThan(0.1);
    expect(Math.max(...b.corrections.map(({ moved }) => moved))).toBeGreaterThan(0.3);
    expect(b.drive.slam.map.partSizes().size).toBe(1);
  });
});

describe('a solution that comes late', () => {
  it('puts right what the robot has told since as well', () => {
    const team = duo(true);
    const { air, b } = team;
    air.solutionsLate = 20;
    go(team, 40);
    b.drive.slip = slipping;
    go(team, 60, { blind: true });
    const lost = distance(b.drive.last.worldFromBody, b.truth);
    go(team, 80, { every: 6, blind: true });
    // It slips on meanwhile: what the last few seconds added nobody can know yet.
    expect(distance(b.drive.slam.whereabouts.worldFromBody, b.truth)).toBeLessThan(1.5 * lost);
  });
});

describe('who saw whom', () => {
  it('is known to the one who sees at once, and to the other as soon as it is told, as of when it was', () => {
    const team = duo(true);
    const { a, b, air } = team;
    go(team, 30);
    for (const { teamwork } of [a, b]) expect(teamwork.sinceSeen(0, 1)).toBeNaN();
    expect(b.teamwork.sinceObserved).toBeCloseTo(2.9);
    a.tick({ sightings: [sightingOf(a, b, 1)] });
    b.tick();
    expect(a.teamwork.sinceSeen(0, 1)).toBe(0);
    go(team, 5);
    expect(a.teamwork.sinceSeen(0, 1)).toBeCloseTo(0.5);
    expect(b.teamwork.sinceSeen(0, 1)).toBeCloseTo(0.5, 1);
    expect(b.teamwork.sinceObserved).toBeCloseTo(0.5, 1);
    expect(a.teamwork.sinceSeen(1, 0)).toBeNaN();
    expect(a.teamwork.sinceObserved).toBeCloseTo(a.drive.last.time);
    air.away.add(1);
    a.tick({ sightings: [sightingOf(a, b, 1)] });
    b.tick();
    go(team, 40);
    air.away.clear();
    go(team, 30);
    expect(b.teamwork.sinceSeen(0, 1)).toBeCloseTo(7, 1);
  });
});

describe('shared points', () => {
  it('are counted once each, and none with a stranger', () => {
    const team = duo(true);
    go(team, 120);
    const { teamwork } = team.b;
    expect(teamwork.sharedWith(0)).toBe(teamwork.sharedPoints.get(0)!.length / 2);
    expect(teamwork.sharedWith(0)).toBeGreaterThan(10);
    expect(teamwork.sharedWith(7)).toBe(0);
  });
});

describe('leading', () => {
  it('falls to the lowest id that is heard, and each to itself out of reach', () => {
    const team = duo(true);
    go(team, 40);
    expect([team.a.teamwork.leader, team.b.teamwork.leader]).toEqual([0, 0]);
    team.air.away.add(0);
    go(team, 80);
    expect([team.a.teamwork.leader, team.b.teamwork.leader]).toEqual([0, 1]);
    team.air.away.clear();
    go(team, 30, { every: 7 });
    expect(team.b.teamwork.leader).toBe(0);
    expect(team.b.corrections.every(({ solver }) => solver === 0 || solver === 1)).toBe(true);
  });
});
