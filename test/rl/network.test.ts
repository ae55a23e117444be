import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../base/random.ts';
import { LearnedNetwork, tensorsOf } from '../../rl/learner/q-network.ts';
import { QNetwork } from '../../rl/network/forward.ts';
import { initialWeights } from '../../rl/network/initialise.ts';
import { type NetworkConfig, NetworkLayout } from '../../rl/network/layers.ts';
import { columnOf, viewsOf } from '../../rl/replay/views.ts';
import { reordered, someObservation } from './observations.ts';

const STEP = 3e-4;

const sizes = { agent: 7, pair: 5, mission: 3 };
const team: NetworkConfig = {
  reads: 'team',
  credit: 'team',
  dueling: true,
  hidden: 16,
  embedding: 12,
  pair: 8,
  head: 10,
  attention: 2,
};
const CONFIGS: readonly NetworkConfig[] = [
  team,
  { ...team, dueling: false },
  { ...team, credit: 'own', attention: 1 },
  { ...team, reads: 'pair' },
  { ...team, reads: 'own', credit: 'own' },
];

function networkOf(config: NetworkConfig) {
  const layout = new NetworkLayout(config, sizes);
  const weights = initialWeights(layout, new Random('test'));
  // Biases begin at 0, where one that is left out would not show.
  const random = new Random('biases');
  for (let i = 0; i < weights.length; i++) weights[i] += random.normal(0.05);
  return { weights, plain: new QNetwork(config, sizes, weights), learned: new LearnedNetwork(config, sizes) };
}

beforeAll(async () => {
  tf.enableProdMode();
  expect(await tf.setBackend('wasm')).toBe(true);
});

describe('the network', () => {
  it.each(CONFIGS)('is the same to a robot as to the learner: %j', (config) => {
    const { weights, plain, learned } = networkOf(config);
    const random = new Random('views');
    const observations = [4, 2, 1, 6, 3].map((n) => someObservation(random, sizes, n));
    const views = tensorsOf(viewsOf(observations, config.reads, sizes), sizes);
    const all = learned.values(learned.split(tf.tensor1d(weights)), views).arraySync();
    observations.forEach((observation, view) => {
      const q = plain.values(observation);
      for (let action = 0; action <= observation.team; action++) {
        if (!observation.allowed[action]) expect(q[action]).toBeNaN();
        else expect(Math.abs(q[action] - all[view][columnOf(observation, action)])).toBeLessThan(1e-5);
      }
    });
  });

  it.each(CONFIGS)('is learned by its true gradients: %j', async (config) => {
    const { weights, learned } = networkOf(config);
    const random = new Random('gradients');
    const observations = [3, 3, 2].map((n) => ({
      ...someObservation(random, sizes, n),
      allowed: new Uint8Array(1 + n).fill(1),
    }));
    const views = tensorsOf(viewsOf(observations, config.reads, sizes), sizes);
    const sum = (flat: tf.Tensor) =>
      tf.sum(tf.mul(learned.values(learned.split(flat as tf.Tensor1D), views), views.known));
    const gradient = (await tf.grad(sum)(tf.tensor1d(weights)).data()) as Float32Array;
    const totalOf = (moved: Float32Array) => {
      const network = new QNetwork(config, sizes, moved);
      return observations
        .flatMap((observation) => {
          const q = network.values(observation);
          return [...q].filter((_, action) => action !== 1 + observation.self);
        })
        .reduce((total, q) => total + q, 0);
    };
    // Layer by layer along a random direction, against differences of the plain network.
    for (const { name, matrix, inputs, outputs } of learned.layout.slots) {
      const end = matrix + inputs * outputs;
      const direction = weights.map((_, i) => (i >= matrix && i < end ? random.normal() : 0));
      const along = gradient.reduce((total, slope, i) => total + slope * direction[i], 0);
      const totalAt = (step: number) => totalOf(weights.map((weight, i) => weight + step * direction[i]));
      const difference = (totalAt(STEP) - totalAt(-STEP)) / (2 * STEP);
      expect(Math.abs(along - difference), name).toBeLessThan(0.02 * Math.abs(difference) + 5e-3);
    }
  });

  it('does not care in which order robots are told, and works for any number of them', () => {
    const { plain } = networkOf(team);
    const random = new Random('order');
    for (const n of [2, 5, 9]) {
      const observation = someObservation(random, sizes, n);
      const order = random.shuffle(Array.from({ length: n }, (_, i) => i));
      const q = plain.values(observation);
      const other = plain.values(reordered(observation, sizes, order));
      expect(other[0]).toBeCloseTo(q[0], 5);
      order.forEach((row, place) => {
        if (observation.allowed[1 + row]) expect(other[1 + place]).toBeCloseTo(q[1 + row], 5);
        else expect(other[1 + place]).toBeNaN();
      });
    }
  });

  it.each(CONFIGS)('reads what its config says, and nothing else: %j', (config) => {
    const { plain } = networkOf(config);
    const observation: ReturnType<typeof someObservation> = {
      ...someObservation(new Random('reads'), sizes, 4),
      self: 1,
      allowed: Uint8Array.of(1, 1, 0, 1, 1),
    };
    const before = plain.values(observation);
    const changed = (edit: (copy: { agents: Float32Array; pairs: Float32Array }) => void) => {
      const copy = { ...observation, agents: observation.agents.slice(), pairs: observation.pairs.slice() };
      edit(copy);
      return Array.from(plain.values(copy), (q, i) => observation.allowed[i] === 1 && q !== before[i]);
    };
    const all = [true, true, false, true, true];
    const one = [false, false, false, false, true];
    const whole = config.reads === 'team';
    const peer = changed(({ agents }) => agents.fill(0.5, 3 * sizes.agent));
    expect(peer).toEqual(whole ? all : config.reads === 'pair' ? one : all.map(() => false));
    const back = changed(({ pairs }) => pairs.fill(0.5, (3 * 4 + 1) * sizes.pair, (3 * 4 + 2) * sizes.pair));
    expect(back[4]).toBe(true);
    const others = changed(({ pairs }) =>
      pairs.fill(0.5, (3 * 4 + 0) * sizes.pair, (3 * 4 + 1) * sizes.pair),
    );
    expect(others.some(Boolean)).toBe(whole);
    expect(changed(({ agents }) => agents.fill(0.5, sizes.agent, 2 * sizes.agent))).toEqual(all);
  });
});
