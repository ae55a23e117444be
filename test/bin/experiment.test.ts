import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError } from '../../base/errors.ts';
import { runExperiment } from '../../bin/experiment/experiment.ts';

const folder = mkdtempSync(join(tmpdir(), 'peerslam-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

writeFileSync(
  join(folder, 'small.yaml'),
  'name: small\nlayout: { kind: office, width: 18, depth: 14 }\nteam: { agents: 2 }\n',
);
const file = join(folder, 'experiment.yaml');
writeFileSync(
  file,
  'name: two\npolicies: [independent, random]\nscenarios: small.yaml\nseeds: 1..2\nduration: 1\n',
);

const OUTPUTS = [
  'results.jsonl',
  'results.csv',
  'report.json',
  'report.html',
  'report.md',
  'ratio-accurateCoverageAuc.svg',
];

async function run(name: string, workers = 1, stop = new AbortController().signal) {
  const out = join(folder, name);
  const report = await runExperiment(file, {
    out,
    workers,
    stop,
    quiet: true,
    command: 'peerslam experiment',
  });
  return { out, report };
}

function written(out: string): string[] {
  return OUTPUTS.map((name) => readFileSync(join(out, name), 'utf8'));
}

describe('runExperiment', async () => {
  const whole = await run('whole', 2);
  const lines = readFileSync(join(whole.out, 'results.jsonl'), 'utf8').split('\n').slice(0, -1);

  it('runs what the file asks for, a line each in its order', () => {
    expect(lines.map((line) => JSON.parse(line)).map(({ policy, seed }) => `${policy} ${seed}`)).toEqual([
      'independent 1',
      'random 1',
      'independent 2',
      'random 2',
    ]);
    expect(whole.report.data.missions).toEqual({ planned: 4, done: 4 });
  });

  it('stopped at any place, even within a line, goes on to the same bytes with any number of workers', async () => {
    const { out } = await run('stopped', 1, AbortSignal.abort());
    const results = join(out, 'results.jsonl');
    expect(readFileSync(results, 'utf8')).toBe('');
    // Another order, and the last one torn.
    writeFileSync(results, `${lines[3]}\n${lines[1].slice(0, -20)}`);
    const before = lines[3].replace(/"coverage":[\d.]+/, '"coverage":0.125');
    writeFileSync(results, `${before}\n${lines[1].slice(0, -20)}`);
    await run('stopped', 2);
    expect(readFileSync(results, 'utf8')).toContain('"coverage":0.125');
    writeFileSync(results, `${lines[3]}\n${lines[1].slice(0, -20)}`);
    await run('stopped', 2);
    expect(written(out)).toEqual(written(whole.out));
  });

  it('keeps results of other settings, and leaves them out', async () => {
    const results = join(whole.out, 'results.jsonl');
    const other = lines[0].replace(/"id":"\w+"/, '"id":"other"');
    writeFileSync(results, [other, ...lines].map((line) => `${line}\n`).join(''));
    const { report } = await run('whole');
    expect(readFileSync(results, 'utf8').split('\n').slice(0, -1)).toEqual([...lines, other]);
    expect(report.data.missions.done).toBe(4);
  });

  it('refuses a folder whose results are none, rather than overwrite them', async () => {
    const { out } = await run('strange', 1, AbortSignal.abort());
    appendFileSync(join(out, 'results.jsonl'), `${lines[0]}\n{"a":1}\n`);
    const refused = run('strange');
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow('results.jsonl:2: is no result of an experiment');
  });
});
