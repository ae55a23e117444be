import { closest } from 'fastest-levenshtein';
import { InputError } from '../../base/errors.ts';
import { decodeModel } from '../../rl/network/model-file.ts';
import { valuesOf } from '../../rl/parameters.ts';
import { LEARNED, PARAMETERS, POLICY_NAMES } from '../../rl/policies.ts';
import { parseScenario } from '../load.ts';
import { overridden } from '../overrides.ts';
import type { RunMetrics } from '../run.ts';
import { type Scenario, scenarioSchema } from '../schema.ts';
import { simOptions } from '../sim-options.ts';
import { parseYaml } from '../yaml.ts';
import { type Contender, EXPERIMENT, type Experiment, type Place } from './schema.ts';
import { type Shard, shardId } from './shard.ts';

/** Where in an experiment a mission belongs. */
export interface Coordinates {
  /** Label of who decides. */
  readonly policy: string;
  /** Label of where. */
  readonly scenario: string;
  /** Seed of the building; null where it is spelled out. */
  readonly layout: number | null;
  readonly agents: number;
  readonly seed: number;
  readonly fidelity: RunMetrics['fidelity'];
}

export interface PlannedMission {
  readonly id: string;
  readonly at: Coordinates;
  readonly shard: Shard;
}

export interface Plan {
  readonly name: string;
  readonly description: string;
  /** Version of the program the missions are for. */
  readonly code: string;
  /** Labels, in the order of the file. */
  readonly policies: readonly string[];
  readonly baselines: readonly string[];
  /** Each once, in the order they are to be run: all policies of one case side by side. */
  readonly missions: readonly PlannedMission[];
}

export interface PlanOptions {
  /** Of the experiment's file, for messages. */
  readonly where: string;
  readonly code: string;
  /** The text of a scenario named there. */
  readonly scenarioText: (name: string) => Promise<{ readonly text: string; readonly path: string }>;
  /** A model file by its name there; of a policy's own model where it names none. */
  readonly modelFile: (
    policy: string,
    name?: string,
  ) => Promise<{ readonly bytes: Uint8Array; readonly path: string }>;
}

/**
 * Every mission that an experiment file asks for.
 * @throws InputError where the file, or a scenario it names, says something that cannot be
 */
export async function planExperiment(text: string, options: PlanOptions): Promise<Plan> {
  const { where, code } = options;
  const experiment = parseYaml(text, where, EXPERIMENT);
  const policies: { label: string; entry: Made }[] = [];
  for (const { label, entry } of labelled(experiment.policies, ({ policy }) => policy, `${where}: policies`))
    policies.push({ label, entry: await complete(entry, `${where}: policies, ${label}`, options) });
  const places = labelled(experiment.scenarios, ({ scenario }) => scenario, `${where}: scenarios`);
  const cases: Case[] = [];
  for (const { label, entry } of places) cases.push(...(await casesOf(label, entry, experiment, options)));
  const missions = cases.flatMap((each) =>
    policies.map(({ label, entry }) => missionOf(each, label, entry, experiment.duration, code)),
  );
  return {
    name: experiment.name,
    description: experiment.description,
    code,
    policies: policies.map(({ label }) => label),
    baselines: baselinesOf(
      experiment,
      policies.map(({ label }) => label),
      where,
    ),
    missions: once(missions, where),
  };
}

/** What every policy is to face. */
type Case = Omit<Coordinates, 'policy'> & { readonly of: Scenario };

async function casesOf(
  label: string,
  place: Place,
  { teamSizes, seeds, fidelities }: Experiment,
  { where, scenarioText }: PlanOptions,
): Promise<Case[]> {
  const cases: Case[] = [];
  for (const of of await scenariosAt(place, `${where}: scenarios, ${label}`, scenarioText)) {
    const layout = of.layout.kind === 'explicit' ? null : of.layout.seed;
    for (const agents of teamSizes ?? [of.team.agents]) {
      // Says now what would end a mission hours from now.
      simOptions(of, { seed: 0, agents, where: `${where}: scenarios, ${label}` });
      for (const seed of seeds)
        for (const fidelity of fidelities)
          cases.push({ of, scenario: label, layout, agents, seed, fidelity });
    }
  }
  return cases;
}

/** The scenario a file names, as that file changes it, in each of the buildings it asks for. @param where it does, for messages */
export async function scenariosAt(
  place: Place,
  where: string,
  scenarioText: PlanOptions['scenarioText'],
): Promise<Scenario[]> {
  const { text, path } = await scenarioText(place.scenario);
  return buildings(changed(parseScenario(text, path), place, where), place.layouts, where);
}

function changed(scenario: Scenario, { overrides }: Place, where: string): Scenario {
  const { layout, ...others } = overrides;
  const whole = { ...overridden(scenario, others as object), layout: layout ?? scenario.layout };
  const checked = scenarioSchema.safeParse(whole);
  if (checked.success) return checked.data;
  const [{ path, message }] = checked.error.issues;
  throw new InputError(where, `with its overrides ${path.join('.')} is wrong: it ${message}`);
}

/** The scenario in each of the buildings asked for, dressed by the building's seed. */
function buildings(scenario: Scenario, seeds: readonly number[] | undefined, where: string): Scenario[] {
  if (!seeds) return [scenario];
  const { layout, appearance } = scenario;
  if (layout.kind === 'explicit')
    throw new InputError(where, 'its layout is spelled out, so there are no others; leave out `layouts`');
  return seeds.map((seed) => ({
    ...scenario,
    layout: { ...layout, seed },
    appearance: { ...appearance, seed },
  }));
}

function missionOf(
  { of, ...at }: Case,
  label: string,
  { policy, parameters, sightings, model }: Made,
  duration: number | undefined,
  code: string,
): PlannedMission {
  const { agents, seed, fidelity } = at;
  const shard: Shard = {
    scenario: of,
    agents,
    policy,
    ...(model !== undefined && { model }),
    parameters,
    seed,
    fidelity,
    relative: sightings,
    duration: duration ?? of.duration,
  };
  return { id: shardId(shard, code), at: { policy: label, ...at }, shard };
}

/** @throws InputError where two labels stand for the same missions */
function once(missions: readonly PlannedMission[], where: string): PlannedMission[] {
  const byId = new Map<string, PlannedMission>();
  for (const mission of missions) {
    const other = byId.get(mission.id)?.at;
    const { policy, scenario } = mission.at;
    if (other && other.policy !== policy)
      throw new InputError(where, `policies: "${other.policy}" and "${policy}" are the same; leave one out`);
    if (other && other.scenario !== scenario)
      throw new InputError(
        where,
        `scenarios: "${other.scenario}" and "${scenario}" are the same; leave one out`,
      );
    if (!other) byId.set(mission.id, mission);
  }
  return [...byId.values()];
}

function labelled<T extends { readonly label?: string }>(
  entries: readonly T[],
  nameOf: (entry: T) => string,
  where: string,
): { label: string; entry: T }[] {
  const list = entries.map((entry) => ({ label: entry.label ?? nameOf(entry), entry }));
  const twice = list.find(({ label }, i) => list.findIndex((other) => other.label === label) < i);
  if (twice)
    throw new InputError(where, `two are called "${twice.label}"; give one of them a label of its own`);
  return list;
}

/** Whom a file names, with all that makes the policy: its model, base64, if it was learned. */
type Made = Omit<Contender, 'model'> & { readonly model?: string };

/**
 * With every parameter the policy leaves open, and its model.
 * @throws InputError where there is no such policy, no such parameter of it, or no such model
 */
async function complete(contender: Contender, where: string, { modelFile }: PlanOptions): Promise<Made> {
  const { policy, parameters, model: name, ...rest } = contender;
  if (!POLICY_NAMES.includes(policy)) {
    const hint = `did you mean ${closest(policy, POLICY_NAMES)}? There are ${POLICY_NAMES.join(', ')}`;
    throw new InputError(where, `there is no policy ${policy}; ${hint}`);
  }
  const made = { ...rest, policy, parameters: valuesOf(PARAMETERS[policy] ?? {}, parameters, where) };
  if (!LEARNED.some((each) => each === policy)) {
    if (name !== undefined) throw new InputError(where, `${policy} was not learned; leave out its model`);
    return made;
  }
  const { bytes, path } = await modelFile(policy, name);
  const { header } = decodeModel(bytes, path);
  if (header.policy !== policy)
    throw new InputError(where, `${path} is a model of ${header.policy}, not of ${policy}`);
  return { ...made, model: Buffer.from(bytes).toString('base64') };
}

/** The first policy where the file names none. */
function baselinesOf({ baselines }: Experiment, labels: readonly string[], where: string): readonly string[] {
  const unknown = baselines?.find((label) => !labels.includes(label));
  if (unknown !== undefined)
    throw new InputError(where, `baselines: "${unknown}" is none of the policies: ${labels.join(', ')}`);
  return baselines ?? [labels[0]];
}
