import { parseBal } from '../slam/datasets/bal.ts';
import { BalOptimizer } from '../slam/optimize/bal.ts';
import { type Bench, fixed } from './bench.ts';
import { ceres, readBenchData, timed } from './solvers.ts';

const PROBLEM = 'bundle_adjustment/problem-16-22106-pre.txt';

/** Bundle adjustment in the large against Ceres. */
export const balBench: Bench = {
  name: 'bal',
  about:
    'BAL 16-22106: ½Σr² (to reach: 1.8052e4, aim 1.80339e4) and time beside Ceres, one thread, dense Schur complement',
  async run({ kernels, say }) {
    const { text, path } = await readBenchData(PROBLEM);
    const problem = parseBal(text, path);
    const { first, best } = timed(() => {
      const optimizer = new BalOptimizer(problem, { kernels });
      while (optimizer.step());
      return { cost: optimizer.cost, iterations: optimizer.iterations };
    });
    const row = (name: string, { cost, iterations, ms }: typeof best) => [
      name,
      cost.toPrecision(8),
      iterations,
      fixed(ms, 0),
      fixed(ms / iterations, 1),
    ];
    const rows = [row('peerslam, first run', first), row('peerslam, best of 5', best)];
    const native = await ceres('bal');
    if (typeof native === 'string') {
      say(`bal: no Ceres to compare with: ${native}`);
      rows.push(['Ceres', 'not here', '–', '–', '–']);
    } else {
      const theirs = await native.solve(path);
      await native.remove();
      rows.push(row('Ceres, best of 5', theirs), [
        'ratio of times',
        '–',
        '–',
        fixed(best.ms / theirs.ms, 2),
        '–',
      ]);
    }
    return { head: ['solver', '½Σr²', 'steps', 'ms', 'ms a step'], rows };
  },
};
