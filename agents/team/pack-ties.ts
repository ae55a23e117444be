import type { EdgeVerdict } from '../../slam/team/solution.ts';

const STANDINGS: readonly EdgeVerdict['standing'][] = ['kept', 'rejected', 'waiting'];

/** What ties robots to each other, as `TiesEvent` has it. */
export function packTies(verdicts: readonly EdgeVerdict[]): Int32Array {
  const ties = verdicts.filter(({ edge }) => edge.from.agent !== edge.to.agent);
  return Int32Array.from(
    ties.flatMap(({ edge: { kind, from, to }, standing }) => [
      ...[from.agent, from.index, to.agent, to.index],
      kind === 'sighting' ? 0 : 1,
      STANDINGS.indexOf(standing),
    ]),
  );
}
