import { SETTINGS } from '../../agents/navigator/settings.ts';
import type { AgentReport } from '../../base/allocation.ts';

const { claimRange, claimAge } = SETTINGS.explore;

/** What a robot tells by radio. */
export interface Word {
  readonly report: AgentReport;
  /** Where it believes to be, and where it is going to explore: scene frame, metres. */
  readonly x: number;
  readonly y: number;
  readonly claim?: readonly [number, number];
}

/** 0…1: how little a place is already somebody else's to explore, as the navigator has it. */
export function interestLeft(words: readonly Word[], x: number, y: number, time: number): number {
  let left = 1;
  for (const word of words) {
    if (time - word.report.time > claimAge) continue;
    const [cx, cy] = word.claim ?? [word.x, word.y];
    const distance = Math.sqrt((x - cx) * (x - cx) + (y - cy) * (y - cy));
    const range = word.claim ? claimRange : claimRange / 2;
    left *= Math.min(1, 0.1 + (0.9 * distance) / range);
  }
  return left;
}

/** Metres from a point to the nearest place a teammate is going to explore; Infinity where none is. */
export function nearestClaim(words: readonly Word[], x: number, y: number, time: number): number {
  let least = Infinity;
  for (const { claim, report } of words) {
    if (!claim || time - report.time > claimAge) continue;
    least = Math.min(least, Math.sqrt((x - claim[0]) * (x - claim[0]) + (y - claim[1]) * (y - claim[1])));
  }
  return least;
}
