import { Random } from '../../../base/random.ts';
import { bootstrap, type Interval, kendallTau, mean } from '../../statistics.ts';
import { type Cell, cellsOf, type Outcome, unitsOf } from './cells.ts';
import { MEASURES, type Measure } from './measures.ts';
import { Values } from './values.ts';

/** Whether two fidelities rank the same policies alike by a measure, in the same missions. */
export interface Agreement extends Pick<Cell, 'agents' | 'scenario'> {
  readonly fidelities: readonly [Cell['fidelity'], Cell['fidelity']];
  readonly measure: string;
  /** Cases in which every policy has a figure in both. */
  readonly cases: number;
  /** Kendall's τ of the policies' means; bootstrapped over the cell's units. */
  readonly tau: Interval;
}

/** Of every two fidelities that were run in the same places, by every judged measure. */
export function agreements(policies: readonly string[], outcomes: readonly Outcome[]): Agreement[] {
  const cells = cellsOf(outcomes);
  const pairs = cells.flatMap((cell, i) =>
    cells
      .slice(i + 1)
      .filter(({ agents, scenario }) => agents === cell.agents && scenario === cell.scenario)
      .map((other) => [cell, other] as const),
  );
  return pairs.flatMap((pair) =>
    MEASURES.filter(({ judged }) => judged).map((measure) => agreementOf(pair, measure, policies)),
  );
}

function agreementOf(pair: readonly [Cell, Cell], measure: Measure, policies: readonly string[]): Agreement {
  const [{ agents, scenario, outcomes }, other] = pair;
  const fidelities = [pair[0].fidelity, other.fidelity] as const;
  const values = pair.map((cell) => new Values(cell.outcomes));
  const figure = (fidelity: number, policy: string, name: string) =>
    values[fidelity].of(policy, name, measure);
  const whole = (name: string) =>
    policies.every((policy) => figure(0, policy, name) !== null && figure(1, policy, name) !== null);
  const units = unitsOf({ outcomes: [...outcomes, ...other.outcomes] }).cases.map((names) =>
    names.filter(whole),
  );
  const tau = (drawn: readonly (readonly string[])[]) => {
    const names = drawn.flat();
    const [one, two] = [0, 1].map((fidelity) =>
      policies.map((policy) => mean(names.map((name) => figure(fidelity, policy, name)!))),
    );
    return kendallTau(one, two);
  };
  const random = new Random(
    `experiment/${fidelities.join('/')}/${agents}/${scenario ?? 'all'}/${measure.key}`,
  );
  return {
    fidelities,
    agents,
    scenario,
    measure: measure.key,
    cases: units.flat().length,
    tau: bootstrap(
      units.filter(({ length }) => length > 0),
      tau,
      random,
    ),
  };
}
