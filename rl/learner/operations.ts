import * as tf from '@tensorflow/tfjs';

/**
 * What TensorFlow.js's own gradients do slowly: in WebAssembly a product with a transposed matrix takes some 80 times as long as to
 * transpose the matrix first, and to sum over rows takes longer than a product with a row of ones.
 */

type GradientsOf = (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor[];

/** As `tf.customGrad`, whose types do not tell what it hands over. */
function withGradient(
  forward: (save: (tensors: tf.Tensor[]) => void) => tf.Tensor,
  gradients: GradientsOf,
  inputs: readonly tf.Tensor[],
): tf.Tensor {
  const operation = tf.customGrad((...args) => {
    const save = args[args.length - 1] as unknown as (tensors: tf.Tensor[]) => void;
    return {
      value: forward(save),
      gradFunc: (dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]) => gradients(dy as tf.Tensor, saved),
    };
  });
  return operation(...inputs);
}

export interface Dense {
  readonly matrix: tf.Tensor2D;
  readonly bias: tf.Tensor1D | null;
  readonly rectified: boolean;
  /** Of the network's input nobody asks for a gradient. */
  readonly isInput?: boolean;
}

/** x · matrix + bias, negative numbers then made 0 if so wished. @param x [rows × inputs] */
export function dense(x: tf.Tensor2D, { matrix, bias, rectified, isInput }: Dense): tf.Tensor2D {
  const weights = bias ? [matrix, bias] : [matrix];
  const forward = (save: (tensors: tf.Tensor[]) => void) => {
    const y = tf.fused.matMul({
      a: x,
      b: matrix,
      bias: bias ?? undefined,
      activation: rectified ? 'relu' : 'linear',
    });
    save([x, matrix, y]);
    return y;
  };
  const gradients: GradientsOf = (dy, saved) => {
    const [x, matrix, y] = saved as tf.Tensor2D[];
    const d = (rectified ? tf.mul(dy, tf.step(y)) : dy) as tf.Tensor2D;
    const dMatrix = tf.matMul(tf.transpose(x), d);
    const dBias = bias ? [tf.reshape(sumOfRows(d), [d.shape[1]])] : [];
    return isInput ? [dMatrix, ...dBias] : [tf.matMul(d, tf.transpose(matrix)), dMatrix, ...dBias];
  };
  return withGradient(forward, gradients, isInput ? weights : [x, ...weights]) as tf.Tensor2D;
}

/** Products of many pairs of matrices. @param a [n × i × j] @param b [n × j × k] */
export function products(a: tf.Tensor3D, b: tf.Tensor3D): tf.Tensor3D {
  const forward = (save: (tensors: tf.Tensor[]) => void) => {
    save([a, b]);
    return tf.matMul(a, b);
  };
  const gradients: GradientsOf = (dy, [a, b]) => [
    tf.matMul(dy, tf.transpose(b, [0, 2, 1])),
    tf.matMul(tf.transpose(a, [0, 2, 1]), dy),
  ];
  return withGradient(forward, gradients, [a, b]) as tf.Tensor3D;
}

/** The same row for each of a team, by a product: to tile takes twenty times as long. @param x [n × 1 × k] @returns [n × team × k] */
export function forEach(x: tf.Tensor, team: number): tf.Tensor {
  const gradients: GradientsOf = (dy) => [tf.matMul(tf.ones([x.shape[0], 1, team]), dy as tf.Tensor3D)];
  const forward = () => tf.matMul(tf.ones([x.shape[0], team, 1]), x as tf.Tensor3D);
  return withGradient(forward, gradients, [x]);
}

function sumOfRows(x: tf.Tensor2D): tf.Tensor2D {
  return tf.matMul(tf.ones([1, x.shape[0]]), x);
}
