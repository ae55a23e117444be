import { availableParallelism } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { Command, Option } from 'commander';
import { BACKENDS, type Backend, openBackend } from '../../rl/learner/backend.ts';
import { type RoundReport, train } from '../../rl/train.ts';
import { planTraining } from '../../scenarios/training/plan.ts';
import { configOf } from '../../scenarios/training/schema.ts';
import { whole } from '../arguments.ts';
import { readInput } from '../files.ts';
import { interrupted } from '../interrupt.ts';
import { say } from '../output.ts';
import { progress } from '../progress.ts';
import { SHIPPED, scenarioPath } from '../resources.ts';
import { ThreadActors } from '../training/actors.ts';
import { TrainingStore } from '../training/store.ts';

interface TrainOptions {
  readonly backend: Backend | 'auto';
  readonly workers: number;
  readonly resume?: boolean;
  readonly out?: string;
}

export function trainCommand(): Command {
  return new Command('train')
    .description('MAS-DQN: a network that decides who maps and who watches whom')
    .argument('<config>', 'a training file, like scenarios/trainings/corridors.yaml')
    .addOption(
      new Option('--backend <name>', 'where it computes; auto: the first of these there is')
        .choices(['auto', ...BACKENDS])
        .default('auto'),
    )
    .option(
      '--workers <n>',
      'threads that play missions; changes speed only',
      whole(1),
      availableParallelism(),
    )
    .option('--resume', 'go on from the checkpoint in the folder: the same to the bit on the same backend')
    .option('--out <dir>', 'where to write; runs/train-<config> if not given')
    .addHelpText(
      'after',
      '\nExample:\n  $ peerslam train scenarios/trainings/corridors.yaml --out runs/corridors',
    )
    .action(run);
}

async function run(file: string, { backend, workers, resume, out: folder }: TrainOptions): Promise<void> {
  const stop = interrupted();
  const plan = await planTraining(await readInput(file, 'training'), {
    where: file,
    async scenarioText(name) {
      const path = scenarioPath(name, dirname(file));
      return { text: await readInput(path, 'scenario', SHIPPED), path };
    },
  });
  const out = folder ?? join('runs', `train-${basename(file, extname(file))}`);
  const store = new TrainingStore(out, plan);
  const from = resume ? await store.resume() : null;
  if (!resume) await store.begin();
  const { name, why } = await openBackend(backend);
  say(`learning on ${name}: ${why}`);
  if (from) say(`going on after round ${from.round}`);

  const { rounds } = plan.training;
  const first = from?.round ?? 0;
  const bar = progress(rounds - first, 'rounds');
  const actors = new ThreadActors(plan, workers);
  try {
    const best = await train({
      config: configOf(plan.training),
      actors,
      from,
      stop,
      async onRound(report, snapshot, fresh) {
        await store.save(report, snapshot, fresh);
        bar.update(report.round - first, gist(report));
      },
    });
    bar.stop();
    await store.publish({ best, round: rounds });
    say(`best in validation after round ${best.round}: ${percent(best.score)}; written to ${out}`);
  } finally {
    bar.stop();
    await actors.close();
  }
}

function gist({ score, loss, validation, taught, exploration }: RoundReport): string {
  const how = taught ? 'taught' : `exploring ${percent(exploration)}`;
  const judged = validation === null ? '' : `, validation ${percent(validation)}`;
  return `score ${percent(score)}${judged}, loss ${loss.toFixed(4)}, ${how}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
