import type { Coordinates, Plan } from '../plan.ts';
import type { ShardMetrics } from '../shard.ts';

/** A mission that is over. */
export interface Outcome extends Coordinates {
  readonly metrics: ShardMetrics;
}

/** Missions that are averaged: one fidelity, one size of team, one scenario or all of them. */
export interface Cell {
  readonly fidelity: Coordinates['fidelity'];
  readonly agents: number;
  /** Null: all of them together. */
  readonly scenario: string | null;
  readonly outcomes: readonly Outcome[];
}

/** Cells in the order of the plan; all scenarios together come behind the scenarios, where there are several. */
export function cellsOf(outcomes: readonly Outcome[]): Cell[] {
  return [...groups(outcomes, ({ fidelity, agents }) => `${fidelity} ${agents}`).values()].flatMap(
    (group) => {
      const [{ fidelity, agents }] = group;
      const places = [...groups(group, ({ scenario }) => scenario)];
      const cells = places.map(([scenario, outcomes]): Cell => ({ fidelity, agents, scenario, outcomes }));
      return places.length > 1 ? [...cells, { fidelity, agents, scenario: null, outcomes: group }] : cells;
    },
  );
}

/** What is over of a plan, in its order. */
export function outcomesOf(
  { missions }: Plan,
  metricsOf: (mission: Plan['missions'][number]) => ShardMetrics | undefined,
): Outcome[] {
  return missions.flatMap((mission) => {
    const metrics = metricsOf(mission);
    return metrics ? [{ ...mission.at, metrics }] : [];
  });
}

/** What is independent of each other in a cell, and drawn as a whole when it is bootstrapped. */
export interface Units {
  readonly of: 'layouts' | 'seeds';
  /** Cases of each: what every policy faces, by name. */
  readonly cases: readonly (readonly string[])[];
}

/** Layouts; only where no scenario has several, seeds. */
export function unitsOf({ outcomes }: Pick<Cell, 'outcomes'>): Units {
  const buildings = groups(outcomes, buildingOf);
  const scenarios = new Set(outcomes.map(({ scenario }) => scenario));
  const layouts = buildings.size > scenarios.size;
  const units = layouts ? buildings : groups(outcomes, caseOf);
  return {
    of: layouts ? 'layouts' : 'seeds',
    cases: [...units.values()].map((unit) => [...new Set(unit.map(caseOf))]),
  };
}

function buildingOf({ scenario, layout }: Coordinates): string {
  return `${scenario}/${layout}`;
}

export function caseOf(at: Coordinates): string {
  return `${buildingOf(at)}/${at.seed}`;
}

/** Groups of a list by a key, in the order in which they first appear. */
export function groups<T>(list: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const byKey = new Map<string, T[]>();
  for (const item of list) {
    const key = keyOf(item);
    const group = byKey.get(key);
    if (group) group.push(item);
    else byKey.set(key, [item]);
  }
  return byKey;
}
