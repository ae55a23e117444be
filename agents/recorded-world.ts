import type { SensorPacket } from '../base/sensors.ts';
import type { Body, Link, RadioMessage, RobotProfile, World } from '../base/world.ts';

/** Everything that reached a team's robots: with the same policy it gives the same mission, hash and all. */
export interface WorldRecord {
  readonly tick: number;
  readonly profiles: readonly RobotProfile[];
  readonly steps: {
    /** Mission time after the step. */
    readonly time: number;
    readonly packets: readonly SensorPacket[];
    /** What each robot heard, in the order of asking. */
    readonly heard: readonly (readonly [agent: number, messages: readonly RadioMessage[]])[];
  }[];
}

/** Passes a world through and writes down what crosses. */
export function recordWorld(world: World): { world: World; record: WorldRecord } {
  const record: WorldRecord = {
    tick: world.tick,
    profiles: world.bodies.map(({ profile }) => profile),
    steps: [],
  };
  let heard: [number, RadioMessage[]][] = [];
  const link: Link = {
    send: (from, to, kind, bytes) => world.link.send(from, to, kind, bytes),
    receive(agent) {
      const messages = world.link.receive(agent);
      heard.push([agent, messages]);
      return messages;
    },
    bytesSent: (agent) => world.link.bytesSent(agent),
  };
  const recorded: World = {
    tick: world.tick,
    link,
    get time() {
      return world.time;
    },
    get bodies() {
      return world.bodies;
    },
    async step() {
      const packets = await world.step();
      heard = [];
      record.steps.push({ time: world.time, packets, heard });
      return packets;
    },
  };
  return { world: recorded, record };
}

/** A record as a world: commands and words go nowhere, since what they led to is known already. */
export class RecordedWorld implements World {
  readonly tick: number;
  readonly bodies: readonly Body[];
  readonly link: Link;
  private readonly record: WorldRecord;
  private next = 0;

  constructor(record: WorldRecord) {
    this.record = record;
    this.tick = record.tick;
    this.bodies = record.profiles.map((profile) => ({ profile, drive: () => {} }));
    this.link = {
      send: () => {},
      receive: (agent) => this.heardBy(agent),
      bytesSent: () => new Map(),
    };
  }

  get time(): number {
    return this.next === 0 ? 0 : this.record.steps[this.next - 1].time;
  }

  /** @throws RangeError past the end of the record */
  step(): SensorPacket[] {
    const step = this.record.steps[this.next];
    if (!step) throw new RangeError(`the record ends after ${this.time} s`);
    this.next++;
    return [...step.packets];
  }

  private heardBy(agent: number): RadioMessage[] {
    const { heard } = this.record.steps[this.next - 1];
    return heard.filter(([id]) => id === agent).flatMap(([, messages]) => [...messages]);
  }
}
