import type { Outcome } from '../../../scenarios/experiment/report/cells.ts';

/** A mission that came to these figures. @param auc per cent */
export function outcome(
  at: Partial<Outcome>,
  auc: number,
  team: Partial<Outcome['metrics']['team']> = {},
): Outcome {
  const {
    scenario = 'hall',
    policy = 'independent',
    fidelity = 'features',
    layout = 1,
    agents = 2,
    seed = 1,
  } = at;
  return {
    ...{ scenario, policy, fidelity, layout, agents, seed },
    metrics: {
      ...{ scenario, policy, fidelity, seed, durationS: 100, plannedS: 100, hash: 'abc' },
      team: {
        agents,
        ateRmse: 1,
        coverage: 0.5,
        accurateCoverage: 0.4,
        accurateCoverageAuc: auc / 100,
        ghosts: 0.1,
        timeLostS: 10,
        observeS: 20,
        relativeObservations: 30,
        bytesSent: 400_000,
        bytesByKind: {},
        framesJoined: agents,
        rescues: { lost: 0, recovered: 0, medianS: null },
        ...team,
      },
      agents: [],
    },
  };
}
