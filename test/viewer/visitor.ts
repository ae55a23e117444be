import { WebSocket } from 'ws';
import { decodeBatch } from '../../viewer/messages/codec.ts';
import type { Envelope, TelemetryMessage } from '../../viewer/messages/types.ts';
import { KeyedRows } from '../../viewer/state/keyed-rows.ts';

/** A page without a screen: keeps what it is sent since the last `reset`, and the maps that make up of it. */
export class Visitor {
  readonly socket: WebSocket;
  envelopes: Envelope[] = [];
  resets = 0;
  private points = new Map<number, KeyedRows>();
  private waiting: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (bytes: Buffer) => this.take(bytes));
  }

  static async of(url: string): Promise<Visitor> {
    const visitor = new Visitor(new WebSocket(`${url.replace('http', 'ws')}/telemetry`));
    await visitor.until((messages) => messages.at(-1)?.type === 'live');
    return visitor;
  }

  get messages(): TelemetryMessage[] {
    return this.envelopes.map(({ event }) => event);
  }

  /** Resolves once what was received since the last `reset` satisfies the condition. */
  async until(condition: (messages: TelemetryMessage[]) => boolean): Promise<void> {
    while (!condition(this.messages)) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Positions of an agent's points, by rising id: `id: x y z`. */
  map(agent: number): string[] {
    const { ids, values } = this.points.get(agent)?.copy() ?? {
      ids: new Int32Array(0),
      values: new Float32Array(0),
    };
    return [...ids].map((id, i) => `${id}: ${values.slice(3 * i, 3 * i + 3).join(' ')}`).sort();
  }

  private take(bytes: Buffer): void {
    for (const envelope of decodeBatch(bytes)) {
      if (envelope.event.type === 'reset') this.forget();
      this.envelopes.push(envelope);
      if (envelope.event.type === 'map') this.follow(envelope.event.agent, envelope.event.changes);
    }
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private forget(): void {
    this.resets++;
    this.envelopes = [];
    this.points = new Map();
  }

  private follow(agent: number, changes: Extract<TelemetryMessage, { type: 'map' }>['changes']): void {
    const rows = this.points.get(agent) ?? new KeyedRows(3);
    this.points.set(agent, rows);
    for (const { ids, positions } of [changes.pointsAdded, changes.pointsMoved])
      for (let i = 0; i < ids.length; i++) rows.set(ids[i], positions, 3 * i);
    for (const id of changes.pointsRemoved) rows.delete(id);
  }
}
