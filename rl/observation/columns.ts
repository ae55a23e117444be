import { AGENT_TABLE } from './agent-features.ts';
import type { Feature } from './feature.ts';
import { SPANS, type Span } from './memory.ts';
import { MISSION_TABLE } from './mission-features.ts';
import { PAIR_TABLE } from './pair-features.ts';

/** A number of an observation; behind it stands whether it is known. */
export interface Column {
  readonly name: string;
  /** Place of its feature in the table. */
  readonly feature: number;
  /** A feature's average rather than the feature itself. */
  readonly span?: Span;
  readonly always: boolean;
}

/** Numbers that a column takes: its value and its flag. */
export const WIDTH = 2;

export const AGENT_COLUMNS = columnsOf(AGENT_TABLE);
export const PAIR_COLUMNS = columnsOf(PAIR_TABLE);
export const MISSION_COLUMNS = columnsOf(MISSION_TABLE);

/** Where in a row of `AGENT_FEATURES` numbers a value stands; its flag follows. @throws RangeError where there is no such column */
export function agentColumn(name: string): number {
  return placeOf(name, AGENT_COLUMNS);
}

/** As `agentColumn`, of pairs. */
export function pairColumn(name: string): number {
  return placeOf(name, PAIR_COLUMNS);
}

/** As `agentColumn`, of the mission. */
export function missionColumn(name: string): number {
  return placeOf(name, MISSION_COLUMNS);
}

function columnsOf<Source>(table: readonly Feature<Source>[]): Column[] {
  return table.flatMap(({ name, remembered, always = false }, feature): Column[] => {
    const spans = remembered ? (Object.keys(SPANS) as Span[]) : [];
    const averages = spans.map((span) => ({ name: `${name}.${span}`, feature, span, always }));
    return [{ name, feature, always }, ...averages];
  });
}

function placeOf(name: string, columns: readonly Column[]): number {
  const index = columns.findIndex((column) => column.name === name);
  if (index < 0)
    throw new RangeError(`no column ${name}; there are ${columns.map((column) => column.name).join(', ')}`);
  return WIDTH * index;
}
