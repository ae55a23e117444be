import type { Allocator } from '../../base/allocation.ts';
import { accuracy } from '../baselines/accuracy.ts';
import { dropOf } from '../baselines/covariance.ts';
import { greedyPlan } from '../baselines/matching.ts';
import { DRIFT, lookedAhead, SIGHTING, type Team } from '../baselines/team.ts';
import { TeamRule } from '../baselines/team-rule.ts';
import type { Parameter, Values } from '../parameters.ts';

const weight = (about: string, initial: number): Parameter => ({
  about: `weight of ${about}`,
  unit: '',
  default: initial,
  low: -3,
  high: 3,
});

/** The weights of the features of a pair, each about 0…1. */
export const LINEAR = {
  bias: weight('1', -0.3),
  gain: weight('by how much more accurately the team would map in all, in robots', 2),
  blind: weight('whether the peer is blind or lost', 0.2),
  untracked: weight('the share of the expected points that the peer does not track', 0.2),
  unobserved: weight('how long nobody has measured where the peer is, in minutes, up to one', 0.1),
  travel: weight('the travel time, in half minutes', -0.3),
  plenty: weight('how much the observer has left to map, as a share of plenty', -0.2),
  peerPlenty: weight('how much the peer has left to map', 0.1),
  underWay: weight('whether that watch is under way', 0.3),
  scarcity: weight("the share of the time left that the observer's budget does not cover", -0.3),
} as const satisfies Record<string, Parameter>;

const MINUTE = 60;

/**
 * *Linear*: a pair is worth the weighted sum of ten numbers about it; pairs are taken greedily while they are worth more than
 * mapping, 0. The weights are fitted (see `cem.ts`): the least that a network has to beat.
 */
export function linear(weights: Values<typeof LINEAR>): Allocator {
  const { drift, patience, surer } = DRIFT;
  // Its weights say who is to be trusted: the covariances rule out the worst only.
  const model = { drift: drift.default, patience: patience.default, surer: surer.high };
  return new TeamRule('linear', model, (team) => {
    const gains = gainsOf(team);
    return greedyPlan(team, (i, j) => score(team, gains, weights, i, j));
  });
}

function score(
  team: Team,
  gains: Float64Array,
  weights: Values<typeof LINEAR>,
  i: number,
  j: number,
): number {
  const { size, members, travel, plenty, underWay, scarcity } = team;
  const at = size * i + j;
  const { state, trackedShare, health } = members[j];
  return (
    weights.bias +
    weights.gain * gains[at] +
    weights.blind * (state === 'blind' || state === 'lost' ? 1 : 0) +
    weights.untracked * known(1 - trackedShare) +
    weights.unobserved * Math.min(1, known(health.sinceObserved) / MINUTE) +
    weights.travel * (travel[at] / (MINUTE / 2)) +
    weights.plenty * plenty[i] +
    weights.peerPlenty * plenty[j] +
    weights.underWay * underWay[at] +
    weights.scarcity * scarcity[i]
  );
}

function gainsOf(team: Team): Float64Array {
  const { size, may } = team;
  const joint = lookedAhead(team, DRIFT.dark.default);
  const gains = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      if (!may[size * i + j]) continue;
      for (let k = 0; k < size; k++) {
        const before = joint[size * k + k];
        const after = before - dropOf(joint, size, i, j, SIGHTING, k);
        gains[size * i + j] += accuracy(after) - accuracy(before);
      }
    }
  }
  return gains;
}

/** What is not known counts as nothing. */
function known(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}
