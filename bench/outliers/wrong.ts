import type { Random } from '../../base/random.ts';
import { between, compose, type Pose, planarPose } from '../../base/se3.ts';
import type { NodeRef, TeamEdge } from '../../slam/team/types.ts';
import { measure, PLACE_SIGMAS, type SimulatedTeam, sightingSigmas } from './simulated-team.ts';

const NEAR_M = 5;

/** Wrong measurements, so many that they are this share of all: each of two robots somewhere, seen or recognised anywhere. */
export function independentlyWrong(team: SimulatedTeam, share: number, random: Random): TeamEdge[] {
  return wrongOnes(team, share, random, (from, to, kind) => {
    const seen = planarPose(
      random.uniform(-NEAR_M, NEAR_M),
      random.uniform(-NEAR_M, NEAR_M),
      random.uniform(-Math.PI, Math.PI),
    );
    return measure(kind, from, to, seen, kind === 'place' ? PLACE_SIGMAS : sightingSigmas(seen), random);
  });
}

/**
 * The same, but what is wrong between two robots is all alike: as if the second one stood elsewhere the whole time, by one rigid
 * motion a pair.
 */
export function consistentlyWrong(team: SimulatedTeam, share: number, random: Random): TeamEdge[] {
  const shifts = new Map<number, Pose>();
  const shiftOf = (low: number, high: number) => {
    const pair = low * team.truth.length + high;
    const turn = random.uniform(0.3, 1) * (random.chance(0.5) ? 1 : -1);
    if (!shifts.has(pair)) shifts.set(pair, planarPose(random.uniform(2, 5), random.uniform(2, 5), turn));
    return shifts.get(pair)!;
  };
  return wrongOnes(team, share, random, (from, to, kind) => {
    const [a, b] = [team.truth[from.agent][from.index], team.truth[to.agent][to.index]];
    const shift = shiftOf(Math.min(from.agent, to.agent), Math.max(from.agent, to.agent));
    const seen = to.agent > from.agent ? between(a, compose(shift, b)) : between(compose(shift, a), b);
    return measure(kind, from, to, seen, kind === 'place' ? PLACE_SIGMAS : sightingSigmas(seen), random);
  });
}

/** As many as the share asks for between each two robots, rounded down, half of them sightings and half places. */
function wrongOnes(
  { between: right, truth }: SimulatedTeam,
  share: number,
  random: Random,
  wrong: (from: NodeRef, to: NodeRef, kind: 'sighting' | 'place') => TeamEdge,
): TeamEdge[] {
  const out: TeamEdge[] = [];
  for (let high = 1; high < truth.length; high++) {
    for (let low = 0; low < high; low++) {
      const ofPair = right.filter(
        ({ from, to }) => Math.min(from.agent, to.agent) === low && Math.max(from.agent, to.agent) === high,
      );
      const count = Math.floor((share / (1 - share)) * ofPair.length + 1e-9);
      for (let k = 0; k < count; k++) {
        const [a, b] = random.chance(0.5) ? [low, high] : [high, low];
        const index = random.int(truth[a].length);
        const kind = k % 2 ? 'place' : 'sighting';
        const other = kind === 'sighting' ? index : random.int(truth[b].length);
        out.push(wrong({ agent: a, index }, { agent: b, index: other }, kind));
      }
    }
  }
  return out;
}
