import { WebSocket } from 'ws';
import type { MissionEvent } from '../agents/events.ts';
import { encode } from './messages/codec.ts';
import type { TelemetryMessage } from './messages/types.ts';
import { MissionState } from './state/mission-state.ts';

/** A batch leaves after this long, or when it is this big: few frames on the wire, and one redraw for many events. */
const BATCH_MS = 33;
const BATCH_BYTES = 256 * 1024;
const HEARTBEAT_MS = 10_000;
const MISSED_HEARTBEATS = 3;
const NO_PIXELS = new Float32Array(0);

interface Client {
  readonly socket: WebSocket;
  /** Bytes that may wait for this client before it is skipped. */
  allowance: number;
  /** It was skipped, so needs a snapshot before it can follow the stream again. */
  behind: boolean;
  heartbeatsMissed: number;
}

/**
 * Brings the events of a mission to any number of pages. Each page gets a snapshot and then the same batches as the
 * others; one that reads too slowly is skipped, and gets a new snapshot once it has read what waits for it: so no queue
 * grows with time, and nobody waits for the slowest. With no page open an event only goes into the state.
 */
export class Broadcast {
  private readonly state = new MissionState();
  private readonly clients = new Set<Client>();
  private readonly maxBacklog: number;
  private sequence = 0;
  private pending: Uint8Array[] = [];
  private pendingBytes = 0;
  private batchTimer?: NodeJS.Timeout;
  private readonly heartbeat: NodeJS.Timeout;

  /** @param maxBacklog bytes that may wait for one client */
  constructor(maxBacklog: number) {
    this.maxBacklog = maxBacklog;
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS).unref();
  }

  get size(): number {
    return this.clients.size;
  }

  /** Bytes that wait in our memory for clients to read them. */
  get backlog(): number {
    let bytes = 0;
    for (const { socket } of this.clients) bytes += socket.bufferedAmount;
    return bytes;
  }

  publish(event: MissionEvent): void {
    this.state.fold(event);
    if (this.clients.size === 0) return;
    const shown = forPage(event);
    if (!shown) return;
    this.sequence++;
    const bytes = encode(shown, this.sequence);
    this.pending.push(bytes);
    this.pendingBytes += bytes.length;
    if (this.pendingBytes >= BATCH_BYTES) this.flush();
    else this.batchTimer ??= setTimeout(() => this.flush(), BATCH_MS);
  }

  /** Takes a connected socket into care: all its events are handled here, and none reaches the mission. */
  add(socket: WebSocket): void {
    this.flush(); // what is pending would come on top of a snapshot that holds it already
    const client: Client = { socket, allowance: this.maxBacklog, behind: false, heartbeatsMissed: 0 };
    this.clients.add(client);
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.clients.delete(client));
    socket.on('message', () => socket.close(1008, 'this viewer takes no messages'));
    socket.on('pong', () => {
      client.heartbeatsMissed = 0;
    });
    this.catchUp(client);
  }

  close(): void {
    this.flush();
    clearInterval(this.heartbeat);
    for (const { socket } of this.clients) socket.close(1001, 'the mission viewer has closed');
  }

  /** Cuts the connections that are left. */
  terminate(): void {
    for (const { socket } of this.clients) socket.terminate();
  }

  private flush(): void {
    clearTimeout(this.batchTimer);
    this.batchTimer = undefined;
    if (this.pendingBytes === 0) return;
    const batch = Buffer.concat(this.pending, this.pendingBytes);
    this.pending = [];
    this.pendingBytes = 0;
    for (const client of this.clients) this.deliver(client, batch);
  }

  private deliver(client: Client, batch: Uint8Array): void {
    if (client.behind) return;
    if (client.socket.bufferedAmount <= client.allowance) this.send(client, batch);
    else client.behind = true;
  }

  private catchUp(client: Client): void {
    const snapshot = Buffer.concat(
      [...this.state.snapshot()].map((message) => encode(message, this.sequence)),
    );
    client.behind = false;
    // A snapshot may by itself be more than the limit; that alone is no reason to take the client for slow.
    client.allowance = this.maxBacklog + snapshot.length;
    this.send(client, snapshot);
  }

  private send(client: Client, bytes: Uint8Array): void {
    if (client.socket.readyState !== WebSocket.OPEN) return;
    client.socket.send(bytes, () => this.drained(client));
  }

  /** Called as the client reads on: once it has read everything, it can follow again. */
  private drained(client: Client): void {
    if (client.socket.bufferedAmount > 0 || client.socket.readyState !== WebSocket.OPEN) return;
    client.allowance = this.maxBacklog;
    if (!client.behind) return;
    this.flush();
    this.catchUp(client);
  }

  private beat(): void {
    for (const client of this.clients) {
      if (client.heartbeatsMissed++ >= MISSED_HEARTBEATS) client.socket.terminate();
      else client.socket.ping();
    }
  }
}

/** What of an event today's page shows; undefined where nothing. */
function forPage(event: MissionEvent): TelemetryMessage | undefined {
  if (event.type === 'scan') return undefined;
  return event.type === 'pose' ? { ...event, trackedPixels: NO_PIXELS } : event;
}
