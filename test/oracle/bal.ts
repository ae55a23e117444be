import { exp, transformPoint } from '../../base/se3.ts';
import type { BalProblem } from '../../slam/optimize/bundle/bal-problem.ts';
import type { Loss } from '../../slam/optimize/loss.ts';
import { lossOf } from './loss.ts';

/** Pixel of a point in a BAL camera, by the letter of the format's description. */
export function project(camera: Float64Array, point: Float64Array): [number, number] {
  const pose = exp([0, 0, 0, camera[0], camera[1], camera[2]]);
  pose.set(camera.subarray(3, 6));
  const [x, y, z] = transformPoint(pose, point);
  const [px, py] = [-x / z, -y / z];
  const square = px * px + py * py;
  const scale = camera[6] * (1 + camera[7] * square + camera[8] * square * square);
  return [scale * px, scale * py];
}

export function balCost(problem: BalProblem, loss?: Loss): number {
  let cost = 0;
  problem.observationPoint.forEach((p, o) => {
    const c = problem.observationCamera[o];
    const [x, y] = project(
      problem.cameras.subarray(9 * c, 9 * c + 9),
      problem.points.subarray(3 * p, 3 * p + 3),
    );
    const [dx, dy] = [x - problem.observations[2 * o], y - problem.observations[2 * o + 1]];
    cost += lossOf(dx * dx + dy * dy, loss) / 2;
  });
  return cost;
}
