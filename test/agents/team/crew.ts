import type { LedgerEntry } from '../../../agents/team/ledger.ts';
import { CHANNELS } from '../../../agents/team/ledger.ts';
import { TeamRadio } from '../../../agents/team/team-radio.ts';
import { CALM, TestLink, type Weather } from './links.ts';

const TICK = 0.1;

/** Robots that only talk: each hears and tells once a tick. */
export class Crew {
  readonly link: TestLink;
  readonly radios: readonly TeamRadio[];
  readonly heard: LedgerEntry[][];
  readonly dropped: string[] = [];
  /** Those who have died. */
  readonly dead = new Set<number>();
  time = 0;
  private ticks = 0;

  constructor(size: number, weather: Weather = CALM, seed = 'weather', rate?: number) {
    const team = Array.from({ length: size }, (_, id) => id);
    this.link = new TestLink(team, weather, seed);
    this.radios = team.map((id) => new TeamRadio({ id, team, link: this.link, rate }));
    this.heard = team.map(() => []);
  }

  /** Lets time pass; `act` is what a robot does in a tick between hearing and telling. */
  run(seconds: number, act: (radio: TeamRadio, id: number, time: number) => void = () => {}): void {
    for (let left = Math.round(seconds / TICK); left > 0; left--) {
      this.time = ++this.ticks * TICK;
      this.link.time = this.time;
      this.radios.forEach((radio, id) => {
        const messages = this.link.receive(id);
        if (this.dead.has(id)) return;
        const news = radio.hear(messages, this.time);
        this.heard[id].push(...news.entries);
        this.dropped.push(...news.dropped);
        act(radio, id, this.time);
        radio.tell(this.time);
      });
    }
  }

  /** Entries in a robot's ledger, as far as another has it, or it itself. */
  count(owner: number, by = owner): number {
    return CHANNELS.reduce((sum, channel) => sum + this.radios[by].ledgers.length(owner, channel), 0);
  }

  /** Of whose ledgers a robot lacks something, or has it otherwise than it was written. */
  lacks(by: number, owners: Iterable<number> = this.radios.keys()): number[] {
    return [...owners].filter((owner) => this.written(by, owner) !== this.written(owner, owner));
  }

  private written(by: number, owner: number): string {
    const { ledgers } = this.radios[by];
    return CHANNELS.flatMap((channel) =>
      Array.from({ length: ledgers.length(owner, channel) }, (_, i) =>
        ledgers.bytes(owner, channel, i).join(),
      ),
    ).join(';');
  }
}
