import * as z from 'zod';
import { overridesOf } from '../overrides.ts';
import { scenarioSchema } from '../schema.ts';
import type { FileKind } from '../yaml.ts';

/** The experiment file: who is compared, where, and how often. */

const label = z.string().min(1).describe('What tables call it').optional();
const seeds = z.array(z.int().min(0)).min(1);

const contender = z.strictObject({
  policy: z.string().min(1).describe('Who decides on tasks, by the name `peerslam run --policy` knows'),
  label,
  parameters: z
    .record(z.string(), z.number())
    .describe('Of those that the policy leaves open, by name; the others have their defaults')
    .default({}),
  model: z
    .string()
    .min(1)
    .describe(
      'Of a policy that was learned: its model file, relative to this one; absent: the one that comes with peerslam',
    )
    .optional(),
  sightings: z.boolean().describe('false: nobody recognises a teammate').default(true),
});

export const place = z.strictObject({
  scenario: z
    .string()
    .min(1)
    .describe('A scenario file, relative to this one, or the name of one that comes with peerslam'),
  label,
  layouts: seeds
    .describe(
      'Seeds of buildings, each dressed by the same seed: a list, or a range like 1..30; absent: the one the scenario has',
    )
    .optional(),
  overrides: overridesOf(scenarioSchema)
    .describe('Put in place of what the scenario says, key by key; a layout as a whole')
    .prefault({}),
});

export const experimentSchema = z
  .strictObject({
    name: z.string().min(1).describe('Short name, used in titles and folders'),
    description: z.string().describe('One sentence: what it is to find out').default(''),
    policies: z.array(contender).min(1).describe('Who is compared: names, or keys for more than a name'),
    baselines: z
      .array(z.string())
      .min(1)
      .describe('Whom the others are compared with: labels from `policies`')
      .optional(),
    scenarios: z.array(place).min(1).describe('Where: names or files, or keys for more than a name'),
    teamSizes: z
      .array(z.int().min(1).max(64))
      .min(1)
      .describe('Numbers of robots, instead of what the scenarios say')
      .optional(),
    seeds: seeds.describe('What noise and policies draw from: a list, or a range like 1..30'),
    fidelities: z
      .array(z.enum(['features', 'images', 'statistical']))
      .min(1)
      .describe('What cameras deliver; several show whether they rank policies alike')
      .default(['features']),
    duration: z
      .number()
      .positive()
      .max(86_400)
      .describe('Seconds, instead of what the scenarios say')
      .optional(),
  })
  .describe('A peerslam experiment');

/** An experiment with every default filled in. */
export type Experiment = z.output<typeof experimentSchema>;
export type Contender = Experiment['policies'][number];
export type Place = Experiment['scenarios'][number];

export const EXPERIMENT: FileKind<Experiment> = {
  name: 'experiment',
  schema: experimentSchema,
  least: 'a name, policies, scenarios and seeds',
  spellOut: (content) =>
    typeof content === 'object' && content !== null && !Array.isArray(content)
      ? spellOut(content as Record<string, unknown>)
      : content,
};

/** A name stands for the entry that has only that name, one value for a list of one, `1..30` for all from 1 to 30. */
function spellOut(content: Record<string, unknown>): Record<string, unknown> {
  return withEach(content, {
    policies: (value) => listed(value).map((entry) => named(entry, 'policy')),
    scenarios: (value) =>
      listed(value).map((entry) => {
        const place = named(entry, 'scenario');
        return place instanceof Object
          ? withEach(place as Record<string, unknown>, { layouts: ranged })
          : place;
      }),
    baselines: listed,
    fidelities: listed,
    teamSizes: ranged,
    seeds: ranged,
  });
}

export function withEach(
  content: Record<string, unknown>,
  change: Readonly<Record<string, (value: unknown) => unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(content).map(([key, value]) => [
      key,
      Object.hasOwn(change, key) ? change[key](value) : value,
    ]),
  );
}

export function listed(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

export function named(entry: unknown, key: string): unknown {
  return typeof entry === 'string' ? { [key]: entry } : entry;
}

/** Longer ones are slips. */
const LONGEST_RANGE = 100_000;

export function ranged(value: unknown): unknown {
  if (typeof value === 'number') return [value];
  const range = typeof value === 'string' ? /^\s*(\d+)\s*\.\.\s*(\d+)\s*$/.exec(value) : null;
  if (!range) return value;
  const [first, last] = [Number(range[1]), Number(range[2])];
  if (last < first || last - first >= LONGEST_RANGE) return value;
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
