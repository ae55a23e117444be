import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { interruptedAtListener, peerslam } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'peerslam-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function scenarioFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('peerslam run', () => {
  it('leaves a run folder and prints one JSON object', async () => {
    const out = join(folder, 'short');
    const { status, stdout, stderr } = await peerslam([
      'run',
      'office',
      '--duration',
      '6',
      '--agents',
      '2',
      '--headless',
      '--json',
      '--out',
      out,
    ]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(readdirSync(out).sort()).toEqual([
      'decisions.jsonl',
      'map.ply',
      'metrics.json',
      'trajectory_0.tum',
      'trajectory_1.tum',
      'truth_0.tum',
      'truth_1.tum',
    ]);
    const metrics = JSON.parse(stdout);
    expect(JSON.parse(readFileSync(join(out, 'metrics.json'), 'utf8'))).toEqual(metrics);
    expect(metrics).toMatchObject({
      scenario: 'office',
      seed: 1,
      policy: 'independent',
      fidelity: 'features',
    });
    const pair = [join(out, 'trajectory_0.tum'), join(out, 'truth_0.tum')];
    const evaluated = JSON.parse((await peerslam(['evaluate', ...pair, '--json'])).stdout);
    expect(evaluated.ape.translation.rmse).toBeCloseTo(metrics.agents[0].ateRmse, 5);
  });

  it('runs the same mission on images, the same each time', async () => {
    const file = scenarioFile(
      'small-images.yaml',
      'name: small\nlayout: { kind: office, width: 18, depth: 14 }\nteam: { agents: 2 }\nrobot: { camera: { width: 320, height: 240, fx: 192, fy: 192 } }\n',
    );
    const args = ['run', file, '--fidelity', 'images', '--duration', '3', '--headless', '--json'];
    const once = async (name: string) => {
      const { status, stdout } = await peerslam([...args, '--out', join(folder, name)]);
      expect(status).toBe(0);
      return JSON.parse(stdout);
    };
    const [first, second] = [await once('images-1'), await once('images-2')];
    expect(first.fidelity).toBe('images');
    expect(first.agents.every(({ framesTracked }: { framesTracked: number }) => framesTracked > 18)).toBe(
      true,
    );
    expect(first.team.ateRmse).toBeLessThan(0.05);
    expect(second.hash).toBe(first.hash);
  });

  it('hears Ctrl-C before it starts, and writes nothing then', async () => {
    const out = join(folder, 'not-begun');
    const args = ['run', 'office', '--duration', '2', '--headless', '--out', out];
    const { status, stderr } = await peerslam(args, interruptedAtListener(2));
    expect([status, stderr]).toEqual([130, '\nstopping; press Ctrl-C again to leave at once\n']);
    expect(existsSync(out)).toBe(false);
  });

  it('gives the same hash on one core beside a busy process as it does on two', async () => {
    const args = (out: string) => [
      'run',
      'office',
      '--policy',
      'random',
      '--duration',
      '8',
      '--headless',
      '--json',
      '--out',
      join(folder, out),
    ];
    const busy = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
    try {
      const [a, b] = await Promise.all([peerslam(args('a'), ['taskset', '-c', '0']), peerslam(args('b'))]);
      expect([a.status, b.status]).toEqual([0, 0]);
      expect(JSON.parse(a.stdout).hash).toBe(JSON.parse(b.stdout).hash);
    } finally {
      busy.kill('SIGKILL');
    }
  });

  it('stops at Ctrl-C, keeps what it has, and says how much of the mission that is', async () => {
    const out = join(folder, 'stopped');
    const args = ['run', 'office', '--agents', '1', '--headless', '--json', '--out', out];
    const { status, stdout, stderr } = await peerslam(args, [], 4000);
    expect(stderr).toMatch(/^\nstopping/);
    expect(status).toBe(130);
    const metrics = JSON.parse(stdout);
    expect(metrics.plannedS).toBe(300);
    expect(metrics.durationS).toBeLessThan(300);
    expect(readdirSync(out).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(readdirSync(out)).toContain('map.ply');
  });

  it.each<[string, string[], RegExp]>([
    ['a scenario that is not there', ['run', 'nowhere.yaml'], /nowhere\.yaml: there is no such scenario/],
    ['a misspelt scenario', ['run', 'ofice'], /no such scenario; did you mean office\?/],
    ['a folder for a scenario', ['run', 'scenarios'], /scenarios: is a folder/],
    [
      'a file for a folder',
      ['run', 'office', '--out', 'package.json'],
      /package\.json: cannot be written to/,
    ],
    [
      'a folder that cannot be',
      ['run', 'office', '--out', '/proc/nope'],
      /\/proc\/nope: cannot be written to/,
    ],
    ['a policy of every object', ['run', 'office', '--policy', 'toString'], /no policy toString/],
    [
      'an unknown policy',
      ['run', 'office', '--policy', 'nearst'],
      /no policy nearst; did you mean nearest\?/,
    ],
    ['a duration below zero', ['run', 'office', '--duration', '-3'], /must be a positive number/],
    ['no robots', ['run', 'office', '--agents', '0'], /must be a whole number, 1 or more/],
    ['an override of no shape', ['run', 'office', '--override', 'soon'], /must look like 45:1:map/],
    [
      'an override of no robot',
      ['run', 'office', '--duration', '1', '--override', '0.5:9:map'],
      /robot 9 took no decision then; there is no such robot/,
    ],
    ['an unknown option', ['run', 'office', '--poliy', 'x'], /unknown option '--poliy'/],
    ['an unknown bench', ['bench', 'mision'], /no bench mision; did you mean mission\?/],
  ])('answers %s with one clear error and status 2', async (_what, args, message) => {
    const { status, stdout, stderr } = await peerslam(
      [...args, '--headless'].slice(0, args[0] === 'run' ? undefined : -1),
    );
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/ at .*\.js:/);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  it.each<[string, string, RegExp]>([
    ['an unknown key', 'name: x\nlayuot: {}\n', /bad\.yaml:2: unknown key "layuot"; did you mean "layout"/],
    [
      'a robot inside a wall',
      'name: x\nteam: { robots: [{ start: [8.1, 5, 0] }] }\n',
      /robots\[0\]\.start.*wall/s,
    ],
    ['zero robots', 'name: x\nteam: { agents: 0 }\n', /team\.agents/],
    ['a negative rate', 'name: x\nrobot: { camera: { rateHz: -5 } }\n', /rateHz.*-5/s],
  ])('refuses a scenario with %s and writes nothing', async (_what, text, message) => {
    const path = scenarioFile('bad.yaml', text);
    const out = join(folder, 'never');
    const { status, stderr } = await peerslam(['run', path, '--headless', '--out', out]);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
    expect(readdirSync(folder)).not.toContain('never');
  });
});
