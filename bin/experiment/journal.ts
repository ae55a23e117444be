import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Plan, PlannedMission } from '../../scenarios/experiment/plan.ts';
import { parseResults, type ResultLine, resultLine } from '../../scenarios/experiment/results.ts';
import type { ShardMetrics } from '../../scenarios/experiment/shard.ts';
import { writeAtomic } from '../output.ts';

/** `results.jsonl`: a line as each mission is over, so that whatever ends the program, the next goes on from there. */
export class Journal {
  private readonly path: string;
  private readonly lines: Map<string, ResultLine>;

  private constructor(path: string, lines: readonly ResultLine[]) {
    this.path = path;
    this.lines = new Map(lines.map((line) => [line.id, line]));
  }

  /** Opens it, and drops a last line that was cut short. @throws InputError where it holds something else */
  static async open(path: string): Promise<Journal> {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const journal = new Journal(path, parseResults(text, path));
    if (!text.endsWith('\n')) await writeAtomic(path, text.slice(0, text.lastIndexOf('\n') + 1));
    return journal;
  }

  metricsOf({ id }: PlannedMission): ShardMetrics | undefined {
    return this.lines.get(id)?.metrics;
  }

  /** At once on its way to the disk: nothing that is over is lost by whatever comes next. */
  add(mission: PlannedMission, metrics: ShardMetrics): void {
    this.lines.set(mission.id, { id: mission.id, ...mission.at, metrics });
    appendFileSync(this.path, resultLine(mission, metrics));
  }

  /**
   * Puts the plan's results in its order, and behind them those of other code or settings, as they came.
   * @returns how many those are
   */
  async settle({ missions }: Plan): Promise<number> {
    const own = new Set(missions.map(({ id }) => id));
    const others = [...this.lines.values()].filter(({ id }) => !own.has(id));
    const lines = missions.flatMap((mission) => {
      const metrics = this.metricsOf(mission);
      return metrics ? [resultLine(mission, metrics)] : [];
    });
    await writeAtomic(this.path, [...lines, ...others.map((line) => `${JSON.stringify(line)}\n`)].join(''));
    return others.length;
  }
}
