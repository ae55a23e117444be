import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../base/errors.ts';
import { decodeCheckpoint, encodeCheckpoint, snapshotOf } from '../../rl/checkpoint.ts';
import { FEATURES } from '../../rl/network/features.ts';
import { encodeModel } from '../../rl/network/model-file.ts';
import { OBSERVATION_VERSION } from '../../rl/observation/observation.ts';
import type { Episode } from '../../rl/replay/episode.ts';
import { decodeEpisodes, encodeEpisodes } from '../../rl/replay/episode-codec.ts';
import type { RoundReport, Snapshot } from '../../rl/train.ts';
import { curvesPage } from '../../scenarios/training/curves.ts';
import type { TrainingPlan } from '../../scenarios/training/plan.ts';
import { prepareFolder, writeAtomic } from '../output.ts';

/**
 * What a training leaves in its folder. `checkpoint.bin` is written last and whole, and names the episodes that belong to it, which lie
 * in a file a round under `episodes/`: whatever ends the program, the checkpoint there is goes with the episodes there are.
 */
export class TrainingStore {
  private readonly out: string;
  private readonly plan: TrainingPlan;
  private readonly reports: RoundReport[] = [];
  private kept: readonly number[] = [];

  constructor(out: string, plan: TrainingPlan) {
    this.out = out;
    this.plan = plan;
  }

  private get checkpoint(): string {
    return join(this.out, 'checkpoint.bin');
  }

  /** The folder as a training begins with it. @throws InputError where it holds another training's checkpoint */
  async begin(): Promise<void> {
    await prepareFolder(join(this.out, 'episodes'));
    if (existsSync(this.checkpoint))
      throw new InputError(
        this.out,
        'holds a checkpoint already; --resume goes on with it, another --out begins anew',
      );
  }

  /** @throws InputError where there is no checkpoint, it is not whole, or it was made with another configuration */
  async resume(): Promise<Snapshot> {
    const bytes = await readFile(this.checkpoint).catch(() => {
      throw new InputError(this.checkpoint, 'is not there; leave out --resume to begin');
    });
    const checkpoint = decodeCheckpoint(bytes, this.checkpoint);
    requireSame(checkpoint.config, this.plan, this.checkpoint);
    const rounds = this.roundsOf(checkpoint.episodes);
    const stored: Episode[] = [];
    for (const round of rounds) {
      const path = this.episodesOf(round);
      const file = await readFile(path).catch(() => {
        throw new InputError(path, 'is missing; begin anew without --resume');
      });
      stored.push(...decodeEpisodes(file, FEATURES, path));
    }
    this.kept = rounds;
    await this.readReports(checkpoint.round);
    return snapshotOf(checkpoint, stored, this.checkpoint);
  }

  async save(report: RoundReport, snapshot: Snapshot, fresh: readonly Episode[]): Promise<void> {
    this.reports.push(report);
    await writeAtomic(this.episodesOf(snapshot.round - 1), encodeEpisodes(fresh));
    await writeAtomic(this.checkpoint, encodeCheckpoint(snapshot, this.plan));
    await writeAtomic(
      join(this.out, 'progress.jsonl'),
      this.reports.map((each) => `${JSON.stringify(each)}\n`).join(''),
    );
    if (report.validation !== null) await this.publish(snapshot);
    await this.forget(this.roundsOf(snapshot.episodes.map(({ id }) => id)));
  }

  /** The model that did best so far, and the curves. */
  async publish({ best, round }: Pick<Snapshot, 'best' | 'round'>): Promise<void> {
    const { training } = this.plan;
    const header = {
      policy: training.policy,
      observationVersion: OBSERVATION_VERSION,
      features: FEATURES,
      network: training.network,
      training: { ...training, done: round, bestRound: best.round, bestScore: best.score },
    };
    await writeAtomic(join(this.out, 'model.bin'), encodeModel({ header, weights: best.weights }));
    await writeAtomic(join(this.out, 'curves.html'), curvesPage(training.name, this.reports));
  }

  private episodesOf(round: number): string {
    return join(this.out, 'episodes', `${String(round).padStart(6, '0')}.bin`);
  }

  private roundsOf(ids: readonly number[]): number[] {
    return [...new Set(ids.map((id) => Math.floor(id / this.plan.training.episodes)))];
  }

  private async forget(needed: readonly number[]): Promise<void> {
    for (const round of this.kept)
      if (!needed.includes(round)) await rm(this.episodesOf(round), { force: true });
    this.kept = needed;
  }

  /** What was told after the checkpoint will be told again. */
  private async readReports(rounds: number): Promise<void> {
    const text = await readFile(join(this.out, 'progress.jsonl'), 'utf8').catch(() => '');
    const reports = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as RoundReport);
    this.reports.push(...reports.filter(({ round }) => round <= rounds));
  }
}

/** All but how long it goes on must be as it was. */
function requireSame(then: unknown, now: TrainingPlan, where: string): void {
  const before = (then as TrainingPlan).training as unknown as Record<string, unknown>;
  const after = now.training as unknown as Record<string, unknown>;
  const free = ['rounds', 'name', 'description'];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = keys.find(
    (key) => !free.includes(key) && JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  if (changed !== undefined)
    throw new InputError(
      where,
      `was made with ${changed}: ${JSON.stringify(before[changed])}, now it is ${JSON.stringify(after[changed])}; only rounds may change`,
    );
}
