import type { AgentReport, PairView } from '../base/allocation.ts';
import { wrapAngle } from '../base/se3.ts';

/** What one robot knows of two of its team beyond what they report; NaN: not known. */
export interface PairKnowledge {
  /** Map points that its own map and a teammate's both hold. */
  sharedPoints(peer: number): number;
  /** Seconds since one last saw the other, as far as it was told. */
  sinceSeen(observer: number, peer: number): number;
  /** Share of a teammate's reports that came through lately. */
  link(peer: number): number;
  /** As `PairView.lineOfSight`, between two points, metres. */
  lineOfSight(x0: number, y0: number, x1: number, y1: number): number;
}

/** What one robot believes of each ordered pair of its team, leaving out those of which it knows nothing. */
export function pairsOf(
  self: AgentReport,
  peers: readonly AgentReport[],
  knowledge: PairKnowledge,
): PairView[] {
  const team = [self, ...peers].sort((a, b) => a.agent - b.agent);
  const pairs = team.flatMap((observer) =>
    team.filter((peer) => peer !== observer).map((peer) => pairOf(observer, peer, self, knowledge)),
  );
  return pairs.filter(({ observer: _, peer: __, ...known }) => Object.values(known).some(Number.isFinite));
}

function pairOf(
  observer: AgentReport,
  peer: AgentReport,
  self: AgentReport,
  knowledge: PairKnowledge,
): PairView {
  const [dx, dy] = [peer.x - observer.x, peer.y - observer.y];
  const distance = Math.sqrt(dx * dx + dy * dy);
  const variance = varianceOf(observer, self.time) + varianceOf(peer, self.time);
  const distanceSigma = Number.isNaN(distance) ? distance : Math.sqrt(variance);
  const other = observer === self ? peer : observer;
  return {
    observer: observer.agent,
    peer: peer.agent,
    distance,
    bearing: wrapAngle(Math.atan2(dy, dx) - observer.yaw),
    distanceSigma,
    bearingSigma: Math.atan2(distanceSigma, distance),
    sharedPoints: isOwn(observer, peer, self) ? knowledge.sharedPoints(other.agent) : Number.NaN,
    lineOfSight: Number.isNaN(distance)
      ? Number.NaN
      : knowledge.lineOfSight(observer.x, observer.y, peer.x, peer.y),
    sinceSeen: knowledge.sinceSeen(observer.agent, peer.agent),
    link: observer === self ? knowledge.link(peer.agent) : Number.NaN,
  };
}

function isOwn(observer: AgentReport, peer: AgentReport, self: AgentReport): boolean {
  return observer === self || peer === self;
}

/** m², of where a robot is along one direction: since it told, it may have driven on. */
function varianceOf({ positionSigma, time, health }: AgentReport, now: number): number {
  const driven = (Number.isNaN(health.speed) ? 0 : health.speed) * Math.max(0, now - time);
  return positionSigma * positionSigma + driven * driven;
}
