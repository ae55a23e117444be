import {
  type AgentReport,
  type AllocationView,
  type PairView,
  type SlamHealth,
  UNKNOWN_HEALTH,
} from '../../../base/allocation.ts';

export function report(
  agent: number,
  changes: Partial<AgentReport> = {},
  health: Partial<SlamHealth> = {},
): AgentReport {
  return {
    agent,
    time: 100,
    state: 'tracking',
    x: 0,
    y: 0,
    yaw: 0,
    positionSigma: 0.1,
    trackedShare: 0.5,
    inliers: 80,
    keyframes: 10,
    mapPoints: 1000,
    frontier: 5,
    task: { kind: 'map' },
    taskAge: 3,
    distanceLeft: Number.NaN,
    health: { ...UNKNOWN_HEALTH, ...health },
    ...changes,
  };
}

export function pair(observer: number, peer: number, changes: Partial<PairView> = {}): PairView {
  const unknown = Number.NaN;
  return {
    observer,
    peer,
    distance: unknown,
    bearing: unknown,
    distanceSigma: unknown,
    bearingSigma: unknown,
    sharedPoints: unknown,
    lineOfSight: unknown,
    sinceSeen: unknown,
    link: unknown,
    ...changes,
  };
}

export function view(
  self: AgentReport,
  peers: readonly AgentReport[],
  changes: Partial<AllocationView> = {},
): AllocationView {
  return { time: 100, remaining: 100, self, peers, pairs: [], budgetLeft: 50, ...changes };
}

export const observing = (peer: number) => ({ task: { kind: 'observe', peer } as const });
