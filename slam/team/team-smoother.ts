import { planarPose, yawOf } from '../../base/se3.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { CalibrationSigmas, PlanarPose, Subject } from './colocaliser.ts';
import { type DrivenRobot, DrivenWay, type Moment, planar } from './driven-way.ts';
import { placeOf, type RangeBearing, type RangeBearingNoise } from './range-bearing.ts';
import type { TeamSolution } from './solution.ts';
import { TeamGraph } from './team-graph.ts';
import { CALIBRATION_SIZE, IDEAL_WHEELS, type WheelNoise } from './wheel-increment.ts';

/** Something seen on the way. */
export interface PastSighting extends RangeBearing {
  readonly time: number;
  readonly observer: number;
  readonly subject: Subject;
  /** Where both were thought to be, having seen it: the observer, and the teammate if it is one. */
  readonly thought: readonly [observer: PlanarPose, peer?: PlanarPose];
}

export interface SmootherOptions {
  readonly kernels: Pick<Kernels, 'sparse'>;
  readonly wheels: WheelNoise;
  readonly delay: number;
  readonly calibration: CalibrationSigmas;
  readonly startSigma: { readonly position: number; readonly yaw: number };
  readonly sightings: RangeBearingNoise;
}

/** Where a team was, in hindsight: one solve of its joint graph over everything it drove and saw. Robots are numbered as listed. */
export class TeamSmoother {
  private readonly ways: readonly DrivenWay[];
  private readonly solution: TeamSolution;

  constructor(
    robots: readonly DrivenRobot[],
    sightings: readonly PastSighting[],
    { kernels, wheels, delay, calibration, startSigma, sightings: noise }: SmootherOptions,
  ) {
    const moments = robots.map((): Moment[] => []);
    for (const { time, observer, subject, thought } of sightings) {
      moments[observer].push({ time, pose: thought[0] });
      if ('robot' in subject && thought[1]) moments[subject.robot].push({ time, pose: thought[1] });
    }
    this.ways = robots.map((robot, i) => new DrivenWay(robot, moments[i], wheels, delay));
    const graph = new TeamGraph({ kernels, manifold: 'se2' });
    const make = IDEAL_WHEELS.map((_, k) => mean(robots.map((robot) => robot.calibration[k])));
    this.ways.forEach((way, agent) => {
      way.addTo(graph, agent);
      const { position, yaw } = startSigma;
      const covariance = planar([position * position, 0, 0, 0, position * position, 0, 0, 0, yaw * yaw]);
      graph.addPrior({ agent, teamFromBody: planarPose(...robots[agent].start), covariance });
      graph.addCalibration({ agent, ...priorOf(robots[agent].calibration, make, calibration.own) });
    });
    this.addSightings(graph, sightings, noise);
    this.solution = graph.solve({ asTold: true });
  }

  /** x, y, yaw of a robot at times that rise, 3 each. */
  posesAt(robot: number, times: Float64Array): Float64Array {
    const way = this.ways[robot];
    const nodes = Array.from(way.times, (_, index) => {
      const pose = this.solution.poseOf({ agent: robot, index })!;
      return [pose[0], pose[1], yawOf(pose)] as const;
    });
    return way.blend(nodes, times, this.calibrationOf(robot));
  }

  /** What is known in hindsight of a robot's wheels, by `CALIBRATION`. */
  calibrationOf(robot: number): Float64Array {
    const { values } = this.solution.calibrationOf(robot)!;
    const { calibration } = this.ways[robot].robot;
    return values.map((value, k) => calibration[k] + value);
  }

  private addSightings(graph: TeamGraph, sightings: readonly PastSighting[], noise: RangeBearingNoise): void {
    const landmarks = new Map<string, number>();
    const edges = sightings.map(({ time, observer, subject, thought, range, bearing }) => {
      const here = this.ways[observer].near(time);
      const [x, y, yaw] = here.nodeFromThen;
      const place = placeOf({ range, bearing: bearing + yaw }, noise);
      let [px, py] = [x + place.x, y + place.y];
      let to = { agent: 0, index: 0 };
      if ('robot' in subject) {
        // What is seen is the teammate then; the edge leads to its node.
        const there = this.ways[subject.robot].near(time);
        const [dx, dy, dyaw] = there.nodeFromThen;
        const turned = yaw + (thought[1]?.[2] ?? 0) - thought[0][2] - dyaw;
        px -= Math.cos(turned) * dx - Math.sin(turned) * dy;
        py -= Math.sin(turned) * dx + Math.cos(turned) * dy;
        to = { agent: subject.robot, index: there.index };
      } else {
        const key = `${subject.x} ${subject.y}`;
        const number = landmarks.get(key) ?? landmarks.size;
        to = { agent: this.ways.length + number, index: 0 };
        if (!landmarks.has(key)) graph.addLandmark(to, planarPose(subject.x, subject.y, 0));
        landmarks.set(key, number);
      }
      return {
        kind: 'sighting' as const,
        from: { agent: observer, index: here.index },
        to,
        fromFromTo: planarPose(px, py, 0),
        covariance: place.covariance,
      };
    });
    edges.sort((a, b) => a.from.agent - b.from.agent || a.from.index - b.from.index);
    for (const edge of edges) graph.addEdge(edge);
  }
}

/** Of what is still to be added to a robot's calibration, if it differs from that of its make by `sigmas`. */
function priorOf(calibration: ArrayLike<number>, make: readonly number[], sigmas: readonly number[]) {
  const covariance = new Float64Array(CALIBRATION_SIZE * CALIBRATION_SIZE);
  sigmas.forEach((sigma, k) => {
    covariance[k * (CALIBRATION_SIZE + 1)] = sigma * sigma;
  });
  return { mean: Float64Array.from(make, (value, k) => value - calibration[k]), covariance };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
