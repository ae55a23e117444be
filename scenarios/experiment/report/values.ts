import { caseOf, type Outcome } from './cells.ts';
import type { Measure } from './measures.ts';

/** Measures of a cell's missions by who decided and in which case. */
export class Values {
  private readonly outcomes: ReadonlyMap<string, Outcome>;

  constructor(outcomes: readonly Outcome[]) {
    this.outcomes = new Map(outcomes.map((outcome) => [`${outcome.policy} ${caseOf(outcome)}`, outcome]));
  }

  of(policy: string, name: string, measure: Measure): number | null {
    const outcome = this.outcomes.get(`${policy} ${name}`);
    return outcome ? measure.of(outcome.metrics) : null;
  }
}
