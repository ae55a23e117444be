import { SETTINGS } from '../../agents/navigator/settings.ts';
import type { Word } from './words.ts';

const { near, again, looks, patience } = SETTINGS.meet;
/** What was heard this long ago still counts, seconds. */
const HEARD = 3;
/** Seconds of looking that `looks` sightings take, ten a second. */
const LOOKING = looks / 10;

/** What a robot does that a teammate comes to watch, as the navigator does it: unsure of its pose, it waits and looks back. */
export class Meeting {
  /** Whom it is watched by, from near enough to be waited for; undefined: nobody. */
  watcher?: Word;
  private looked = 0;
  private waited = 0;
  private driven = Infinity;

  /** @returns whether to look back at the watcher now @param seconds and @param metres since the last step @param sees whether it sees the watcher */
  step(
    self: { agent: number; x: number; y: number },
    words: readonly Word[],
    time: number,
    isUnsure: boolean,
  ): boolean {
    this.watcher = nearestWatcher(self, words, time);
    if (!this.watcher || !isUnsure) return false;
    if (this.driven >= again) this.looked = this.waited = this.driven = 0;
    return this.looked < LOOKING && this.waited < patience;
  }

  /** Takes in a tick spent. */
  spend(seconds: number, metres: number, isLookingBack: boolean, seesWatcher: boolean): void {
    this.driven += metres;
    if (!isLookingBack) return;
    this.waited += seconds;
    if (seesWatcher) this.looked += seconds;
  }
}

function nearestWatcher(
  self: { agent: number; x: number; y: number },
  words: readonly Word[],
  time: number,
): Word | undefined {
  let found: Word | undefined;
  let least: number = near;
  for (const word of words) {
    const { task, time: told } = word.report;
    if (task.kind !== 'observe' || task.peer !== self.agent || time - told > HEARD) continue;
    const gap = Math.hypot(word.x - self.x, word.y - self.y);
    if (gap >= least) continue;
    least = gap;
    found = word;
  }
  return found;
}
