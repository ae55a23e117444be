import type { Random } from '../../base/random.ts';
import type { NetworkLayout } from './layers.ts';

/** How much smaller the last layers begin, so that no choice starts far above another. */
const LAST = 0.1;

/** Weights to begin with: σ² = 2 / inputs, after He et al. (ICCV 2015); biases 0. */
export function initialWeights(layout: NetworkLayout, random: Random): Float32Array {
  const weights = new Float32Array(layout.count);
  for (const { name, inputs, outputs, matrix } of layout.slots) {
    const stream = random.fork(name);
    const sigma = Math.sqrt(2 / inputs) * (name === 'map2' || name === 'watch2' ? LAST : 1);
    for (let i = 0; i < inputs * outputs; i++) weights[matrix + i] = stream.normal(sigma);
  }
  return weights;
}
