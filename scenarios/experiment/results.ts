import { InputError } from '../../base/errors.ts';
import type { Coordinates, PlannedMission } from './plan.ts';
import type { ShardMetrics } from './shard.ts';

/** A line of `results.jsonl`: a mission and what it came to, the same bytes wherever and whenever it was run. */
export interface ResultLine extends Coordinates {
  readonly id: string;
  readonly metrics: ShardMetrics;
}

export function resultLine({ id, at }: PlannedMission, metrics: ShardMetrics): string {
  const line: ResultLine = { id, ...at, metrics };
  return `${JSON.stringify(line)}\n`;
}

/**
 * Results as far as they were written: a last line that was cut short counts as not written.
 * @param where the file, for messages
 * @throws InputError where a whole line is no result
 */
export function parseResults(text: string, where: string): ResultLine[] {
  const lines = text.split('\n');
  // What follows the last line's end is no line, or one cut short.
  lines.pop();
  return lines.map((line, i) => {
    const result = parsed(line);
    if (result) return result;
    throw new InputError(
      `${where}:${i + 1}`,
      'is no result of an experiment; take the line out, or name another folder with --out',
    );
  });
}

function parsed(line: string): ResultLine | null {
  try {
    const value = JSON.parse(line);
    return typeof value?.id === 'string' && typeof value?.metrics?.team === 'object' ? value : null;
  } catch {
    return null;
  }
}
