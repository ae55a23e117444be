import type { PeerSighting } from '../../base/sensors.ts';
import type { Teammate } from './contacts.ts';
import { SETTINGS } from './settings.ts';
import { bearingTo, gapTo, type Situation, turnBy, turnLimit, type Wish } from './situation.ts';

const { unsure, near, looks, again, patience } = SETTINGS.meet;
/** What was heard this long ago still counts, seconds. */
const HEARD = 3;

/**
 * What a robot does that a teammate comes to watch: unsure of its pose, it waits for it and looks back. Seen by it and seeing
 * it, the robot learns its heading as exactly as a bearing, and that is what drift in the dark comes from; then it goes
 * on, watched, until it has come so far that it is time to look back again.
 */
export class Meeting {
  private watcher = -1;
  /** Since it last began to look back: sightings of the watcher, seconds waited and metres driven. */
  private looked = 0;
  private waited = 0;
  private driven = Infinity;

  /** Whether a teammate is near enough to see it, or will be shortly. */
  get hasCompany(): boolean {
    return this.watcher >= 0;
  }

  /** Undefined where it need not wait. `began`: it has just stopped to do so. */
  step(
    s: Situation,
    teammates: readonly Teammate[],
    sightings: readonly PeerSighting[],
  ): { wish: Wish; began: boolean } | undefined {
    this.driven += Math.abs(s.odoMoved);
    this.notice(s, teammates);
    const mate = s.contacts.find(this.watcher);
    if (!mate || !Number.isFinite(mate.x) || !isUnsure(s)) return undefined;
    const began = this.driven >= again;
    if (began) this.begin();
    if (this.looked >= looks || this.waited >= patience) return undefined;
    this.waited += s.dt;
    if (sightings.some(({ peer }) => peer === this.watcher)) this.looked++;
    return { wish: turnBy(bearingTo(s, mate.x, mate.y), turnLimit(s)), began };
  }

  /** Whom it is watched by: the nearest, who is near enough to be waited for. */
  private notice(s: Situation, teammates: readonly Teammate[]): void {
    this.watcher = -1;
    let least: number = near;
    for (const { agent, task, time, x, y } of teammates) {
      if (task?.kind !== 'observe' || task.peer !== s.profile.id || s.time - time > HEARD) continue;
      const gap = gapTo(s, x, y);
      if (gap >= least) continue;
      least = gap;
      this.watcher = agent;
    }
  }

  private begin(): void {
    this.looked = 0;
    this.waited = 0;
    this.driven = 0;
  }
}

function isUnsure(s: Situation): boolean {
  return s.state === 'blind' || (s.state === 'tracking' && s.sigma > unsure);
}
