import * as tf from '@tensorflow/tfjs';

const FIRST_DECAY = 0.9;
const SECOND_DECAY = 0.999;
const EPSILON = 1e-5;

export interface AdamConfig {
  readonly learningRate: number;
  /** Gradients longer than this are shortened to it. */
  readonly gradientNorm: number;
}

export interface AdamState {
  readonly steps: number;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/** Adam (Kingma and Ba, ICLR 2015) over one row of weights, so that its state can be kept and taken up again to the bit. */
export class Adam {
  private readonly config: AdamConfig;
  private steps: number;
  private first: tf.Tensor;
  private second: tf.Tensor;

  constructor(config: AdamConfig, { steps, first, second }: AdamState) {
    this.config = config;
    this.steps = steps;
    this.first = tf.tensor1d(first);
    this.second = tf.tensor1d(second);
  }

  /** @returns the weights after a step */
  step(weights: tf.Tensor1D, gradient: tf.Tensor1D): tf.Tensor1D {
    const { learningRate, gradientNorm } = this.config;
    this.steps++;
    return tf.tidy(() => {
      const norm = tf.sqrt(tf.sum(tf.square(gradient)));
      const slope = tf.mul(gradient, tf.minimum(1, tf.div(gradientNorm, tf.maximum(norm, 1e-12))));
      this.first = replace(this.first, blend(this.first, slope, FIRST_DECAY));
      this.second = replace(this.second, blend(this.second, tf.square(slope), SECOND_DECAY));
      const mean = tf.div(this.first, 1 - power(FIRST_DECAY, this.steps));
      const spread = tf.sqrt(tf.div(this.second, 1 - power(SECOND_DECAY, this.steps)));
      return tf.sub(weights, tf.mul(learningRate, tf.div(mean, tf.add(spread, EPSILON))));
    });
  }

  async state(): Promise<AdamState> {
    const [first, second] = [await this.first.data(), await this.second.data()];
    return { steps: this.steps, first: Float32Array.from(first), second: Float32Array.from(second) };
  }

  dispose(): void {
    tf.dispose([this.first, this.second]);
  }
}

function blend(old: tf.Tensor, fresh: tf.Tensor, decay: number): tf.Tensor {
  return tf.add(tf.mul(old, decay), tf.mul(fresh, 1 - decay));
}

function replace(old: tf.Tensor, fresh: tf.Tensor): tf.Tensor {
  const kept = tf.keep(fresh);
  old.dispose();
  return kept;
}

function power(base: number, exponent: number): number {
  return Math.exp(exponent * Math.log(base));
}
