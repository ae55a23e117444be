import * as tf from '@tensorflow/tfjs';
import type { FeatureSizes, NetworkConfig } from '../network/layers.ts';
import type { Batch } from '../replay/batch.ts';
import { Adam } from './adam.ts';
import { LearnedNetwork, NEVER, tensorsOf, type ViewTensors } from './q-network.ts';

export interface LearnerConfig {
  readonly learningRate: number;
  /** Gradients longer than this are shortened to it. */
  readonly gradientNorm: number;
  /** Share of the way that the target network goes after the learned one at each step. */
  readonly targetRate: number;
  /** The learned network chooses and the target network values what comes next, after van Hasselt et al. (AAAI 2016). */
  readonly doubleQ: boolean;
  /** What a teacher chose is to be worth this much more than anything else, tenths of the score; what that counts. */
  readonly margin: number;
  readonly marginWeight: number;
}

/** All that a learner is, for a checkpoint. */
export interface LearnerState {
  readonly steps: number;
  readonly online: Float32Array;
  readonly target: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

export interface StepResult {
  readonly loss: number;
  /** |TD error| of each decision of the batch, tenths of the score. */
  readonly errors: Float32Array;
}

/**
 * Double Q-learning of a team's value as the sum of its robots' Q, after VDN (Sunehag et al., AAMAS 2018):
 *
 *     Σ_i Q_i(o_i, a_i)  →  r + Σ_i Q_i^target(o'_i, argmax_a Q_i(o'_i, a)),  γ = 1
 *
 * or, where each robot's credit is its own, of each Q_i by itself from the same r.
 */
export class Learner {
  private readonly config: LearnerConfig;
  private readonly sizes: FeatureSizes;
  private readonly network: LearnedNetwork;
  private readonly adam: Adam;
  private online: tf.Tensor1D;
  private target: tf.Tensor1D;

  constructor(network: NetworkConfig, sizes: FeatureSizes, config: LearnerConfig, state: LearnerState) {
    this.config = config;
    this.sizes = sizes;
    this.network = new LearnedNetwork(network, sizes);
    this.adam = new Adam(config, state);
    this.online = tf.tensor1d(state.online);
    this.target = tf.tensor1d(state.target);
  }

  /** One step down the loss of a batch. */
  async step(batch: Batch): Promise<StepResult> {
    const [online, target, loss, errors] = tf.tidy(() => this.advance(batch));
    tf.dispose([this.online, this.target]);
    this.online = online as tf.Tensor1D;
    this.target = target as tf.Tensor1D;
    const [[value], off] = [await numbersOf(loss), await numbersOf(errors)];
    tf.dispose([loss, errors]);
    return { loss: value, errors: off };
  }

  weights(): Promise<Float32Array> {
    return numbersOf(this.online);
  }

  async state(): Promise<LearnerState> {
    const [online, target] = [await numbersOf(this.online), await numbersOf(this.target)];
    return { online, target, ...(await this.adam.state()) };
  }

  dispose(): void {
    tf.dispose([this.online, this.target]);
    this.adam.dispose();
  }

  private advance(batch: Batch): tf.Tensor[] {
    const before = tensorsOf(batch.before, this.sizes);
    const present = tf.tensor2d(batch.presentBefore, [batch.count, batch.robots]);
    const chosen = tf.tensor2d(batch.chosen, [before.count, before.team]);
    const weight = tf.tensor2d(batch.weight, [batch.count, 1]);
    let errors!: tf.Tensor;
    const parts = this.network.split(this.online);
    const goal = this.goal(batch, parts);
    const loss = (...parts: tf.Tensor[]): tf.Scalar => {
      const q = this.network.values(parts, before);
      const taken = tf.sum(tf.mul(q, chosen), 1);
      const off = tf.mul(tf.sub(this.credited(taken, present), goal), this.counted(present));
      errors = tf.keep(tf.max(tf.abs(off), 1));
      const surprise = tf.mean(tf.mul(weight, huber(off)));
      return tf.add(surprise, this.lesson(q, taken, chosen, before, batch)) as tf.Scalar;
    };
    const { value, grads } = tf.valueAndGrads(loss)(parts);
    const gradient = tf.concat1d(grads.map((grad) => tf.reshape(grad, [grad.size]) as tf.Tensor1D));
    const online = this.adam.step(this.online, gradient);
    const { targetRate } = this.config;
    const target = tf.add(tf.mul(this.target, 1 - targetRate), tf.mul(online, targetRate));
    return [online, target, value, errors];
  }

  /** What the Q of a decision should have been, [B × 1], or of each robot, [B × R]. */
  private goal(batch: Batch, online: readonly tf.Tensor[]): tf.Tensor {
    const after = tensorsOf(batch.after, this.sizes);
    const present = tf.tensor2d(batch.presentAfter, [batch.count, batch.robots]);
    const values = this.network.values(this.network.split(this.target), after);
    const liked = this.config.doubleQ ? this.network.values(online, after) : values;
    const best = tf.argMax(tf.add(liked, banned(after)), 1);
    const next = tf.sum(tf.mul(values, tf.oneHot(best, after.team)), 1);
    return tf.add(this.credited(next, present), tf.tensor2d(batch.reward, [batch.count, 1]));
  }

  /** Robots' Q as they are credited: summed over the team, or each for itself; nothing for those that are not there. */
  private credited(q: tf.Tensor, present: tf.Tensor2D): tf.Tensor {
    const each = tf.mul(tf.reshape(q, present.shape), present);
    return this.network.config.credit === 'team' ? tf.sum(each, 1, true) : each;
  }

  /** Which of those count. */
  private counted(present: tf.Tensor2D): tf.Tensor {
    return this.network.config.credit === 'team' ? tf.scalar(1) : present;
  }

  /** How much what a teacher did not choose comes within a margin of what it did; after Hester et al. (DQfD, AAAI 2018). */
  private lesson(
    q: tf.Tensor2D,
    taken: tf.Tensor,
    chosen: tf.Tensor2D,
    views: ViewTensors,
    { taught, count, robots, presentBefore }: Batch,
  ): tf.Tensor {
    const { margin, marginWeight } = this.config;
    if (marginWeight === 0) return tf.scalar(0);
    const others = tf.mul(tf.sub(1, chosen), margin);
    const best = tf.max(tf.add(tf.add(q, others), banned(views)), 1);
    const short = tf.mul(
      tf.reshape(tf.sub(best, taken), [count, robots]),
      tf.tensor2d(presentBefore, [count, robots]),
    );
    return tf.mul(tf.mean(tf.mul(tf.sum(short, 1), tf.tensor1d(taught))), marginWeight);
  }
}

function banned({ allowed }: ViewTensors): tf.Tensor {
  return tf.mul(tf.sub(1, allowed), NEVER);
}

/** Half the square up to 1, straight beyond. */
function huber(off: tf.Tensor): tf.Tensor {
  const size = tf.abs(off);
  const near = tf.minimum(size, 1);
  return tf.add(tf.mul(0.5, tf.square(near)), tf.sub(size, near));
}

async function numbersOf(tensor: tf.Tensor): Promise<Float32Array> {
  return Float32Array.from(await tensor.data());
}
