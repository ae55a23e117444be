import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { InputError } from '../../base/errors.ts';
import { formatBal, parseBal } from '../../slam/datasets/bal.ts';
import { formatG2o, parseG2o } from '../../slam/datasets/g2o.ts';
import type { Kernels } from '../../slam/kernels/kernels.ts';
import { BalOptimizer } from '../../slam/optimize/bal.ts';
import { LOSSES, type Loss, type LossKind } from '../../slam/optimize/loss.ts';
import { PoseGraphOptimizer } from '../../slam/optimize/pose-graph.ts';
import { positive, whole } from '../arguments.ts';
import { readInput } from '../files.ts';
import { interrupted } from '../interrupt.ts';
import { prepareFolder, say, writeAtomic } from '../output.ts';
import { progress } from '../progress.ts';
import { readKernels } from '../resources.ts';

interface OptimizeOptions {
  readonly iterations: number;
  readonly loss?: LossKind;
  readonly lossScale: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** A problem as read, whatever its kind. */
interface Task {
  readonly kind: 'g2o-2d' | 'g2o-3d' | 'bal';
  readonly poses: number;
  /** Measurements between poses, or observations of points. */
  readonly edges: number;
  /** What the person should know about how it was read. */
  readonly remarks: readonly string[];
  open(kernels: Kernels, loss: Loss | undefined): Optimizer;
  /** The file of the optimum. */
  format(): string;
}

interface Optimizer {
  /** χ² for graphs, ½Σr² for bundles. NaN where the file has no first guess. */
  readonly initialCost: number;
  readonly cost: number;
  readonly iterations: number;
  step(): boolean;
  /** Hands the estimate back to the task. */
  write?(): void;
}

interface Outcome {
  readonly file: string;
  readonly kind: Task['kind'];
  readonly poses: number;
  readonly edges: number;
  readonly initialCost: number | null;
  readonly finalCost: number;
  readonly iterations: number;
  readonly ms: number;
}

export function optimizeCommand(): Command {
  return new Command('optimize')
    .description('a .g2o pose graph or a BAL bundle adjustment problem through our solvers')
    .argument('<file>', 'what to optimise; a BAL file begins with three counts, anything else is read as g2o')
    .option('--iterations <n>', 'steps to try at most', whole(0), 100)
    .addOption(new Option('--loss <kind>', 'make wrong measurements count less').choices(LOSSES))
    .option(
      '--loss-scale <x>',
      'the error from which they do: standard deviations in graphs, pixels in BAL',
      positive,
      1,
    )
    .option('--out <file>', 'write the optimum, in the format of the input')
    .option('--json', 'print one JSON object and nothing else')
    .addHelpText(
      'after',
      '\nExample:\n  $ peerslam optimize ../shared/data/pose_graphs/sphere2500.g2o --out sphere.g2o',
    )
    .action(run);
}

async function run(file: string, options: OptimizeOptions): Promise<void> {
  const stop = interrupted();
  const task = readTask(await readInput(file, 'pose graph or bundle'), file);
  for (const remark of task.remarks) say(remark);
  if (options.out) await prepareFolder(dirname(options.out));
  const outcome = await solve(task, file, options, stop);
  if (options.out) await writeAtomic(options.out, task.format());
  process.stdout.write(options.json ? `${JSON.stringify(outcome)}\n` : report(outcome, options.out));
}

const BAL_HEADER = /^\s*\d+\s+\d+\s+\d+\s*$/m;

function readTask(text: string, file: string): Task {
  const firstLine = text.slice(0, text.indexOf('\n') + 1 || undefined);
  return BAL_HEADER.test(firstLine) ? balTask(text, file) : graphTask(text, file);
}

function balTask(text: string, file: string): Task {
  const problem = parseBal(text, file);
  return {
    kind: 'bal',
    poses: problem.cameras.length / 9,
    edges: problem.observationPoint.length,
    remarks: [],
    open: (kernels, loss) => new BalOptimizer(problem, { kernels, loss }),
    format: () => formatBal(problem),
  };
}

function graphTask(text: string, file: string): Task {
  const graph = parseG2o(text, file);
  const { problem, ids, skipped } = graph;
  const tags = [...skipped.tags].map(([tag, line]) => `${tag} (first on line ${line})`).join(', ');
  return {
    kind: problem.manifold === 'se2' ? 'g2o-2d' : 'g2o-3d',
    poses: ids.length,
    edges: problem.from.length,
    remarks: skipped.lines > 0 ? [`${file}: skipped ${skipped.lines} lines with other tags: ${tags}`] : [],
    open: (kernels, loss) => new PoseGraphOptimizer(problem, { kernels, loss, start: 'best' }),
    format: () => formatG2o(graph),
  };
}

/** Steps until none is worth it, giving way between them so that Ctrl-C is heard. */
async function solve(
  task: Task,
  file: string,
  options: OptimizeOptions,
  stop: AbortSignal,
): Promise<Outcome> {
  const kernels = await readKernels();
  const loss = options.loss && { kind: options.loss, scale: options.lossScale };
  const bar = progress(options.iterations, 'iterations', options.json);
  const started = performance.now();
  const optimizer = task.open(kernels, loss);
  let more = true;
  while (more && optimizer.iterations < options.iterations && !stop.aborted) {
    more = optimizer.step();
    bar.update(optimizer.iterations, `cost ${optimizer.cost.toPrecision(8)}`);
    await setImmediate();
  }
  const ms = performance.now() - started;
  bar.stop();
  if (!Number.isFinite(optimizer.cost)) {
    throw new InputError(
      file,
      'its cost is not finite; values are too large, or a point lies in the plane of a camera',
    );
  }
  optimizer.write?.();
  return {
    file,
    kind: task.kind,
    poses: task.poses,
    edges: task.edges,
    initialCost: Number.isFinite(optimizer.initialCost) ? optimizer.initialCost : null,
    finalCost: optimizer.cost,
    iterations: optimizer.iterations,
    ms: Math.round(1000 * ms) / 1000,
  };
}

function report(outcome: Outcome, out: string | undefined): string {
  const bundle = outcome.kind === 'bal';
  const initial =
    outcome.initialCost === null ? 'no first guess in the file' : outcome.initialCost.toPrecision(10);
  const lines = [
    `${bundle ? 'cameras      ' : 'poses        '}${outcome.poses}`,
    `${bundle ? 'observations ' : 'edges        '}${outcome.edges}`,
    `${bundle ? '½Σr² before  ' : 'χ² before    '}${initial}`,
    `${bundle ? '½Σr² after   ' : 'χ² after     '}${outcome.finalCost.toPrecision(10)}`,
    `iterations   ${outcome.iterations}`,
    `time         ${outcome.ms.toFixed(1)} ms (reading the file apart)`,
    ...(out ? [`written to   ${out}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
