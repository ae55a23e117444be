import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interruptedAtListener, peerslam } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'peerslam-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SECONDS = 400;

/** Robot 1 stands, sees a landmark, and watches robot 2, which drives straight on past it, slower than it is told. */
beforeAll(() => {
  const lines = (count: number, line: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => line(i)).join('\n');
  const x = (t: number) => 1 + 0.009 * t;
  const watching = (t: number) => Math.hypot(x(t), 1);
  const files = {
    'Barcodes.dat': '1 5\n2 14\n6 63\n',
    'Landmark_Groundtruth.dat': '6 2 0 0 0\n',
    'Robot1_Odometry.dat': lines(SECONDS + 1, (t) => `${t} 0 0`),
    'Robot2_Odometry.dat': lines(SECONDS + 1, (t) => `${t} 0.01 0`),
    'Robot1_Groundtruth.dat': lines(SECONDS + 1, (t) => `${t} 0 0 0`),
    'Robot2_Groundtruth.dat': lines(SECONDS + 1, (t) => `${t} ${x(t)} 1 0`),
    'Robot1_Measurement.dat': lines(
      SECONDS,
      (t) => `${t} 63 2 0\n${t} 14 ${watching(t)} ${Math.atan2(1, x(t))}`,
    ),
    'Robot2_Measurement.dat': '',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});

const colocalize = (options: string, prefix: string[] = []) =>
  peerslam(['colocalize', folder, ...options.split(' ').filter(Boolean)], prefix);

describe('peerslam colocalize', () => {
  it('prints one JSON object', async () => {
    const { status, stdout, stderr } = await colocalize('--json');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({ relativeUsed: SECONDS, dataS: SECONDS });
    expect(found.agents.map(({ id }: { id: number }) => id)).toEqual([1, 2]);
    expect(Object.keys(found.agents[0])).toEqual(['id', 'ateRmse', 'smoothedAteRmse']);
    expect(found.wallS).toBeGreaterThan(0);
    expect(found.agents[1].ateRmse).toBeLessThan(0.06);
    expect(found.team.smoothedAteRmse).toBeLessThan(0.04);
  });

  it('prints a table, and does without teammates', async () => {
    const { status, stdout } = await colocalize('--relative off --landmarks 1,2');
    expect(status).toBe(0);
    expect(stdout).toMatch(/robot 2.*team/);
    expect(stdout).toMatch(/smoothed/);
    expect(stdout).toMatch(/observations of teammates\s+0 used of 0/);
    expect(stdout).toMatch(/400.0 s in .* real time/);
  });

  it('leaves when told to before it began', async () => {
    const { status, stdout } = await colocalize('--json', interruptedAtListener(2));
    expect(status).toBe(130);
    expect(stdout).toBe('');
  });

  it('keeps to a budget', async () => {
    const { stdout } = await colocalize('--budget 6 --policy random --json');
    const { relativeUsed, relativeOffered } = JSON.parse(stdout);
    expect(relativeOffered).toBe(SECONDS);
    expect(relativeUsed).toBeGreaterThan(20);
    expect(relativeUsed).toBeLessThanOrEqual(6 * 7);
  });

  it('says what is wrong with status 2', async () => {
    const said = async (options: string) => {
      const { status, stdout, stderr } = await colocalize(options);
      expect(status).toBe(2);
      expect(stdout).toBe('');
      return stderr;
    };
    expect(await said('--landmarks 1,3')).toMatch(/--landmarks 1,3: there is no robot 3; there are 1, 2/);
    expect(await said('--landmarks some')).toMatch(/must be all, none, or ids/);
    expect(await said('--policy nearest')).toMatch(/give one with --budget N/);
    expect(await said('--budget 3 --relative off')).toMatch(/is of no use with --relative off/);
    writeFileSync(join(folder, 'Robot1_Odometry.dat'), '0 0 0\n1 0');
    expect(await said('')).toMatch(/Robot1_Odometry\.dat:2: "1 0" should be 3 numbers/);
  });
});
