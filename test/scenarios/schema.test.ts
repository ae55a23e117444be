import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../scenarios/json-schema.ts';
import { scenarioJsonSchema, scenarioSchema } from '../../scenarios/schema.ts';

interface Leaf {
  readonly path: readonly string[];
  readonly schema: JsonSchema;
}

/** Every key of a file, sections included; of alternatives, all of them. Lists are left closed. */
function keys(schema: JsonSchema, path: readonly string[] = []): Leaf[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, value]) => [
    { path: [...path, key], schema: value },
    ...keys(value, [...path, key]),
  ]);
  return [...own, ...(schema.oneOf ?? []).flatMap((option) => keys(option, path))];
}

/** A file that says one thing, in an office. */
function fileWith(path: readonly string[], value: unknown): unknown {
  const nested = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Record<
    string,
    object
  >;
  const layout = path[0] === 'layout' ? { layout: { kind: 'office', ...nested.layout } } : {};
  return { name: 'test', ...nested, ...layout };
}

const explicitOnly = new Set(['bounds', 'ceiling', 'solids', 'persons', 'starts']);
const all = keys(scenarioJsonSchema());
const drawn = all.filter(({ path }) => !(path[0] === 'layout' && explicitOnly.has(path[1])));

describe('the schema of scenario files', () => {
  it('is published as it stands: npx tsx scenarios/write-schema.ts', () => {
    const published = readFileSync(join(import.meta.dirname, '../../scenarios/scenario.schema.json'), 'utf8');
    expect(published).toBe(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
  });

  it('says of every key what it is', () => {
    expect(all.filter(({ schema }) => !schema.description).map(({ path }) => path.join('.'))).toEqual([]);
    expect(all.length).toBeGreaterThan(80);
  });

  it('has a default for every key but those that stand for themselves when absent', () => {
    const without = drawn
      .filter(({ schema }) => schema.default === undefined)
      .map(({ path }) => path.join('.'));
    expect([...new Set(without)]).toEqual([
      'name',
      'layout.kind',
      'robot.camera.cx',
      'robot.camera.cy',
      'decision.observeBudget',
    ]);
  });

  it('fills in what a file leaves out', () => {
    const scenario = scenarioSchema.parse({ name: 'bare' });
    expect(scenario.duration).toBe(300);
    expect(scenario.team.agents).toBe(4);
    expect(scenario.robot.camera).toMatchObject({ width: 640, fx: 385, mount: { height: 0.35 } });
    expect(scenario.decision.epoch).toBe(5);
    expect(scenario.initialPoses).toBe('known');
  });

  it('keeps defaults out of what is particular about one robot', () => {
    const { team } = scenarioSchema.parse({
      name: 'one',
      team: { robots: [{ radius: 0.3, camera: { mount: { height: 0.5 } } }] },
    });
    expect(team.robots).toEqual([{ radius: 0.3, camera: { mount: { height: 0.5 } } }]);
  });

  it('bounds the same values for editors as for the program', () => {
    let bounds = 0;
    const accepts = (path: readonly string[], value: unknown) =>
      scenarioSchema.safeParse(fileWith(path, value)).success;
    for (const { path, schema } of drawn) {
      const { minimum, exclusiveMinimum, maximum } = schema;
      const outside = [
        minimum === undefined ? [] : [minimum - 1],
        exclusiveMinimum === undefined ? [] : [exclusiveMinimum],
        maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? [] : [maximum + 1],
      ].flat();
      for (const value of outside) expect([path, value, accepts(path, value)]).toEqual([path, value, false]);
      bounds += outside.length;
      if (minimum !== undefined) expect([path, accepts(path, minimum)]).toEqual([path, true]);
      for (const word of schema.enum ?? []) {
        if (path.join('.') !== 'layout.kind') expect(accepts(path, word)).toBe(true);
      }
    }
    expect(bounds).toBeGreaterThan(60);
  });
});
