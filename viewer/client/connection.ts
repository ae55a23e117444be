import { decodeBatch } from '../messages/codec.ts';
import type { Envelope, TelemetryMessage } from '../messages/types.ts';

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5000;

export type ConnectionStatus = 'connecting' | 'live' | 'broken';

/**
 * The telemetry stream, for as long as the page is open: connects again whenever the connection breaks, or when the
 * stream turns out to have a gap, and the snapshot that every connection begins with puts things right.
 */
export class Connection {
  status: ConnectionStatus = 'connecting';
  private readonly url: string;
  private readonly receive: (message: TelemetryMessage) => void;
  private retryMs = FIRST_RETRY_MS;
  private sequence = 0;

  constructor(url: string, receive: (message: TelemetryMessage) => void) {
    this.url = url;
    this.receive = receive;
    this.open();
  }

  private open(): void {
    const socket = new WebSocket(this.url);
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => {
      try {
        for (const envelope of decodeBatch(new Uint8Array(data))) this.take(envelope);
      } catch (error) {
        console.warn('the telemetry stream is unreadable; connecting again', error);
        socket.close();
      }
    };
    socket.onclose = () => {
      this.status = 'broken';
      setTimeout(() => this.open(), this.retryMs);
      this.retryMs = Math.min(2 * this.retryMs, LONGEST_RETRY_MS);
    };
  }

  private take({ sequence, event }: Envelope): void {
    const isDelta = this.status === 'live' && event.type !== 'reset';
    if (isDelta && sequence !== this.sequence + 1) throw new Error(`gap: ${sequence} after ${this.sequence}`);
    this.sequence = sequence;
    if (event.type === 'reset') this.status = 'connecting';
    if (event.type === 'live') {
      this.status = 'live';
      this.retryMs = FIRST_RETRY_MS;
    }
    this.receive(event);
  }
}
