import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { peerslam } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'peerslam-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** A walk of many small turns whose end is seen from its start. */
function walk(nodes: number): string {
  const information = '100 0 0 100 0 400';
  const lines = ['EDGE_XY 0 1 2'];
  for (let i = 1; i < nodes; i++)
    lines.push(`EDGE_SE2 ${i - 1} ${i} 1 0 ${(6.4 / nodes).toFixed(6)} ${information}`);
  lines.push(`EDGE_SE2 ${nodes - 1} 0 1 0 ${(6.28 / nodes).toFixed(6)} ${information}`);
  return `${lines.join('\n')}\n`;
}

describe('peerslam optimize', () => {
  it('prints one JSON object and writes the optimum, which then has nothing left to gain', async () => {
    const path = file('walk.g2o', walk(60));
    const out = join(folder, 'out.g2o');
    const { status, stdout, stderr } = await peerslam(['optimize', path, '--json', '--out', out]);
    expect(status).toBe(0);
    expect(stderr).toContain('skipped 1 lines with other tags: EDGE_XY (first on line 1)');
    const outcome = JSON.parse(stdout);
    expect(outcome).toMatchObject({ file: path, kind: 'g2o-2d', poses: 60, edges: 60, initialCost: null });
    expect(Object.keys(outcome)).toEqual([
      ...['file', 'kind', 'poses', 'edges', 'initialCost', 'finalCost', 'iterations', 'ms'],
    ]);
    const again = JSON.parse((await peerslam(['optimize', out, '--json'])).stdout);
    expect(again.initialCost / outcome.finalCost).toBeCloseTo(1, 9);
    expect(again.finalCost / outcome.finalCost).toBeCloseTo(1, 9);
  });

  it('knows a BAL file by its first line', async () => {
    const numbers = [0.01, 0, 0, 0, 0, -5, 400, 0, 0, 0, 0.1, 0, 0.3, 0, -5, 400, 0, 0, 0.1, 0.2, 0.3];
    const path = file('two.txt', `2 1 2\n0 0 8.4 17.0\n1 0 31 16\n${numbers.join('\n')}\n`);
    const { stdout, status } = await peerslam(['optimize', path, '--json']);
    expect(status).toBe(0);
    const outcome = JSON.parse(stdout);
    expect(outcome).toMatchObject({ kind: 'bal', poses: 2, edges: 2 });
    expect(outcome.finalCost).toBeLessThan(1e-6);
    expect(outcome.initialCost).toBeGreaterThan(1);
  });

  it('says what is wrong with a file, and where, with status 2', async () => {
    const path = file('bad.g2o', walk(5).replace('EDGE_SE2 2 3 1', 'EDGE_SE2 2 3 one'));
    const bad = await peerslam(['optimize', path]);
    expect(bad.status).toBe(2);
    expect(bad.stderr).toBe(`error: ${path}:4: "one" should be a number\n`);
    expect((await peerslam(['optimize', join(folder, 'nowhere.g2o')])).status).toBe(2);
    expect((await peerslam(['optimize', path, '--loss', 'none'])).status).toBe(2);
  });

  it('keeps and reports what it has after Ctrl-C', async () => {
    const path = file('long.g2o', walk(20_000));
    const out = join(folder, 'long-out.g2o');
    const args = ['optimize', path, '--json', '--out', out, '--loss', 'cauchy', '--loss-scale', '0.001'];
    const { status, stdout, stderr } = await peerslam(args, [], 'once it speaks');
    expect(stderr).toContain('stopping');
    expect(status).toBe(130);
    const { finalCost } = JSON.parse(stdout);
    expect(finalCost).toBeGreaterThan(0);
    expect(readFileSync(out, 'utf8').split('\n').length).toBeGreaterThan(40_000);
  });
});
