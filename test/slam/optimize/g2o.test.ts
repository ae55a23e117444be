import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../base/errors.ts';
import { Random } from '../../../base/random.ts';
import { readKernels } from '../../../bin/resources.ts';
import { formatG2o, parseG2o } from '../../../slam/datasets/g2o.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import { optimizePoseGraph } from '../../../slam/optimize/pose-graph.ts';
import { dataFolder, hasData } from '../../data.ts';
import { mutate } from './mutate.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

const PLANE = `# a square
VERTEX_SE2 7 0 0 0
VERTEX_SE2 3 1 0.1 1.5
VERTEX_SE2 12 1 1 3.1
FIX 7
EDGE_SE2 7 3 1 0 1.57 100 1 2 100 3 400
EDGE_SE2 3 12 1 0 1.57 100 0 0 100 0 400
EDGE_RANGE 7 12 1.4 1
EDGE_SE2 12 7 1 -1 3.14 100 0 0 100 0 400
`;
const INFORMATION = '10 0 0 0 0 0 10 0 0 0 0 10 0 0 0 40 0 0 40 0 40';
const SPACE = `VERTEX_SE3:QUAT 0 0 0 0 0 0 0 1
VERTEX_SE3:QUAT 1 1 0 0 0 0 0.02 2
EDGE_SE3:QUAT 0 1 1 0 0 0 0 0 1 ${INFORMATION}
`;

describe('g2o files', () => {
  it('are read with ids ascending, the information made symmetric, quaternions of length 1, other tags counted', () => {
    const { problem, ids, skipped } = parseG2o(PLANE, 'square.g2o');
    expect(ids).toEqual([3, 7, 12]);
    expect([...problem.nodes]).toEqual([1, 0.1, 1.5, 0, 0, 0, 1, 1, 3.1]);
    expect([...problem.fixed]).toEqual([0, 1, 0]);
    expect([...problem.from]).toEqual([1, 0, 2]);
    expect([...problem.to]).toEqual([0, 2, 1]);
    expect([...problem.information!.subarray(0, 9)]).toEqual([100, 1, 2, 1, 100, 3, 2, 3, 400]);
    expect(skipped.lines).toBe(1);
    expect([...skipped.tags]).toEqual([['EDGE_RANGE', 8]]);
    const { nodes } = parseG2o(SPACE, 'space.g2o').problem;
    expect(Math.hypot(...nodes.subarray(10, 14))).toBeCloseTo(1, 15);
  });

  it('come back the same from what is written', () => {
    for (const text of [PLANE, SPACE]) {
      const graph = parseG2o(text, 'a.g2o');
      const again = parseG2o(formatG2o(graph), 'b.g2o');
      expect(again.problem).toEqual(graph.problem);
      expect(again.ids).toEqual(graph.ids);
    }
  });

  it.each([
    ['a missing value', PLANE.replace('3.1\n', '\n'), ':4', 'VERTEX_SE2 has 3 values; it should have 4'],
    ['no number', PLANE.replace('0.1', 'o.1'), ':3', '"o.1" should be a number'],
    ['an infinite number', PLANE.replace('0.1', '1e999'), ':3', '"1e999" should be a number'],
    ['a vertex twice', PLANE.replace('E2 12', 'E2 3'), ':4', 'vertex 3 is there twice'],
    ['an edge to nowhere', PLANE.replace('EDGE_SE2 3 12', 'EDGE_SE2 3 13'), ':7', 'there is no vertex 13'],
    ['a fixed vertex that is not there', PLANE.replace('FIX 7', 'FIX 8'), ':5', 'there is no vertex 8'],
    [
      'an edge onto itself',
      PLANE.replace('EDGE_SE2 3 12', 'EDGE_SE2 3 3'),
      ':7',
      'joins vertex 3 with itself',
    ],
    ['an id that is none', PLANE.replace('VERTEX_SE2 7', 'VERTEX_SE2 7.5'), ':2', '"7.5" should be the id'],
    [
      'indefinite information',
      PLANE.replace('100 1 2 100', '100 1 2 -1'),
      ':6',
      'not positive semi-definite',
    ],
    ['no rotation', SPACE.replace('0 0 0.02 2', '0 0 0 0'), ':2', 'the quaternion is no rotation'],
    ['2-D and 3-D mixed', PLANE + SPACE, ':10', 'VERTEX_SE3:QUAT after lines of a 2-D graph'],
    [
      'an end within a tag',
      `${PLANE}EDG`,
      ':10',
      '"EDG" is no tag known here, and the file ends in the middle of the line',
    ],
    ['no edges', '\nVERTEX_SE2 7 0 0 0\n', '', 'has no EDGE_SE2 and no EDGE_SE3:QUAT line'],
  ])('with %s are refused, with the line', (_, text, where, what) => {
    expect(() => parseG2o(text, 'bad.g2o')).toThrow(InputError);
    expect(() => parseG2o(text, 'bad.g2o')).toThrow(`bad.g2o${where}: `);
    expect(() => parseG2o(text, 'bad.g2o')).toThrow(what);
  });

  it('damaged anyhow are refused in words or optimise to something finite', () => {
    const random = new Random('g2o fuzz');
    let refused = 0;
    for (let n = 0; n < 1500; n++) {
      const text = mutate(random, n % 2 ? PLANE : SPACE);
      try {
        const { problem } = parseG2o(text, 'fuzz.g2o');
        optimizePoseGraph(problem, { kernels, start: 'best', iterations: 5 });
        expect(problem.nodes.every(Number.isFinite)).toBe(true);
      } catch (error) {
        expect(error, text).toBeInstanceOf(InputError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(300);
    expect(refused).toBeLessThan(1400);
  });
});

const OPTIMA = 'pose_graphs/optima.json';

describe.skipIf(!hasData(OPTIMA))('graphs of the field', () => {
  const { chi2_g2o_convention: chi2 } = JSON.parse(readFileSync(join(dataFolder, OPTIMA), 'utf8'));

  it.each([
    ['smallGrid3D', chi2.smallGrid3D],
    ['sphere2500', chi2.sphere2500],
    ['parking-garage', chi2['parking-garage']],
    ['intel', chi2.intel],
    ['CSAIL', chi2['CSAIL (spanning-tree start)']],
  ])('%s reaches its optimum', (name, optimum) => {
    const path = join(dataFolder, 'pose_graphs', `${name}.g2o`);
    const { problem } = parseG2o(readFileSync(path, 'utf8'), path);
    const { finalCost, iterations } = optimizePoseGraph(problem, { kernels, start: 'best' });
    expect(finalCost / optimum).toBeLessThan(1.00001);
    expect(iterations).toBeLessThan(20);
  });

  it('a start that the file gives is not needed', () => {
    const path = join(dataFolder, 'pose_graphs', 'smallGrid3D.g2o');
    const { problem } = parseG2o(readFileSync(path, 'utf8'), path);
    problem.nodes.fill(Number.NaN);
    const { initialCost, finalCost } = optimizePoseGraph(problem, { kernels, start: 'best' });
    expect(initialCost).toBeNaN();
    expect(finalCost / chi2.smallGrid3D).toBeLessThan(1.00001);
  });
});
