import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../base/errors.ts';
import { Random } from '../../../base/random.ts';
import { readKernels } from '../../../bin/resources.ts';
import { formatBal, parseBal } from '../../../slam/datasets/bal.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import { BalOptimizer } from '../../../slam/optimize/bal.ts';
import type { BalProblem } from '../../../slam/optimize/bundle/bal-problem.ts';
import type { Loss } from '../../../slam/optimize/loss.ts';
import { dataFolder, hasData } from '../../data.ts';
import { balCost, project } from '../../oracle/bal.ts';
import { mutate } from './mutate.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

/** Cameras on an arc that look at a cloud, with exact observations of most points. */
function scene(random: Random, cameras: number, points: number, seen = 0.7): BalProblem {
  const problem = {
    cameras: new Float64Array(9 * cameras),
    points: Float64Array.from({ length: 3 * points }, () => random.uniform(-1, 1)),
  };
  for (let c = 0; c < cameras; c++) {
    const turn = [0.1 * random.normal(), (c - cameras / 2) * 0.2, 0.1 * random.normal()];
    problem.cameras.set([...turn, 0.1 * random.normal(), 0, -6, 500, -0.1, 0.02], 9 * c);
  }
  const pairs: [number, number][] = [];
  for (let p = 0; p < points; p++) {
    for (let c = 0; c < cameras; c++) if (random.chance(seen)) pairs.push([c, p]);
  }
  const at = (c: number, p: number) =>
    project(problem.cameras.subarray(9 * c, 9 * c + 9), problem.points.subarray(3 * p, 3 * p + 3));
  return {
    ...problem,
    observationCamera: Int32Array.from(pairs, ([c]) => c),
    observationPoint: Int32Array.from(pairs, ([, p]) => p),
    observations: Float64Array.from(pairs.flatMap(([c, p]) => at(c, p))),
  };
}

function shake(random: Random, problem: BalProblem): void {
  for (let k = 0; k < problem.cameras.length; k++) {
    problem.cameras[k] += random.normal([0.01, 0.01, 0.01, 0.05, 0.05, 0.05, 5, 0.01, 0.01][k % 9]);
  }
  for (let k = 0; k < problem.points.length; k++) problem.points[k] += random.normal(0.02);
}

function optimize(problem: BalProblem, loss?: Loss, steps = 50): BalOptimizer {
  const optimizer = new BalOptimizer(problem, { kernels, loss });
  while (optimizer.iterations < steps && optimizer.step());
  optimizer.write();
  return optimizer;
}

describe('bundle adjustment of BAL problems', () => {
  it('has the cost the camera model gives, under every loss', () => {
    const random = new Random('bal cost');
    const problem = scene(random, 4, 30);
    shake(random, problem);
    for (const kind of [undefined, 'huber', 'cauchy', 'geman-mcclure', 'tukey'] as const) {
      const loss = kind && { kind, scale: 3 };
      const { initialCost } = new BalOptimizer(problem, { kernels, loss });
      expect(initialCost / balCost(problem, loss)).toBeCloseTo(1, 12);
    }
  });

  it('comes back to a perfect scene, with few cameras and with a sparse chain of many', () => {
    for (const [cameras, points, seen] of [
      [5, 60, 0.8],
      [40, 400, 0.1],
    ]) {
      const random = new Random(`bal ${cameras}`);
      const problem = scene(random, cameras, points, seen);
      shake(random, problem);
      const { initialCost, cost, iterations } = optimize(problem);
      expect(initialCost).toBeGreaterThan(1000);
      expect(cost).toBeLessThan(1e-3);
      expect(balCost(problem)).toBeCloseTo(cost, 6);
      expect(iterations).toBeLessThan(50);
    }
  });

  it('predicts the decrease of a small step: its gradient is right', () => {
    const random = new Random('bal slope');
    const problem = scene(random, 3, 20);
    shake(random, problem);
    const session = kernels.sparse.openBal(problem, undefined);
    session.linearize();
    const lambda = 1e6;
    const predicted = session.attempt(lambda)!;
    expect((session.cost() - session.trialCost()) / predicted).toBeCloseTo(1, 4);
  });

  it('leaves wrong matches out of account with a robust loss', () => {
    const worst = [undefined, { kind: 'cauchy', scale: 1 } as const].map((loss) => {
      const random = new Random('bal outliers');
      const problem = scene(random, 6, 80);
      const wrong = new Set<number>();
      for (let k = 0; k < 12; k++) wrong.add(random.int(problem.observationPoint.length));
      for (const o of wrong) problem.observations[2 * o] += 60;
      shake(random, problem);
      optimize(problem, loss);
      const errors = Array.from(problem.observationPoint, (p, o) => {
        const c = problem.observationCamera[o];
        const [x] = project(
          problem.cameras.subarray(9 * c, 9 * c + 9),
          problem.points.subarray(3 * p, 3 * p + 3),
        );
        return wrong.has(o) ? 0 : Math.abs(x - problem.observations[2 * o]);
      });
      return Math.max(...errors);
    });
    expect(worst[0]).toBeGreaterThan(5);
    expect(worst[1]).toBeLessThan(0.5);
  });

  it('takes a point seen twice by a camera, one never seen, and gives the same bytes again', () => {
    const run = () => {
      const random = new Random('bal odd');
      const problem = scene(random, 4, 30);
      problem.observationCamera.fill(0, 0, 2);
      problem.observationPoint.fill(0, 0, 2);
      const odd = { ...problem, points: Float64Array.of(...problem.points, 5, 5, 5) };
      shake(random, odd);
      const { cost, initialCost } = optimize(odd);
      expect(cost).toBeLessThan(initialCost);
      return odd;
    };
    expect(run()).toEqual(run());
  });
});

const TEXT = `2 3 4
0 0 1.5 -2
1 2 3 4
1 0 -1 0.5
0 1 2 2
${[0.01, 0.02, 0.03, 0, 0, -5, 400, 0, 0, 0.1, 0, 0, 0.2, 0, -5, 410, 0, 0].join('\n')}
${[0, 0, 0, 0.1, 0.2, 0.3, -0.1, 0.3, 0].join('\n')}
`;

describe('BAL files', () => {
  it('are read sorted by point, and come back the same from what is written', () => {
    const problem = parseBal(TEXT, 'a.txt');
    expect([...problem.observationPoint]).toEqual([0, 0, 1, 2]);
    expect([...problem.observationCamera]).toEqual([0, 1, 0, 1]);
    expect([...problem.observations]).toEqual([1.5, -2, -1, 0.5, 2, 2, 3, 4]);
    expect(problem.cameras[15]).toBe(410);
    expect([...problem.points.subarray(6)]).toEqual([-0.1, 0.3, 0]);
    expect(parseBal(formatBal(problem), 'b.txt')).toEqual(problem);
  });

  it.each([
    [
      'counts that the file has no room for',
      TEXT.replace('2 3 4', '2 3 4000000000'),
      ':1',
      'do not fit in the file',
    ],
    ['a count that is none', TEXT.replace('2 3 4', '2 -3 4'), ':1', '-3 is not a number of points'],
    ['no points', TEXT.replace('2 3 4', '2 0 4'), ':1', 'should be positive'],
    ['a camera beyond the last', TEXT.replace('1 2 3 4', '2 2 3 4'), ':3', 'it should be from 0 to 1'],
    ['a point beyond the last', TEXT.replace('1 2 3 4', '1 3 3 4'), ':3', 'it should be from 0 to 2'],
    ['no number', TEXT.replace('1 2 3 4', '1 2 3 x'), ':3', '"x" should be a number'],
    ['an end that comes early', TEXT.slice(0, -4), ':31', 'the file ends too early'],
    ['an end that comes late', `${TEXT}7\n`, ':33', 'the file should end here, but "7" follows'],
  ])('with %s are refused, with the line', (_, text, where, what) => {
    expect(() => parseBal(text, 'bad.txt')).toThrow(InputError);
    expect(() => parseBal(text, 'bad.txt')).toThrow(`bad.txt${where}: `);
    expect(() => parseBal(text, 'bad.txt')).toThrow(what);
  });

  it('damaged anyhow are refused in words or optimise without harm', () => {
    const random = new Random('bal fuzz');
    let refused = 0;
    for (let n = 0; n < 1000; n++) {
      const text = mutate(random, TEXT);
      let problem: BalProblem;
      try {
        problem = parseBal(text, 'fuzz.txt');
      } catch (error) {
        expect(error, text).toBeInstanceOf(InputError);
        refused++;
        continue;
      }
      if (n % 10 === 0) optimize(problem, undefined, 3);
    }
    expect(refused).toBeGreaterThan(300);
    expect(refused).toBeLessThan(1000);
  });
});

const DUBROVNIK = 'bundle_adjustment/problem-16-22106-pre.txt';

describe.skipIf(!hasData(DUBROVNIK))('BAL 16-22106', () => {
  it('reaches the optimum', () => {
    const path = join(dataFolder, DUBROVNIK);
    const problem = parseBal(readFileSync(path, 'utf8'), path);
    const { initialCost, cost, iterations } = optimize(problem);
    expect(initialCost).toBeCloseTo(4.18566e6, -1);
    expect(cost).toBeLessThan(1.80339e4 + 0.05);
    expect(iterations).toBeLessThan(15);
  });
});
