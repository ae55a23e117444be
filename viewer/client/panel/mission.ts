import type { EndEvent, StartEvent } from '../../../agents/events.ts';
import type { TelemetryMessage } from '../../messages/types.ts';
import type { ConnectionStatus } from '../connection.ts';
import { byId, clock, element, setText } from './dom.ts';

/** Seconds over which the real-time factor is measured. */
const WINDOW = 3;
const ENDS: Readonly<Record<EndEvent['reason'], string>> = {
  finished: 'finished',
  stopped: 'stopped early',
  failed: 'failed',
};

/** The plate on top: which mission it is, how far along and how fast, and whether the page is connected. */
export class MissionPlate {
  time = 0;
  private start?: StartEvent;
  private end?: EndEvent;
  private live = false;
  /** Wall and mission time, seconds, over the last moments. */
  private readonly pace: { wall: number; mission: number }[] = [];
  private readonly title = element('h1', '', 'peerslam');
  private readonly facts = element('p', 'facts');
  private readonly clock = element('strong', 'time', '0:00');
  private readonly duration = element('span', 'duration');
  private readonly factor = element('span', 'factor');
  private readonly progress = element('div', 'progress', [element('i')]);
  private readonly connection = element('p', 'connection');

  constructor() {
    const clockLine = element('p', 'clock', [this.clock, this.duration, this.factor]);
    byId('mission').append(this.title, this.facts, clockLine, this.progress, this.connection);
  }

  apply(message: TelemetryMessage): void {
    this.time = message.time;
    if (message.type === 'reset' || message.type === 'start') {
      this.start = message.type === 'start' ? message : undefined;
      this.end = undefined;
      this.live = message.type === 'start' && this.live;
      this.pace.length = 0;
    }
    if (message.type === 'live') this.live = true;
    if (message.type === 'end') this.end = message;
  }

  update(now: number, status: ConnectionStatus): void {
    if (this.live && !this.end) this.measure(now);
    setText(
      this.facts,
      this.start
        ? `${this.start.scenario} · ${this.start.policy} · seed ${this.start.seed}`
        : 'waiting for a mission',
    );
    setText(this.clock, clock(this.time));
    const duration = this.start?.duration ?? 0;
    setText(this.duration, duration > 0 ? ` / ${clock(duration)}` : '');
    setText(this.factor, this.factorText());
    const share = duration > 0 ? Math.min(1, this.time / duration) : 0;
    (this.progress.firstChild as HTMLElement).style.transform = `scaleX(${share.toFixed(4)})`;
    this.showConnection(status);
  }

  private measure(now: number): void {
    this.pace.push({ wall: now, mission: this.time });
    while (this.pace[0].wall < now - WINDOW) this.pace.shift();
  }

  private factorText(): string {
    if (this.end || this.pace.length < 10) return '';
    const first = this.pace[0];
    const last = this.pace[this.pace.length - 1];
    const factor = (last.mission - first.mission) / (last.wall - first.wall);
    return factor < 0.05 ? '' : `${factor.toFixed(1)}× real time`;
  }

  private showConnection(status: ConnectionStatus): void {
    const ended = this.end ? `mission ${ENDS[this.end.reason]}` : undefined;
    const words: Readonly<Record<ConnectionStatus, string>> = {
      connecting: 'connecting…',
      live: ended ?? 'live',
      broken: ended ? `${ended} · viewer closed` : 'connection lost, trying again…',
    };
    this.connection.dataset.status = ended ? 'ended' : status;
    setText(this.connection, words[status]);
  }
}
