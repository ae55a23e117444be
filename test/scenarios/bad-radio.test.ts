import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { MissionEvent } from '../../agents/events.ts';
import { type MessageKind, open, seal } from '../../agents/radio/envelope.ts';
import { Random } from '../../base/random.ts';
import type { SensorPacket } from '../../base/sensors.ts';
import type { World } from '../../base/world.ts';
import { readKernels } from '../../bin/resources.ts';
import { POLICIES } from '../../rl/policies.ts';
import { parseScenario } from '../../scenarios/load.ts';
import { type RunOptions, type RunResult, runScenario } from '../../scenarios/run.ts';
import type { Kernels } from '../../slam/kernels/kernels.ts';

const WHERE = 'scenarios/office.yaml';
const office = parseScenario(readFileSync(WHERE, 'utf8'), WHERE);
/** They begin side by side, and are to see each other there. */
const sighting = { ...office.robot.sighting, minRange: 0.5 };
const scenario = { ...office, robot: { ...office.robot, sighting } };
let kernels: Kernels;

beforeAll(async () => {
  kernels = await readKernels();
});

async function run(options: Partial<RunOptions>): Promise<{ result: RunResult; events: MissionEvent[] }> {
  const events: MissionEvent[] = [];
  const result = await runScenario({
    scenario,
    where: WHERE,
    kernels,
    seed: 1,
    policy: 'independent',
    allocator: POLICIES.independent,
    agents: 2,
    duration: 6,
    listener: (event) => events.push(event),
    ...options,
  });
  return { result, events };
}

function logs(events: readonly MissionEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'log' ? [event.text] : []));
}

/** A world like another, in which some of what crosses is not what it was. */
function tampered(
  world: World,
  tampering: {
    readonly message?: (bytes: Uint8Array, kind: string, from: number) => Uint8Array;
    readonly packet?: (packet: SensorPacket) => SensorPacket;
  },
): World {
  const { message = (bytes) => bytes, packet = (sensed) => sensed } = tampering;
  return {
    tick: world.tick,
    get time() {
      return world.time;
    },
    get bodies() {
      return world.bodies;
    },
    link: {
      send: (from, to, kind, bytes) => world.link.send(from, to, kind, message(bytes, kind, from)),
      receive: (agent) => world.link.receive(agent),
      bytesSent: (agent) => world.link.bytesSent(agent),
    },
    step: async () => (await world.step()).map(packet),
  };
}

describe('a mission', () => {
  it('goes on where the radio damages every fifth message, and names what was dropped', async () => {
    const noise = new Random('damage');
    const message = (bytes: Uint8Array) => {
      if (!noise.chance(0.2)) return bytes;
      const damaged = bytes.slice();
      damaged[noise.int(bytes.length)] ^= 1 << noise.int(8);
      return damaged;
    };
    const { result, events } = await run({ between: (world) => tampered(world, { message }) });
    expect(result.metrics.durationS).toBeCloseTo(6);
    const dropped = logs(events).filter((text) => /^dropped a \w+ message of robot \d: /.test(text));
    expect(dropped.some((text) => text.includes('damaged'))).toBe(true);
    expect(events.filter(({ type }) => type === 'ties').length).toBeGreaterThan(1);
  });

  it('hears a robot again whose clock was senseless for a while', async () => {
    let now = 0;
    const message = (bytes: Uint8Array, kind: string, from: number) => {
      if (from !== 1 || now < 1 || now > 3) return bytes;
      const { body } = open(kind as MessageKind, from, bytes);
      return seal(kind as MessageKind, from, 1e300, body.raw(body.left));
    };
    const heard: number[] = [];
    const { events } = await run({
      between: (world) => tampered(world, { message }),
      onTick: ({ time }) => {
        now = time;
        return true;
      },
      allocator: () => ({
        name: 'listening',
        decide({ self, peers, time }) {
          if (self.agent === 0 && time > 4) heard.push(...peers.map((peer) => time - peer.time));
          return { task: { kind: 'map' } };
        },
      }),
    });
    expect(heard).toHaveLength(1);
    expect(heard[0]).toBeLessThan(1.5);
    const dropped = logs(events).filter((text) => text.includes('1e+300'));
    for (const kind of ['a report', 'a digest message'])
      expect(dropped.some((text) => text.startsWith(`dropped ${kind} of robot 1: `))).toBe(true);
  });

  it('goes on where a robot sees what cannot be: itself, nobody, for certain; and names it', async () => {
    const packet = (sensed: SensorPacket): SensorPacket => {
      const sighting = (peer: number, variance: number) => ({
        peer,
        bodyFromPeer: Float64Array.of(2, 0, 0, 0, 0, 0, 1),
        covariance: Float64Array.from({ length: 36 }, (_, i) => (i % 7 === 0 ? variance : 0)),
      });
      const bad = [sighting(1, 0.01), sighting(7, 0.01), sighting(0, -0.01)];
      return sensed.agent === 1 && sensed.time > 2 ? { ...sensed, sightings: bad } : sensed;
    };
    const { result, events } = await run({ between: (world) => tampered(world, { packet }) });
    expect(result.metrics.durationS).toBeCloseTo(6);
    for (const reason of [
      /nobody sees itself/,
      /robot 7: there is no such robot/,
      /covariance is not positive/,
    ])
      expect(logs(events).some((text) => reason.test(text))).toBe(true);
  });

  it('is led on by the next where the leader dies, and keeps what that one had sent', async () => {
    const team = { ...scenario.team, robots: [{ diesAt: 4 }] };
    const { events } = await run({ scenario: { ...scenario, team }, agents: 3, duration: 13 });
    const solved = events.filter((event) => event.type === 'ties');
    const led = (from: number, to: number) => solved.filter(({ time }) => time > from && time < to);
    expect(new Set(led(2, 4).map(({ agent }) => agent))).toEqual(new Set([0]));
    expect(new Set(led(10, 13).map(({ agent }) => agent))).toEqual(new Set([1]));
    const ofTheDead = ({ ties }: { readonly ties: Int32Array }) =>
      ties.filter((id, i) => (i % 6 === 0 || i % 6 === 2) && id === 0).length;
    expect(ofTheDead(led(2, 4).at(-1)!)).toBeGreaterThan(0);
    expect(ofTheDead(led(10, 13).at(-1)!)).toBeGreaterThanOrEqual(ofTheDead(led(2, 4).at(-1)!));
  });
});
