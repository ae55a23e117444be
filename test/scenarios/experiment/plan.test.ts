import { describe, expect, it } from 'vitest';
import { InputError } from '../../../base/errors.ts';
import { FEATURES } from '../../../rl/network/features.ts';
import { NetworkLayout } from '../../../rl/network/layers.ts';
import { encodeModel } from '../../../rl/network/model-file.ts';
import { OBSERVATION_VERSION } from '../../../rl/observation/observation.ts';
import { type Plan, planExperiment } from '../../../scenarios/experiment/plan.ts';

const SCENARIOS: Record<string, string> = {
  small:
    'name: small\nduration: 90\nlayout: { kind: office, width: 18, depth: 14, seed: 5 }\nteam: { agents: 2 }\n',
  drawn:
    'name: drawn\nlayout: { kind: explicit, bounds: [0, 0, 9, 9], starts: [[1, 1, 0], [4, 4, 0]] }\nteam: { agents: 2 }\n',
};

const network = {
  reads: 'own',
  credit: 'own',
  dueling: true,
  hidden: 2,
  embedding: 2,
  pair: 1,
  head: 2,
  attention: 1,
} as const;

function model(policy: string): Uint8Array {
  const header = {
    policy,
    network,
    observationVersion: OBSERVATION_VERSION,
    features: FEATURES,
    training: null,
  };
  return encodeModel({ header, weights: new Float32Array(new NetworkLayout(network, FEATURES).count) });
}

const MODELS: Record<string, Uint8Array> = {
  'mas-dqn': model('mas-dqn'),
  'mine.model': model('independent-dqn'),
};

const BASE = 'name: x\npolicies: [independent, nearest]\nscenarios: small\nseeds: 1..2\n';

function plan(text: string, code = 'code'): Promise<Plan> {
  return planExperiment(text, {
    where: 'x.yaml',
    code,
    scenarioText: async (name) => ({ text: SCENARIOS[name], path: `${name}.yaml` }),
    modelFile: async (policy, name) => ({ bytes: MODELS[name ?? policy], path: name ?? policy }),
  });
}

async function complaint(text: string): Promise<string> {
  const error = await plan(text).then(
    () => null,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return error.message;
}

describe('planExperiment', () => {
  it('crosses policies, scenarios, layouts, team sizes, seeds and fidelities, all policies of a case side by side', async () => {
    const { missions, policies, baselines } = await plan(
      'name: x\npolicies: [independent, nearest]\nscenarios: { scenario: small, layouts: 3..5 }\nteamSizes: [1, 2]\nseeds: [7, 9]\nfidelities: [features, images]\n',
    );
    expect(missions).toHaveLength(2 * 3 * 2 * 2 * 2);
    expect(new Set(missions.map(({ id }) => id)).size).toBe(48);
    expect([policies, baselines]).toEqual([['independent', 'nearest'], ['independent']]);
    expect(missions.slice(0, 2).map(({ at }) => at)).toEqual([
      { policy: 'independent', scenario: 'small', layout: 3, agents: 1, seed: 7, fidelity: 'features' },
      { policy: 'nearest', scenario: 'small', layout: 3, agents: 1, seed: 7, fidelity: 'features' },
    ]);
    expect(missions[47].shard.scenario).toMatchObject({ layout: { seed: 5 }, appearance: { seed: 5 } });
  });

  it('takes from the scenario what the experiment leaves out', async () => {
    const { missions } = await plan(BASE);
    expect(missions[0].at).toMatchObject({ agents: 2, layout: 5, fidelity: 'features' });
    expect(missions[0].shard).toMatchObject({ duration: 90, relative: true });
  });

  it('puts overrides in place, also of what a scenario leaves absent', async () => {
    const overrides = '{ noise: { wheels: { slip: 0.2 } }, decision: { observeBudget: 40 } }';
    const { missions } = await plan(BASE.replace('small', `{ scenario: small, overrides: ${overrides} }`));
    const [{ scenario }] = missions.map(({ shard }) => shard);
    expect(scenario.noise.wheels).toMatchObject({ slip: 0.2, calibration: 0.01 });
    expect(scenario.decision).toEqual({ epoch: 5, observeBudget: 40 });
    expect(scenario.layout).toMatchObject({ kind: 'office', width: 18 });
  });

  it('calls equal missions of equal code alike, and no others', async () => {
    const id = async (text: string, code?: string) => (await plan(text, code)).missions[0].id;
    const usual = await id(BASE);
    expect(await id(BASE)).toBe(usual);
    expect(await id(BASE.replace('name: x', 'name: y'))).toBe(usual);
    expect(await id(BASE.replace('independent', '{ policy: independent, label: alone }'))).toBe(usual);
    const others = await Promise.all([
      id(BASE, 'other code'),
      id(BASE.replace('1..2', '3')),
      id(`${BASE}duration: 91\n`),
      id(`${BASE}teamSizes: 1\n`),
      id(`${BASE}fidelities: images\n`),
      id(BASE.replace('independent', 'random')),
      id(BASE.replace('independent', '{ policy: independent, sightings: false }')),
      id(BASE.replace('independent', 'linear')),
      id(BASE.replace('independent', '{ policy: linear, parameters: { bias: 0.5 } }')),
      id(BASE.replace('small', '{ scenario: small, overrides: { radio: { loss: 0.2 } } }')),
    ]);
    expect(new Set([usual, ...others]).size).toBe(11);
  });

  it.each([
    ['an unknown key', `${BASE}seed: 3\n`, 'x.yaml:5: unknown key "seed"; did you mean "seeds"?'],
    [
      'an unknown key of an override',
      'name: x\npolicies: independent\nscenarios:\n  - scenario: small\n    overrides: { raido: {} }\nseeds: 1\n',
      'x.yaml:5: unknown key "raido" in scenarios[0].overrides; did you mean "radio"?',
    ],
    [
      'a range the wrong way round',
      BASE.replace('1..2', '2..1'),
      'x.yaml:4: seeds is "2..1"; it should be a list of at least 1 (What noise and policies draw from: a list, or a range like 1..30)',
    ],
    [
      'no policy',
      BASE.replace('[independent, nearest]', '[]'),
      'x.yaml:2: policies is []; it should be a list of at least 1',
    ],
    [
      'nothing at all',
      '',
      'x.yaml: is empty; the least an experiment needs is a name, policies, scenarios and seeds',
    ],
    [
      'an unknown policy',
      BASE.replace('nearest', 'neerest'),
      'x.yaml: policies, neerest: there is no policy neerest; did you mean nearest?',
    ],
    [
      'a parameter of none',
      BASE.replace('nearest', '{ policy: nearest, parameters: { far: 1 } }'),
      'x.yaml: policies, nearest: there is no far; there are none',
    ],
    [
      'two of one name',
      BASE.replace('nearest', 'independent'),
      'x.yaml: policies: two are called "independent"; give one of them a label of its own',
    ],
    [
      'two of one kind',
      BASE.replace('nearest', '{ policy: independent, label: alone }'),
      'x.yaml: policies: "independent" and "alone" are the same; leave one out',
    ],
    [
      'an unknown baseline',
      `${BASE}baselines: greedy\n`,
      'x.yaml: baselines: "greedy" is none of the policies: independent, nearest',
    ],
    [
      'other layouts of one spelled out',
      BASE.replace('small', '{ scenario: drawn, layouts: 1..3 }'),
      'x.yaml: scenarios, drawn: its layout is spelled out',
    ],
    [
      'more robots than have a place',
      `${BASE.replace('small', 'drawn')}teamSizes: [2, 3]\n`,
      'x.yaml: scenarios, drawn: no place for robot 2',
    ],
    [
      'an override that does not fit',
      BASE.replace('small', '{ scenario: small, overrides: { team: { robots: [{}, {}, {}] } } }'),
      'x.yaml: scenarios, small: with its overrides team.robots is wrong: it should not spell out more robots than there are',
    ],
  ])('tells of %s', async (_, text, message) => {
    expect(await complaint(text)).toContain(message);
  });

  it('makes learned policies of a model: the one that comes with peerslam, or one the file names', async () => {
    const both = 'policies: [mas-dqn, { policy: independent-dqn, model: mine.model }]\n';
    const [shipped, own] = (await plan(BASE.replace(/policies.*\n/, both))).missions.map(
      ({ shard }) => shard.model,
    );
    expect(shipped).toBe(Buffer.from(MODELS['mas-dqn']).toString('base64'));
    expect(own).toBe(Buffer.from(MODELS['mine.model']).toString('base64'));
    const swapped = 'policies: [{ policy: mas-dqn, model: mine.model }]\n';
    expect(await complaint(BASE.replace(/policies.*\n/, swapped))).toMatch(
      /model of independent-dqn, not of mas-dqn/,
    );
    const none = 'policies: [{ policy: nearest, model: mine.model }]\n';
    expect(await complaint(BASE.replace(/policies.*\n/, none))).toMatch(/nearest was not learned/);
  });
});
