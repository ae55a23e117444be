import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../base/errors.ts';
import { readTables, SHIPPED } from '../../../bin/resources.ts';
import { POLICIES } from '../../../rl/policies.ts';
import { parseScenario } from '../../../scenarios/load.ts';
import { runStatistical, type StatisticalRunOptions } from '../../../scenarios/statistical/run.ts';
import type { Tables } from '../../../scenarios/statistical/tables.ts';

let tables: Tables;

beforeAll(async () => {
  tables = await readTables();
});

function run(name: string, options: Partial<StatisticalRunOptions> = {}) {
  const where = `scenarios/${name}.yaml`;
  const scenario = parseScenario(readFileSync(where, 'utf8'), where);
  const allocator = POLICIES.independent;
  return runStatistical({ scenario, where, tables, seed: 1, policy: 'independent', allocator, ...options });
}

describe('a mission without frames', () => {
  it('gets about in every scenario that comes with the package', () => {
    for (const name of SHIPPED) {
      const { team, agents } = run(name, { duration: 90 }).metrics;
      expect(team.coverage, name).toBeGreaterThan(0.15);
      expect(team.accurateCoverage, name).toBeGreaterThan(0.05);
      expect(team.accurateCoverage, name).toBeLessThanOrEqual(team.coverage);
      // One of `rescue` starts where nothing has texture, and may not have mapped anything yet.
      const mapping = agents.filter(({ mapPoints, keyframes }) => Math.min(mapPoints, keyframes) > 1);
      expect(mapping.length, name).toBeGreaterThanOrEqual(agents.length - (name === 'rescue' ? 1 : 0));
    }
  });

  it('is the same again with the same seed, and another with another', () => {
    const hashOf = (seed: number) => run('corridors', { seed, duration: 40 }).metrics.hash;
    expect(hashOf(1)).toBe(hashOf(1));
    expect(hashOf(2)).not.toBe(hashOf(1));
  });

  it('starves cameras in bare corridors, and not in a furnished office', () => {
    const share = (name: string) => run(name, { duration: 200 }).metrics.team.timeLostS / (4 * 200);
    expect(share('corridors')).toBeGreaterThan(0.25);
    expect(share('office')).toBeLessThan(0.2);
  });

  it('sees nobody where nobody recognises a teammate', () => {
    expect(run('corridors', { duration: 30 }).metrics.team.relativeObservations).toBeGreaterThan(20);
    expect(run('corridors', { duration: 30, relative: false }).metrics.team.relativeObservations).toBe(0);
  });

  it('wants robots that know where they start', () => {
    const where = 'scenarios/office.yaml';
    const scenario = parseScenario(readFileSync(where, 'utf8'), where);
    const unknown = { ...scenario, initialPoses: 'unknown' as const };
    expect(() => run('office', { scenario: unknown })).toThrow(InputError);
    expect(() => run('office', { scenario: unknown })).toThrow(/scenarios\/office.yaml.*initialPoses/);
  });
});
