import type { Agent } from '../agents/agent.ts';
import {
  type FusedPoints,
  fusePoints,
  type PointPairs,
  type RobotPoints,
} from '../slam/team/fused-points.ts';

/** The map points of a whole team: what several robots recognised as one is there once. */
export function teamMap(agents: readonly Agent[]): FusedPoints {
  return fusePoints(agents.map(pointsOf), agents.flatMap(pairsOf));
}

function pointsOf({ profile, slam }: Agent): RobotPoints {
  const points = [...slam.map.points()];
  return {
    agent: profile.id,
    ids: Int32Array.from(points, ({ id }) => id),
    positions: slam.map.pointPositions(),
    weights: Float64Array.from(points, ({ observers }) => observers.size),
  };
}

function pairsOf({ profile, teamwork }: Agent): PointPairs[] {
  return [...teamwork.sharedPoints].map(([peer, ids]) => ({
    a: profile.id,
    b: peer,
    ids: Int32Array.from(ids),
  }));
}
