import { parseG2o } from '../slam/datasets/g2o.ts';
import { optimizePoseGraph } from '../slam/optimize/pose-graph.ts';
import { type Bench, fixed } from './bench.ts';
import { ceres, readBenchData, timed } from './solvers.ts';

/** Known optimum of each graph, by its name in `optima.json`; the tiny grid has none there. */
const GRAPHS: readonly (readonly [file: string, optimum: string])[] = [
  ['tinyGrid3D', 'tinyGrid3D'],
  ['smallGrid3D', 'smallGrid3D'],
  ['sphere2500', 'sphere2500'],
  ['parking-garage', 'parking-garage'],
  ['intel', 'intel'],
  ['CSAIL', 'CSAIL (spanning-tree start)'],
];

/** Pose graphs of the field against their optima, and against Ceres from the file's guess. */
export const graphsBench: Bench = {
  name: 'graphs',
  about: 'pose graphs: χ² over the known optimum (to reach: 1.001), and time beside Ceres on one thread',
  async run({ kernels, say, stop }) {
    const optima = JSON.parse((await readBenchData('pose_graphs/optima.json')).text).chi2_g2o_convention;
    const native = await ceres('graph');
    if (typeof native === 'string') say(`graphs: no Ceres to compare with: ${native}`);
    const rows: (string | number)[][] = [];
    for (const [name, key] of GRAPHS) {
      if (stop.aborted) break;
      say(`graphs: ${name}`);
      const { text, path } = await readBenchData(`pose_graphs/${name}.g2o`);
      const { problem } = parseG2o(text, path);
      const { first, best } = timed(() => {
        const fresh = { ...problem, nodes: problem.nodes.slice() };
        const { finalCost, iterations } = optimizePoseGraph(fresh, { kernels, start: 'best' });
        return { cost: finalCost, iterations };
      });
      const guess = /^VERTEX/m.test(text);
      const theirs = typeof native === 'string' || !guess ? undefined : await native.solve(path);
      rows.push([
        name,
        best.cost.toPrecision(8),
        optima[key] === undefined ? '–' : fixed(best.cost / optima[key], 6),
        best.iterations,
        fixed(first.ms, 1),
        fixed(best.ms, 1),
        theirs ? theirs.cost.toPrecision(8) : guess ? 'not here' : 'no guess',
        theirs ? fixed(theirs.ms, 1) : '–',
        theirs ? fixed(best.ms / theirs.ms, 2) : '–',
      ]);
    }
    if (typeof native !== 'string') await native.remove();
    return {
      head: [
        'graph',
        'χ²',
        'over optimum',
        'steps',
        'first run, ms',
        'best of 5, ms',
        'Ceres χ²',
        'Ceres ms',
        'ratio',
      ],
      rows,
    };
  },
};
