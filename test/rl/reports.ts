import { type AgentReport, type AllocationView, type Task, UNKNOWN_HEALTH } from '../../base/allocation.ts';

export const map: Task = { kind: 'map' };
export const observe = (peer: number): Task => ({ kind: 'observe', peer });

/** Well localised at x on a line, with much left to explore, at 100 s. */
export function report(agent: number, x: number, more: Partial<AgentReport> = {}): AgentReport {
  return {
    agent,
    time: 100,
    state: 'tracking',
    x,
    y: 0,
    yaw: 0,
    positionSigma: 0.05,
    trackedShare: 1,
    inliers: 100,
    keyframes: 1,
    mapPoints: 1,
    frontier: 20,
    task: map,
    taskAge: 0,
    distanceLeft: Number.NaN,
    health: UNKNOWN_HEALTH,
    ...more,
  };
}

export function viewOf(
  self: AgentReport,
  peers: readonly AgentReport[],
  more: Partial<AllocationView> = {},
): AllocationView {
  return { time: self.time, remaining: 200, self, peers, pairs: [], budgetLeft: Infinity, ...more };
}

/** What each of a team sees when all have heard all. */
export function viewsOf(team: readonly AgentReport[], more: Partial<AllocationView> = {}): AllocationView[] {
  return team.map((self) =>
    viewOf(
      self,
      team.filter((peer) => peer !== self),
      more,
    ),
  );
}

/** Of who last saw whom, and when. */
export function seen(observer: number, peer: number, sinceSeen: number) {
  const { NaN: unknown } = Number;
  return {
    observer,
    peer,
    distance: unknown,
    bearing: unknown,
    distanceSigma: unknown,
    bearingSigma: unknown,
    sharedPoints: unknown,
    lineOfSight: unknown,
    sinceSeen,
    link: unknown,
  };
}
