import type { AgentReport, PairView } from '../../base/allocation.ts';
import { watches } from '../observation/watching.ts';

/** Sightings start at about this distance, and a way with corners is longer than a straight line: metres and a share. */
const SIGHT = 4;
const DETOUR = 1.5;
/** Speed on the way, m/s. */
const SPEED = 0.5;
/** What starting, turning and watching take, seconds. */
export const WATCH_S = 8;

/** Seconds until a robot sees another if it goes to watch it, as far as is known; NaN where nobody knows the way. */
export function travelTime(observer: AgentReport, peer: AgentReport, pair: PairView | undefined): number {
  if (watches(observer, peer) && observer.distanceLeft >= 0) return observer.distanceLeft / SPEED;
  const told = pair?.distance ?? Number.NaN;
  const gap = told >= 0 ? told : Math.hypot(observer.x - peer.x, observer.y - peer.y);
  const sight = pair?.lineOfSight ?? Number.NaN;
  const hidden = sight >= 0 ? 1 - sight : 0.5;
  // What stands in between must be gone around even by who is near enough.
  const straight = Math.max(0, gap - SIGHT * (1 - hidden));
  return ((1 + (DETOUR - 1) * 2 * Math.min(hidden, 0.5)) * straight) / SPEED;
}
