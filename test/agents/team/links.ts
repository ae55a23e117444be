import { Random } from '../../../base/random.ts';
import type { Link, RadioMessage } from '../../../base/world.ts';

export interface Weather {
  /** Chance that a message is lost, or arrives twice. */
  readonly loss: number;
  readonly doubling: number;
  /** Seconds: uniform between; messages overtake each other. */
  readonly delay: readonly [number, number];
}

export const CALM: Weather = { loss: 0, doubling: 0, delay: [0.02, 0.08] };
export const STORM: Weather = { loss: 0.3, doubling: 0.2, delay: [0.02, 1.5] };

/** A radio that loses, delays, doubles and reorders, and in which a test says who hears whom. */
export class TestLink implements Link {
  time = 0;
  weather: Weather;
  /** Whether `to` hears `from`. */
  reaches: (from: number, to: number) => boolean = () => true;
  /** What a test does to bytes on their way. */
  spoil: (message: RadioMessage) => RadioMessage = (message) => message;
  private readonly team: readonly number[];
  private readonly random: Random;
  private readonly sent = new Map<number, Map<string, number>>();
  private arrivals: { to: number; at: number; message: RadioMessage }[] = [];

  constructor(team: readonly number[], weather: Weather = CALM, seed = 'weather') {
    this.team = team;
    this.weather = weather;
    this.random = new Random(seed);
  }

  send(from: number, to: number | 'all', kind: string, bytes: Uint8Array): void {
    const counts = this.sent.get(from) ?? new Map<string, number>();
    this.sent.set(from, counts.set(kind, (counts.get(kind) ?? 0) + bytes.length));
    const { loss, doubling, delay } = this.weather;
    for (const receiver of this.team) {
      if (receiver === from || !(to === 'all' || to === receiver) || !this.reaches(from, receiver)) continue;
      const times = this.random.chance(doubling) ? 2 : 1;
      for (let i = 0; i < times; i++) {
        if (this.random.chance(loss)) continue;
        const message = this.spoil({ from, kind, bytes: bytes.slice() });
        this.arrivals.push({ to: receiver, at: this.time + this.random.uniform(...delay), message });
      }
    }
  }

  receive(agent: number): RadioMessage[] {
    const due = this.arrivals.filter(({ to, at }) => to === agent && at <= this.time);
    this.arrivals = this.arrivals.filter(({ to, at }) => to !== agent || at > this.time);
    return due.sort((a, b) => a.at - b.at).map(({ message }) => message);
  }

  bytesSent(agent: number): ReadonlyMap<string, number> {
    return this.sent.get(agent) ?? new Map();
  }

  total(agent: number): number {
    return [...this.bytesSent(agent).values()].reduce((sum, bytes) => sum + bytes, 0);
  }
}
