import type { FeatureSizes, NetworkConfig } from '../network/layers.ts';
import type { Observation } from '../observation/observation.ts';

/**
 * Many observations as one block for a learner. Each has its own robot in row 0 and the others behind it by rising id, filled up to the
 * largest team with rows of zeros; column k of a choice is then to map (0) or to observe the robot of row k.
 */
export interface Views {
  /** V, and N: rows of the largest team. */
  readonly count: number;
  readonly team: number;
  /** V × N (1 where the network reads its own row only) × (agent + mission features). */
  readonly rows: Float32Array;
  /** V × N (1 where the network does not read the whole team) × N × 2 pair features, there and back. */
  readonly pairs: Float32Array;
  /** V × N: 1 where there is a robot; where it may be chosen. */
  readonly known: Float32Array;
  readonly allowed: Float32Array;
}

/** Some operations refuse a choice of one. */
const FEWEST = 2;

/** @param observations null: a robot that is no more; all its rows are zeros, and it may map */
export function viewsOf(
  observations: readonly (Observation | null)[],
  reads: NetworkConfig['reads'],
  sizes: FeatureSizes,
): Views {
  const count = observations.length;
  const team = observations.reduce((most, observation) => Math.max(most, observation?.team ?? 0), FEWEST);
  const [rowCount, pairRows] = [reads === 'own' ? 1 : team, reads === 'team' ? team : 1];
  const views = {
    count,
    team,
    rows: new Float32Array(count * rowCount * (sizes.agent + sizes.mission)),
    pairs: new Float32Array(count * pairRows * team * 2 * sizes.pair),
    known: new Float32Array(count * team),
    allowed: new Float32Array(count * team),
  };
  observations.forEach((observation, view) => {
    views.allowed[view * team] = 1;
    if (observation) fill(views, view, observation, sizes, rowCount, pairRows);
  });
  return views;
}

/** Column of a choice in `Views`. @param action 0: to map; 1 + row of the observation */
export function columnOf({ self }: Observation, action: number): number {
  const row = action - 1;
  return action === 0 ? 0 : row < self ? row + 1 : row;
}

function fill(
  { rows, pairs, known, allowed, team }: Views,
  view: number,
  observation: Observation,
  { agent, mission, pair }: FeatureSizes,
  rowCount: number,
  pairRows: number,
): void {
  const order = selfFirst(observation);
  const width = agent + mission;
  order.forEach((i, place) => {
    known[view * team + place] = 1;
    if (place > 0) allowed[view * team + place] = observation.allowed[1 + i];
    if (place < rowCount) {
      const at = (view * rowCount + place) * width;
      rows.set(observation.agents.subarray(i * agent, (i + 1) * agent), at);
      rows.set(observation.mission, at + agent);
    }
    if (place >= pairRows) return;
    order.forEach((j, other) => {
      const at = ((view * pairRows + place) * team + other) * 2 * pair;
      const [there, back] = [(i * order.length + j) * pair, (j * order.length + i) * pair];
      pairs.set(observation.pairs.subarray(there, there + pair), at);
      pairs.set(observation.pairs.subarray(back, back + pair), at + pair);
    });
  });
}

function selfFirst({ team, self }: Observation): number[] {
  return Array.from({ length: team }, (_, place) => (place === 0 ? self : place <= self ? place - 1 : place));
}
