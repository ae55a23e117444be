import type { Observation } from '../observation/observation.ts';
import { type FeatureSizes, type NetworkConfig, NetworkLayout, type Slot } from './layers.ts';

/**
 * The network as a robot runs it: plain arithmetic in one fixed order, so that the same weights and the same observation give the
 * same Q everywhere. `learner/q-network.ts` is the same network as TensorFlow.js learns it.
 *
 *     e_i  = relu(relu([agent_i, mission] · row1) · row2)                 a robot
 *     p_ij = relu([pair_ij, pair_ji] · pair)                              a pair
 *     a_ij = softmax_j(e_i · likeness · e_j / √d + p_ij · closeness)      attention over the team, per head
 *     e_i += relu(Σ_heads Σ_j a_ij (e_j · mergeRobots + p_ij · mergePairs))
 *     Q(map) = map2 · relu(e_self · map1)
 *     Q(observe j) = watch2 · relu(e_self · watchOwn + e_j · watchPeer + p_self,j · watchPair), and Q(map) where dueling
 */
export class QNetwork {
  readonly config: NetworkConfig;
  readonly sizes: FeatureSizes;
  private readonly layout: NetworkLayout;
  private readonly weights: Float32Array;

  /** @param weights as `NetworkLayout` lays them out; not copied */
  constructor(config: NetworkConfig, sizes: FeatureSizes, weights: Float32Array) {
    this.config = config;
    this.sizes = sizes;
    this.layout = new NetworkLayout(config, sizes);
    this.weights = weights;
    if (weights.length !== this.layout.count)
      throw new Error(`${weights.length} weights for a network of ${this.layout.count}`);
  }

  /** Q of each choice: 1 + N, mapping, then observing the robot of row 0, 1, …; of what is not allowed NaN. */
  values(observation: Observation): Float32Array {
    const { team, self, allowed } = observation;
    const { dueling, credit, reads } = this.config;
    const pairs = this.pairs(observation);
    let rows = this.rows(observation);
    if (reads === 'team') rows = this.attend(rows, pairs, team);
    const { embedding, pair, head } = this.config;
    const own = rows.subarray(self * embedding, (self + 1) * embedding);
    const q = new Float32Array(1 + team).fill(Number.NaN);
    const share = dueling && credit === 'team' ? 1 / team : 1;
    q[0] = share * this.dense('map2', this.dense('map1', own, 1, true), 1, false)[0];
    const ownPart = this.dense('watchOwn', own, 1, false);
    const hidden = new Float32Array(head);
    for (let j = 0; j < team; j++) {
      if (!allowed[1 + j]) continue;
      hidden.set(ownPart);
      if (reads !== 'own') this.addProduct('watchPeer', rows, j * embedding, hidden, 0);
      this.addProduct('watchPair', pairs, (self * team + j) * pair, hidden, 0);
      rectify(hidden);
      const more = this.dense('watch2', hidden, 1, false)[0];
      q[1 + j] = dueling ? q[0] + more : more;
    }
    return q;
  }

  /** Embeddings of the robots, N × embedding. */
  private rows({ team, agents, mission }: Observation): Float32Array {
    const { agent, mission: size } = this.sizes;
    const width = agent + size;
    const input = new Float32Array(team * width);
    for (let i = 0; i < team; i++) {
      input.set(agents.subarray(i * agent, (i + 1) * agent), i * width);
      input.set(mission, i * width + agent);
    }
    return this.dense('row2', this.dense('row1', input, team, true), team, true);
  }

  /** Embeddings of the pairs, N × N × pair; each sees the pair from both sides. */
  private pairs({ team, pairs }: Observation): Float32Array {
    const size = this.sizes.pair;
    const input = new Float32Array(2 * team * team * size);
    for (let i = 0; i < team; i++) {
      for (let j = 0; j < team; j++) {
        const [there, back] = [(i * team + j) * size, (j * team + i) * size];
        input.set(pairs.subarray(there, there + size), 2 * there);
        input.set(pairs.subarray(back, back + size), 2 * there + size);
      }
    }
    return this.dense('pair', input, team * team, true);
  }

  private attend(rows: Float32Array, pairs: Float32Array, team: number): Float32Array {
    const { embedding, pair, attention } = this.config;
    const merged = new Float32Array(team * embedding);
    const [robots, between] = [new Float32Array(embedding), new Float32Array(pair)];
    const share = new Float32Array(team);
    const { biasAt } = this.layout.slot('mergeRobots0');
    for (let i = 0; i < team; i++)
      merged.set(this.weights.subarray(biasAt, biasAt + embedding), i * embedding);
    for (let head = 0; head < attention; head++) {
      const sought = this.dense(`likeness${head}`, rows, team, false);
      const closeness = this.dense(`closeness${head}`, pairs, team * team, false);
      for (let i = 0; i < team; i++) {
        for (let j = 0; j < team; j++) {
          const likeness = dot(sought, i * embedding, rows, j * embedding, embedding);
          share[j] = likeness / Math.sqrt(embedding) + closeness[i * team + j];
        }
        softmax(share);
        robots.fill(0);
        between.fill(0);
        for (let j = 0; j < team; j++) {
          addScaled(rows, j * embedding, embedding, share[j], robots, 0);
          addScaled(pairs, (i * team + j) * pair, pair, share[j], between, 0);
        }
        this.addProduct(`mergeRobots${head}`, robots, 0, merged, i * embedding);
        this.addProduct(`mergePairs${head}`, between, 0, merged, i * embedding);
      }
    }
    rectify(merged);
    for (let i = 0; i < merged.length; i++) merged[i] += rows[i];
    return merged;
  }

  /** A layer over `count` rows. */
  private dense(name: Slot['name'], input: Float32Array, count: number, rectified: boolean): Float32Array {
    const { inputs, outputs, bias, biasAt } = this.layout.slot(name);
    const out = new Float32Array(count * outputs);
    for (let row = 0; row < count; row++) {
      if (bias) out.set(this.weights.subarray(biasAt, biasAt + outputs), row * outputs);
      this.addProduct(name, input, row * inputs, out, row * outputs);
    }
    if (rectified) rectify(out);
    return out;
  }

  /** out += row · matrix. */
  private addProduct(name: Slot['name'], input: Float32Array, from: number, out: Float32Array, to: number) {
    const { inputs, outputs, matrix } = this.layout.slot(name);
    for (let i = 0; i < inputs; i++) {
      const scale = input[from + i];
      // Half of what comes out of a rectifier, and all that is not known, is 0.
      if (scale !== 0) addScaled(this.weights, matrix + i * outputs, outputs, scale, out, to);
    }
  }
}

function addScaled(
  from: Float32Array,
  at: number,
  length: number,
  scale: number,
  out: Float32Array,
  to: number,
): void {
  for (let i = 0; i < length; i++) out[to + i] += scale * from[at + i];
}

function dot(a: Float32Array, from: number, b: Float32Array, at: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[from + i] * b[at + i];
  return sum;
}

function rectify(numbers: Float32Array): void {
  for (let i = 0; i < numbers.length; i++) if (numbers[i] < 0) numbers[i] = 0;
}

function softmax(scores: Float32Array): void {
  let largest = -Infinity;
  for (const score of scores) largest = Math.max(largest, score);
  let sum = 0;
  for (let j = 0; j < scores.length; j++) {
    scores[j] = Math.exp(scores[j] - largest);
    sum += scores[j];
  }
  for (let j = 0; j < scores.length; j++) scores[j] /= sum;
}
