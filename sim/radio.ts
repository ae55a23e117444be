import type { Random } from '../base/random.ts';
import type { Link, RadioMessage } from '../base/world.ts';
import { BoxGrid } from './geometry/box-grid.ts';
import type { Cylinder } from './geometry/obstacles.ts';
import type { RadioOptions } from './options.ts';
import type { Scene } from './scene.ts';

/** Seconds of traffic a sender holds back before it drops what does not fit any more. */
const BACKLOG = 5;

interface Transmission {
  readonly to: number | 'all';
  readonly message: RadioMessage;
  /** When its last byte leaves the antenna, seconds. */
  readonly sentAt: number;
}

interface Arrival {
  readonly time: number;
  readonly order: number;
  readonly message: RadioMessage;
}

interface Station {
  readonly id: number;
  readonly cylinder: Cylinder;
  readonly random: Random;
  readonly outbox: Transmission[];
  readonly inbox: Arrival[];
  readonly sent: Map<string, number>;
  busyUntil: number;
}

/**
 * The radio between robots. A sender's bytes leave one message after the other at its bandwidth; who is in reach when a
 * message has left gets it after a delay, unless it is lost: surely not beside the sender, with `loss` at the edge of the
 * range. Walls between two robots cost range. Messages arrive by time, then in the order they left.
 */
export class Radio implements Link {
  private readonly options: RadioOptions;
  private readonly stations = new Map<number, Station>();
  private readonly walls: BoxGrid;
  private time = 0;
  private order = 0;

  constructor(
    options: RadioOptions,
    scene: Scene,
    robots: readonly { readonly id: number; readonly cylinder: Cylinder }[],
    random: Random,
  ) {
    this.options = options;
    const walls = scene.solids.filter((s) => s.kind === 'wall' && s.z - s.hz < ANTENNA_HEIGHT);
    this.walls = new BoxGrid(walls, scene.bounds);
    for (const { id, cylinder } of robots) {
      this.stations.set(id, {
        id,
        cylinder,
        random: random.fork(`from${id}`),
        outbox: [],
        inbox: [],
        sent: new Map(),
        busyUntil: 0,
      });
    }
  }

  send(from: number, to: number | 'all', kind: string, bytes: Uint8Array): void {
    const sender = this.station(from);
    if (to !== 'all') this.station(to);
    if (!sender.cylinder.present) return;
    const start = Math.max(this.time, sender.busyUntil);
    if (start - this.time > BACKLOG) return;
    sender.busyUntil = start + bytes.length / this.options.bandwidth;
    sender.sent.set(kind, (sender.sent.get(kind) ?? 0) + bytes.length);
    const message = { from, kind, bytes: bytes.slice() };
    sender.outbox.push({ to, message, sentAt: sender.busyUntil });
  }

  receive(agent: number): RadioMessage[] {
    const { inbox } = this.station(agent);
    const due = inbox.filter(({ time }) => time <= this.time);
    const later = inbox.filter(({ time }) => time > this.time);
    inbox.splice(0, inbox.length, ...later);
    return due.sort((a, b) => a.time - b.time || a.order - b.order).map(({ message }) => message);
  }

  bytesSent(agent: number): ReadonlyMap<string, number> {
    return this.station(agent).sent;
  }

  /** Lets time pass: what has left by now reaches who is in reach now. */
  advance(time: number): void {
    this.time = time;
    for (const sender of this.stations.values()) {
      if (!sender.cylinder.present) sender.outbox.length = 0;
      while (sender.outbox.length > 0 && sender.outbox[0].sentAt <= time)
        this.transmit(sender, sender.outbox.shift()!);
    }
  }

  private transmit(sender: Station, { to, message, sentAt }: Transmission): void {
    const { range, delay, loss } = this.options;
    for (const receiver of this.stations.values()) {
      if (receiver === sender || !(to === 'all' || to === receiver.id)) continue;
      const lossDraw = sender.random.uniform();
      const delayDraw = sender.random.uniform();
      if (!receiver.cylinder.present) continue;
      const share = this.effectiveDistance(sender.cylinder, receiver.cylinder) / range;
      if (share > 1 || lossDraw < loss * share * share) continue;
      receiver.inbox.push({ time: sentAt + delay * (0.5 + delayDraw), order: this.order++, message });
    }
  }

  /** Metres between two robots, with those that walls cost. */
  private effectiveDistance(a: Cylinder, b: Cylinder): number {
    const dx = b.x - a.x;
    const dy = b.y - a.y;
    const walls = this.walls.crossed(a.x, a.y, ANTENNA_HEIGHT, dx, dy, 0);
    return Math.sqrt(dx * dx + dy * dy) + walls * this.options.wallLoss;
  }

  private station(id: number): Station {
    const station = this.stations.get(id);
    if (!station) throw new RangeError(`there is no robot ${id}`);
    return station;
  }
}

const ANTENNA_HEIGHT = 0.4;
