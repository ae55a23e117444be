import { Random } from '../../base/random.ts';
import { between, compose, distance, exp, type Pose, planarPose } from '../../base/se3.ts';
import type { EdgeKind, NodeRef, StartPrior, TeamEdge, TeamNode } from '../../slam/team/types.ts';

/** A team that drives about in one hall: true trajectories, wheels that drift, and what robots measure of each other. */
export interface SimulatedTeam {
  /** True pose of each robot's nodes. */
  readonly truth: readonly (readonly Pose[])[];
  readonly nodes: readonly TeamNode[];
  readonly chain: readonly TeamEdge[];
  /** Sightings and places, in the order of time. */
  readonly between: readonly TeamEdge[];
  readonly starts: readonly StartPrior[];
}

export interface TeamShape {
  readonly robots: number;
  /** Nodes a robot. */
  readonly length: number;
  /** How likely a robot that could be seen is seen, each second. */
  readonly sightingShare: number;
  readonly placeShare: number;
}

export const FOUR_ROBOTS: TeamShape = { robots: 4, length: 200, sightingShare: 0.3, placeShare: 0.02 };

const HALL = 12;
const STEP_M = 0.5;
const STEP_S = 1;
const SIGHT_M = 6;
const PLACE_M = 1.5;
/** Wheels: of the way, and radians a metre and a radian turned. */
const SLIP = 0.03;
const TURN_PER_METRE = 0.02;
const TURN_PER_RADIAN = 0.03;
const FLOOR = [0.002, 0.002] as const;
export const PLACE_SIGMAS = [0.05, 0.05, 0.05, 0.02, 0.02, 0.03];
const START_SIGMAS = [0.02, 0.02, 0.02, 0.01, 0.01, 0.01];

/** @param seed of everything in it */
export function simulateTeam(seed: string, shape: TeamShape = FOUR_ROBOTS): SimulatedTeam {
  const random = new Random(`team/${seed}`);
  const truth = Array.from({ length: shape.robots }, (_, agent) =>
    drive(random.fork(`way ${agent}`), shape.length),
  );
  const nodes: TeamNode[] = [];
  const chain: TeamEdge[] = [];
  truth.forEach((way, agent) => {
    const noise = random.fork(`wheels ${agent}`);
    let believed = planarPose(0, 0, 0);
    way.forEach((pose, index) => {
      if (index > 0) {
        const step = between(way[index - 1], pose);
        const edge = measure(
          'wheels',
          { agent, index: index - 1 },
          { agent, index },
          step,
          wheelSigmas(step),
          noise,
        );
        chain.push(edge);
        believed = compose(believed, edge.fromFromTo);
      }
      nodes.push({ agent, index, time: index * STEP_S, keyframe: index, worldFromBody: believed });
    });
  });
  return {
    truth,
    nodes,
    chain,
    between: meetings(truth, shape, random.fork('meetings')),
    starts: startsOf(truth, random),
  };
}

/** What the sensor would say of a pose: it and noise, and how much noise. */
export function measure(
  kind: EdgeKind,
  from: NodeRef,
  to: NodeRef,
  fromFromTo: Pose,
  sigmas: readonly number[],
  random: Random,
): TeamEdge {
  const covariance = new Float64Array(36);
  sigmas.forEach((sigma, i) => {
    covariance[7 * i] = sigma * sigma;
  });
  const noise = exp(sigmas.map((sigma) => random.normal(sigma)));
  return { kind, from, to, fromFromTo: compose(fromFromTo, noise), covariance };
}

export function sightingSigmas(bodyFromPeer: Pose): number[] {
  const range = Math.sqrt(bodyFromPeer[0] * bodyFromPeer[0] + bodyFromPeer[1] * bodyFromPeer[1]);
  const place = 0.02 + 0.015 * range;
  return [place, place, 0.02, 0.03, 0.03, 0.05];
}

/** From one random place to the next, turning on the spot in between. */
function drive(random: Random, length: number): Pose[] {
  let [x, y, yaw] = [random.uniform(0, HALL), random.uniform(0, HALL), random.uniform(-3, 3)];
  const way = [planarPose(x, y, yaw)];
  let goal = [x, y];
  while (way.length < length) {
    while (Math.hypot(goal[0] - x, goal[1] - y) < STEP_M)
      goal = [random.uniform(0, HALL), random.uniform(0, HALL)];
    const turn = Math.atan2(goal[1] - y, goal[0] - x) - yaw;
    const wrapped = Math.atan2(Math.sin(turn), Math.cos(turn));
    if (Math.abs(wrapped) > 0.6) yaw += 0.6 * Math.sign(wrapped);
    else {
      yaw += wrapped;
      x += STEP_M * Math.cos(yaw);
      y += STEP_M * Math.sin(yaw);
    }
    way.push(planarPose(x, y, yaw));
  }
  return way;
}

function wheelSigmas(step: Pose): number[] {
  const way = Math.hypot(step[0], step[1]);
  const turned = 2 * Math.atan2(Math.abs(step[5]), Math.abs(step[6]));
  const heading = FLOOR[1] + TURN_PER_METRE * way + TURN_PER_RADIAN * turned;
  return [FLOOR[0] + SLIP * way, FLOOR[0] + 0.5 * SLIP * way, 0.001, 0.001, 0.001, heading];
}

function meetings(truth: readonly (readonly Pose[])[], shape: TeamShape, random: Random): TeamEdge[] {
  const edges: TeamEdge[] = [];
  for (let time = 0; time < shape.length; time++) {
    for (let from = 0; from < truth.length; from++) {
      const here = truth[from][time];
      for (let to = 0; to < truth.length; to++) {
        if (to === from) continue;
        const seen = between(here, truth[to][time]);
        const inView = seen[0] > 0.5 && Math.abs(seen[1]) < 0.6 * seen[0];
        if (inView && distance(here, truth[to][time]) < SIGHT_M && random.chance(shape.sightingShare))
          edges.push(
            measure(
              'sighting',
              { agent: from, index: time },
              { agent: to, index: time },
              seen,
              sightingSigmas(seen),
              random,
            ),
          );
        for (let before = 0; before < time; before++) {
          const place = between(truth[to][before], here);
          const alike = distance(here, truth[to][before]) < PLACE_M && Math.abs(place[5]) < 0.2;
          if (alike && random.chance(shape.placeShare))
            edges.push(
              measure(
                'place',
                { agent: to, index: before },
                { agent: from, index: time },
                place,
                PLACE_SIGMAS,
                random,
              ),
            );
        }
      }
    }
  }
  return edges;
}

function startsOf(truth: readonly (readonly Pose[])[], random: Random): StartPrior[] {
  const noise = random.fork('starts');
  return truth.map((way, agent) => {
    const node = { agent, index: 0 };
    const { fromFromTo, covariance } = measure('wheels', node, node, way[0], START_SIGMAS, noise);
    return { agent, teamFromBody: fromFromTo, covariance };
  });
}
