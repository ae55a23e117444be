import type { FeatureSizes, NetworkConfig } from '../network/layers.ts';
import type { Observation } from '../observation/observation.ts';
import { type Episode, type Moment, robotOf } from './episode.ts';
import type { Draw } from './replay.ts';
import { columnOf, type Views, viewsOf } from './views.ts';

/** Q is told in tenths of the score: numbers of about 1, whose differences matter. */
export const TENTHS = 10;

/** Team decisions for one step of learning: B of them, of R robots each at most. */
export interface Batch {
  readonly count: number;
  readonly robots: number;
  /** Of B × R robots when they decided; and when what was won by then is known: after `horizon` seconds, or more. */
  readonly before: Views;
  readonly after: Views;
  /** B × R: 1 where there is such a robot. Nobody is there after a mission's end. */
  readonly presentBefore: Float32Array;
  readonly presentAfter: Float32Array;
  /** B × R × columns of `before`: 1 in the column of what was chosen. */
  readonly chosen: Float32Array;
  /** B: won between the two, tenths of the score. */
  readonly reward: Float32Array;
  /** B: 1 where a teacher decided; what its loss counts. */
  readonly taught: Float32Array;
  readonly weight: Float32Array;
}

/** @param horizon seconds of rewards that are taken as they came, at least one interval; what comes later is estimated */
export function batchOf(
  draws: readonly Draw[],
  horizon: number,
  reads: NetworkConfig['reads'],
  sizes: FeatureSizes,
): Batch {
  const spans = draws.map(({ episode, moment }) => spanOf(episode, moment, horizon));
  const crews = spans.map(crewOf);
  const robots = crews.reduce((most, crew) => Math.max(most, crew.length), 1);
  const seats = (observationsOf: (span: Span) => readonly Observation[]) =>
    spans.flatMap((span, i) => {
      const observations = observationsOf(span);
      return Array.from(
        { length: robots },
        (_, seat) => observations.find((observation) => robotOf(observation) === crews[i][seat]) ?? null,
      );
    });
  const before = seats(({ first }) => first.observations);
  const after = seats(({ next }) => next?.observations ?? []);
  const views = viewsOf(before, reads, sizes);
  return {
    count: draws.length,
    robots,
    before: views,
    after: viewsOf(after, reads, sizes),
    presentBefore: Float32Array.from(before, (observation) => (observation ? 1 : 0)),
    presentAfter: Float32Array.from(after, (observation) => (observation ? 1 : 0)),
    chosen: choices(spans, crews, robots, views.team),
    reward: Float32Array.from(spans, ({ reward }) => TENTHS * reward),
    taught: Float32Array.from(draws, ({ episode }) => (episode.taught ? 1 : 0)),
    weight: Float32Array.from(draws, ({ weight }) => weight),
  };
}

interface Span {
  readonly first: Moment;
  /** Null: the mission was over. */
  readonly next: Moment | null;
  readonly reward: number;
}

function spanOf({ moments }: Episode, from: number, horizon: number): Span {
  let [reward, seconds, next] = [0, 0, from];
  do {
    reward += moments[next].reward;
    seconds += moments[next].dt;
    next++;
  } while (seconds < horizon && next < moments.length);
  return { first: moments[from], next: moments[next] ?? null, reward };
}

/** Robots that are there at either end, by rising id. */
function crewOf({ first, next }: Span): number[] {
  const ids = new Set([...first.observations, ...(next?.observations ?? [])].map(robotOf));
  return [...ids].sort((a, b) => a - b);
}

function choices(
  spans: readonly Span[],
  crews: readonly (readonly number[])[],
  robots: number,
  team: number,
): Float32Array {
  const chosen = new Float32Array(spans.length * robots * team);
  spans.forEach(({ first }, i) => {
    first.observations.forEach((observation, k) => {
      const seat = crews[i].indexOf(robotOf(observation));
      chosen[(i * robots + seat) * team + columnOf(observation, first.actions[k])] = 1;
    });
  });
  return chosen;
}
