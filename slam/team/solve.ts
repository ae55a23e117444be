import type { Kernels } from '../kernels/kernels.ts';
import type { GraphSession } from '../kernels/sparse-kernels.ts';
import { structureOf } from '../optimize/graph/structure.ts';
import { Arrangement, type Link } from './arrangement.ts';
import { CalibrationBorder } from './calibration.ts';
import { Chains, type ReckoningMemory } from './chains.ts';
import { bound99 } from './chi-squared.ts';
import type { Entries, Entry } from './entries.ts';
import { descend, type Suspect, solveRobustly } from './gnc.ts';
import { type Earlier, layOut } from './joining.ts';
import { jointsOf, judge } from './judging.ts';
import type { TeamManifold } from './manifold.ts';
import { marginalsOf } from './marginals.ts';
import { type Contacts, entriesOf, type Pair } from './pairs.ts';
import { type SolveOptions, TEAM_FRAME } from './solution.ts';
import { isSuspect, Solved } from './solved.ts';
import { problemOf } from './team-problem.ts';

const PLAIN_STEPS = 30;

/** How often what the whole team finds wrong may make two robots think again. */
const ROUNDS = 4;

export interface TeamState {
  readonly entries: Entries;
  readonly contacts: Contacts;
  readonly reckonings: ReckoningMemory;
  readonly manifold: TeamManifold;
  readonly kernels: Pick<Kernels, 'sparse'>;
  readonly last: Solved | undefined;
}

/** One solution of a team's graph, which the next one goes on from. */
export function solveTeam(state: TeamState, options: SolveOptions): Solved {
  const { entries, contacts, reckonings, manifold } = state;
  const arrangement = new Arrangement(entries);
  const chains = new Chains(arrangement, manifold, reckonings);
  const gathered = contacts.gather(arrangement, chains);
  const refuted = new Set(state.last?.stillRefuted());
  let last = state.last;
  for (let round = 1; ; round++) {
    const pairs = judge(gathered, refuted, arrangement, chains, manifold);
    last = solveOnce({ ...state, last }, options, arrangement, chains, pairs, refuted);
    const outvoted = round < ROUNDS ? last.outvoted(pairs) : [];
    if (outvoted.length === 0) return last;
    for (const entry of outvoted) refuted.add(entry);
  }
}

function solveOnce(
  { entries, manifold, kernels: { sparse }, last }: TeamState,
  { covariancesOf = [], robust = true, asTold = false }: SolveOptions,
  arrangement: Arrangement,
  chains: Chains,
  pairs: readonly Pair[],
  refuted: ReadonlySet<Entry>,
): Solved {
  const layout = layOut(
    arrangement,
    chains,
    jointsOf(pairs),
    (slot) => last?.earlier(arrangement.refs[slot]) ?? (asTold ? toldOf(slot, arrangement) : undefined),
    last ? movedPieces(pairs, last) : new Set(),
  );
  const { component } = layout;
  const links = arrangement.links.filter(({ from, to }) => component[from] === component[to]);
  const problem = problemOf(arrangement, links, layout, manifold);
  const count = problem.from.length;
  const calibration = new CalibrationBorder(
    entries.calibrations,
    links,
    count,
    (agent) => last?.calibrationOf(agent)?.values,
    manifold,
  );
  const { border } = calibration;
  const structure = structureOf(problem);
  const session = sparse.openGraph({ ...problem, border }, structure, undefined);
  const suspects = suspectsAmong(links);
  const weights = robust ? firstWeights(links, count, pairs, last) : undefined;
  if (weights && asTold && !last) discountWhatDisagrees(session, suspects, weights);
  const iterations = weights ? solveRobustly(session, suspects, weights) : descend(session, PLAIN_STEPS);
  const slots = covariancesOf.flatMap((node) => arrangement.slotOf(node) ?? []);
  const covariances = marginalsOf(slots, session, structure, manifold, border !== undefined);
  const { borderCovariance } = session;
  return new Solved({
    arrangement,
    layout,
    dropped: new Set(pairs.flatMap((pair) => entriesOf(pair.dropped))),
    refuted: new Set(refuted),
    poses: layout.poses.map((_, slot) => manifold.read(problem.nodes, slot)),
    covariances,
    calibrationOf: (agent) => border && calibration.partOf(agent, border.values, borderCovariance),
    weights: new Map(links.map(({ entry }, e) => [entry, weights ? weights[e] : 1])),
    cost: session.cost(),
    iterations,
  });
}

/** Where a robot said that it was, in the team's frame. */
function toldOf(slot: number, { nodes }: Arrangement): Earlier | undefined {
  return slot < nodes.length ? { frame: TEAM_FRAME, pose: nodes[slot].worldFromBody } : undefined;
}

/** Leaves without a say what is beyond its bound where the session stands. */
function discountWhatDisagrees(
  session: GraphSession,
  suspects: readonly Suspect[],
  weights: Float64Array,
): void {
  for (const { edge, bound } of suspects) if (session.chi2(edge) > bound) weights[edge] = 0;
}

/** Pieces whose agreement has turned against what joined them before. */
function movedPieces(pairs: readonly Pair[], last: Solved): Set<number> {
  const turned = pairs.filter(
    ({ kept, dropped }) =>
      entriesOf(dropped).some((entry) => last.kept(entry)) &&
      !entriesOf(kept).some((entry) => last.kept(entry)),
  );
  return new Set(turned.flatMap(({ a, b }) => [a, b]));
}

function suspectsAmong(links: readonly Link[]): Suspect[] {
  return links.flatMap((link, edge) =>
    isSuspect(link) ? [{ edge, bound: bound99(link.entry.measured) }] : [],
  );
}

/** 0 for what disagrees with the rest, and for what the last solution found wrong; 1 for all others. */
function firstWeights(
  links: readonly Link[],
  count: number,
  pairs: readonly Pair[],
  last: Solved | undefined,
): Float64Array {
  const weights = new Float64Array(count).fill(1);
  const dropped = new Set(pairs.flatMap((pair) => entriesOf(pair.dropped)));
  links.forEach(({ entry }, e) => {
    if (dropped.has(entry) || last?.doubted(entry)) weights[e] = 0;
  });
  return weights;
}
