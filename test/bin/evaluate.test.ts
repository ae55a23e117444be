import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { evaluateCommand } from '../../bin/commands/evaluate.ts';
import { Folder, problem } from '../slam/datasets/folder.ts';

/** Ten poses, 0.05 m apart. */
const STEPS = Array.from({ length: 10 }, (_, i) => i);
const TUM = STEPS.map((i) => `${i} ${0.05 * i} 0 0 0 0 0 1\n`).join('');
const KITTI = STEPS.map((i) => `1 0 0 ${0.05 * i} 0 1 0 0 0 0 1 0\n`).join('');

let folder: Folder;
let printed: string;
beforeEach(async () => {
  folder = await Folder.create();
  await folder.write('a.tum', TUM);
  await folder.write('a.kitti.txt', KITTI);
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const run = (estimate: string, truth: string, ...options: string[]) =>
  evaluateCommand().parseAsync([folder.at(estimate), folder.at(truth), ...options], { from: 'user' });

describe('peerslam evaluate', () => {
  it('refuses to pair times with line numbers, and says what would be right', async () => {
    expect(await problem(run('a.tum', 'a.kitti.txt'))).toMatch(
      /a\.kitti\.txt: has no times .*a\.tum by; the estimate should be in KITTI format too, as --trajectory kitti/,
    );
    expect(await problem(run('a.kitti.txt', 'a.tum'))).toMatch(
      /a\.kitti\.txt: has no times .*a\.tum by; the estimate should be in TUM or EuRoC format/,
    );
    await run('a.kitti.txt', 'a.kitti.txt', '--json');
    expect(JSON.parse(printed).pairs).toBe(STEPS.length);
  });

  it('has nothing to tell of pieces of 1 m where the path is shorter', async () => {
    await run('a.tum', 'a.tum');
    expect(printed).toMatch(/RPE per 1 m, m +│ –/);
    expect(printed).toMatch(/RPE per frame, m +│ \d/);
    expect(printed).not.toContain('NaN');
    printed = '';
    await run('a.tum', 'a.tum', '--json');
    expect(JSON.parse(printed).rpe.per1m.translation.rmse).toBeNull();
  });
});
