import type { GraphBorder } from '../optimize/pose-graph.ts';
import type { Link } from './arrangement.ts';
import type { Calibration } from './entries.ts';
import type { TeamManifold } from './manifold.ts';

/** Where a robot's parameters stand among all robots'. */
interface Place {
  readonly first: number;
  readonly calibration: Calibration;
}

/** The parameters of all robots' wheels in one border of the graph, robots in order. */
export class CalibrationBorder {
  readonly border: GraphBorder | undefined;
  private readonly places = new Map<number, Place>();

  /**
   * @param count edges of the problem, of which `links` are the first
   * @param known where to begin, where an earlier solution knows
   */
  constructor(
    calibrations: readonly Calibration[],
    links: readonly Link[],
    count: number,
    known: (agent: number) => Float64Array | undefined,
    manifold: TeamManifold,
  ) {
    const { places } = this;
    let size = 0;
    for (const calibration of calibrations) {
      places.set(calibration.agent, { first: size, calibration });
      size += calibration.mean.length;
    }
    if (size === 0) return;
    const mean = new Float64Array(size);
    const values = new Float64Array(size);
    const information = new Float64Array(size * size);
    let widest = 0;
    for (const { first, calibration } of places.values()) {
      const k = calibration.mean.length;
      mean.set(calibration.mean, first);
      values.set(known(calibration.agent) ?? calibration.mean, first);
      for (let i = 0; i < k; i++) {
        const row = calibration.information.subarray(k * i, k * (i + 1));
        information.set(row, size * (first + i) + first);
      }
      widest = Math.max(widest, k);
    }
    this.border = { values, mean, information, widest, ...this.dependences(links, count, widest, manifold) };
  }

  /** A robot's part of the values, and of their covariance. */
  partOf(agent: number, values: Float64Array, covariance: Float64Array | undefined) {
    const place = this.places.get(agent);
    if (!place) return undefined;
    const { first, calibration } = place;
    const k = calibration.mean.length;
    const n = values.length;
    const part =
      covariance &&
      Float64Array.from(
        { length: k * k },
        (_, i) => covariance[n * (first + Math.floor(i / k)) + first + (i % k)],
      );
    return { values: values.slice(first, first + k), covariance: part };
  }

  private dependences(
    links: readonly Link[],
    count: number,
    widest: number,
    { dimension, axes }: TeamManifold,
  ): Pick<GraphBorder, 'first' | 'width' | 'derivative'> {
    const first = new Int32Array(count).fill(-1);
    const width = new Int32Array(count);
    const derivative = new Float64Array(count * dimension * widest);
    links.forEach(({ entry: { edge } }, e) => {
      const place = this.places.get(edge.from.agent);
      if (!place || !edge.byCalibration) return;
      first[e] = place.first;
      width[e] = place.calibration.mean.length;
      const k = width[e];
      axes.forEach((axis, i) => {
        const row = edge.byCalibration!.subarray(k * axis, k * (axis + 1));
        derivative.set(row, (e * dimension + i) * widest);
      });
    });
    return { first, width, derivative };
  }
}
