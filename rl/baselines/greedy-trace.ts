import type { AgentReport, AllocationView, Allocator, Decision } from '../../base/allocation.ts';

/** A report older than this says nothing about where its sender is, seconds. */
const STALE = 30;
/** Sightings start at about this distance, and a way is longer than a straight line: metres and a share. */
const SIGHT = 3;
const DETOUR = 1.5;
/** Speed on the way, m/s, and what starting, turning and watching take, seconds. */
const SPEED = 0.5;
const WATCH = 8;
/** How fast σ grows on wheels alone, m/s, and how much longer a blind robot stays so, seconds. */
const GROWTH = 0.008;
const DARK = 20;
/** σ of where a lost robot is at least, and of where any robot is at most, metres. */
const LOST = 1;
const MOST = 4;
/** Who watches must be this much surer than whom it watches, as a share of σ: the blind do not lead the blind. */
const SURER = 0.5;
/** σ of a sighting itself, metres. */
const SIGHTING = 0.1;
/** Within so many seconds of travel a peer may have found its own way, or have gone. */
const PATIENCE = 60;
/** What a second of mapping is worth, m² of variance, with so much frontier left, m², or more. */
const MAPPING = 0.0007;
const FRONTIER = 3;
/** A watch under way is given up only for one worth this many times as much, or when so much less sure. */
const HYSTERESIS = 1.5;
/** A watch this long that has not made its peer any surer is vain, and not begun again for a while: seconds. */
const VAIN = 35;
const AVOID = 45;

interface Pair {
  readonly observer: AgentReport;
  readonly peer: AgentReport;
  /** m². */
  readonly value: number;
}

/**
 * *Greedy by covariance trace*: who should watch whom so that the sum of the team's position variances falls most.
 *
 * Seen by i with a sighting of variance s², j is where i says it is: σⱼ² becomes 1 / (1/σⱼ² + 1/(σᵢ² + s²)). That drop, with σⱼ
 * as it will be (a blind robot's has grown since it told of it, and will for as long as it is likely to stay blind), is what a
 * watch wins; only one that is much surer than j sets out. It is discounted by e^(−τ/T) for the τ seconds to get there, and
 * costs the mapping that i does not do meanwhile: λ(τ + watch), in proportion to the frontier that i has left until there is
 * plenty. Mapping on is worth 0.
 *
 * Every robot works this out for all pairs of the team it has heard of, takes pairs greedily, the most valuable first (of
 * equals, the one with the lowest ids), no robot twice, and then does its own part. So no two watch the same one as long as
 * they have heard the same, and a watch under way counts for more than one that only might begin.
 */
export class GreedyTrace implements Allocator {
  readonly name = 'greedy-trace';
  private watch?: { readonly peer: number; readonly sigma: number };
  /** Peers not to be watched, each until when. */
  private readonly avoided = new Map<number, number>();

  decide(view: AllocationView): Decision {
    const { time, self } = view;
    const team = [self, ...view.peers.filter((peer) => time - peer.time < STALE)];
    this.noteVain(time, self, team);
    const pairs = this.pairsOf(team, view);
    const mine = matching(pairs).find(({ observer }) => observer === self);
    const values = pairs
      .filter(({ observer }) => observer === self)
      .map(({ peer, value }) => ({ task: { kind: 'observe', peer: peer.agent } as const, value }));
    this.remember(mine?.peer);
    return {
      task: mine ? { kind: 'observe', peer: mine.peer.agent } : { kind: 'map' },
      values: [{ task: { kind: 'map' }, value: 0 }, ...values],
    };
  }

  private pairsOf(team: readonly AgentReport[], { time, remaining, self }: AllocationView): Pair[] {
    const pairs: Pair[] = [];
    for (const observer of team) {
      if (observer.state === 'lost' || observer.state === 'initialising') continue;
      for (const peer of team) {
        if (peer === observer || yields(observer, peer)) continue;
        if (observer === self && time < (this.avoided.get(peer.agent) ?? 0)) continue;
        const value = worth(observer, peer, time, remaining);
        if (value > -Infinity) pairs.push({ observer, peer, value });
      }
    }
    return pairs;
  }

  private noteVain(time: number, self: AgentReport, team: readonly AgentReport[]): void {
    const { task, taskAge } = self;
    if (task.kind !== 'observe' || task.peer !== this.watch?.peer || taskAge < VAIN) return;
    const now = team.find(({ agent }) => agent === task.peer);
    if (!now || now.positionSigma >= this.watch.sigma) this.avoided.set(task.peer, time + AVOID);
  }

  private remember(peer: AgentReport | undefined): void {
    if (!peer) this.watch = undefined;
    else if (this.watch?.peer !== peer.agent) this.watch = { peer: peer.agent, sigma: peer.positionSigma };
  }
}

/** What it is worth that one robot goes to watch another, m²; −Infinity where it is too late, itself unsure, or who knows where. */
export function worth(observer: AgentReport, peer: AgentReport, time: number, remaining: number): number {
  const watching = isWatching(observer, peer);
  const gap = Math.hypot(observer.x - peer.x, observer.y - peer.y);
  const travel = (DETOUR * Math.max(0, gap - SIGHT)) / SPEED;
  const own = sigmaAfter(observer, time - observer.time + travel);
  const sigma = sigmaAfter(peer, time - peer.time + DARK);
  const bonus = watching ? HYSTERESIS : 1;
  if (!(travel <= remaining) || own > SURER * bonus * sigma) return -Infinity;
  const drop = traceDrop(sigma, own, SIGHTING);
  const mapping = MAPPING * Math.min(1, observer.frontier / FRONTIER);
  const gain = drop * Math.exp(-travel / PATIENCE) * bonus;
  return gain - mapping * (travel + WATCH);
}

/** By how much a peer's position variance falls when it is seen, m²; all three as σ, metres. */
export function traceDrop(peer: number, observer: number, sighting: number): number {
  const prior = peer * peer;
  return (prior * prior) / (prior + observer * observer + sighting * sighting);
}

/** σ of a robot's position so many seconds after it told of it, on wheels alone where it was blind: metres. */
function sigmaAfter({ state, positionSigma }: AgentReport, seconds: number): number {
  if (state === 'tracking' || state === 'initialising') return Math.min(positionSigma, MOST);
  const sigma = state === 'lost' ? Math.max(positionSigma, LOST) : positionSigma;
  return Math.min(sigma + GROWTH * seconds, MOST);
}

/** Pairs that are worth it, the best first, no robot twice. */
function matching(pairs: readonly Pair[]): Pair[] {
  const order = pairs
    .filter(({ value }) => value > 0)
    .sort((p, q) => q.value - p.value || p.observer.agent - q.observer.agent || p.peer.agent - q.peer.agent);
  const busy = new Set<AgentReport>();
  return order.filter(({ observer, peer }) => {
    if (busy.has(observer) || busy.has(peer)) return false;
    busy.add(observer).add(peer);
    return true;
  });
}

/** Of two who watch each other the higher id goes on mapping, and nobody begins to watch who watches it. */
function yields(observer: AgentReport, peer: AgentReport): boolean {
  return isWatching(peer, observer) && !(isWatching(observer, peer) && observer.agent < peer.agent);
}

function isWatching({ task }: AgentReport, peer: AgentReport): boolean {
  return task.kind === 'observe' && task.peer === peer.agent;
}
