import * as tf from '@tensorflow/tfjs';
import { type FeatureSizes, type NetworkConfig, NetworkLayout, type Slot } from '../network/layers.ts';
import type { Views } from '../replay/views.ts';
import { dense, forEach, products } from './operations.ts';

/** Added to what is to count for nothing; an infinite number would become NaN on some backends. */
export const NEVER = -1e9;

/** Views on the device. */
export interface ViewTensors {
  readonly count: number;
  readonly team: number;
  readonly rows: tf.Tensor2D;
  readonly pairs: tf.Tensor2D;
  /** [V × N]. */
  readonly known: tf.Tensor2D;
  readonly allowed: tf.Tensor2D;
}

export function tensorsOf(
  { count, team, rows, pairs, known, allowed }: Views,
  sizes: FeatureSizes,
): ViewTensors {
  const width = sizes.agent + sizes.mission;
  return {
    count,
    team,
    rows: tf.tensor2d(rows, [rows.length / width, width]),
    pairs: tf.tensor2d(pairs, [pairs.length / (2 * sizes.pair), 2 * sizes.pair]),
    known: tf.tensor2d(known, [count, team]),
    allowed: tf.tensor2d(allowed, [count, team]),
  };
}

/** The network of `network/forward.ts`, over many views at once and with gradients. */
export class LearnedNetwork {
  readonly config: NetworkConfig;
  readonly layout: NetworkLayout;

  constructor(config: NetworkConfig, sizes: FeatureSizes) {
    this.config = config;
    this.layout = new NetworkLayout(config, sizes);
  }

  /** All weights in one row, as one tensor a matrix and a bias, in their order. */
  split(weights: tf.Tensor1D): tf.Tensor[] {
    const shapes = this.layout.slots.flatMap(({ inputs, outputs, bias }): [number, number?][] =>
      bias ? [[inputs, outputs], [outputs]] : [[inputs, outputs]],
    );
    const parts = tf.split(
      weights,
      shapes.map(([rows, columns = 1]) => rows * columns),
    );
    return parts.map((part, i) => tf.reshape(part, shapes[i] as number[]));
  }

  /** Q of each choice of each view, [V × N], whether it is allowed or not. @param parts as `split` gives them */
  values(parts: readonly tf.Tensor[], views: ViewTensors): tf.Tensor2D {
    const { reads, dueling, credit, embedding, pair, head } = this.config;
    const { count, team, known } = views;
    const layer = this.layers(parts);
    const encoded = layer('row2', layer('row1', views.rows, true, true), true);
    const pairs = layer('pair', views.pairs, true, true);
    const rows = reads === 'team' ? this.attend(layer, encoded, pairs, views) : encoded;
    const own = firstRows(rows, count, embedding);
    const ownPairs =
      reads === 'team' ? firstRows(pairs, count, team * pair).reshape([count * team, pair]) : pairs;

    const first = layer('map2', layer('map1', own, true), false);
    let hidden = tf.reshape(layer('watchPair', ownPairs as tf.Tensor2D, false), [count, team, head]);
    hidden = tf.add(hidden, forEach(tf.reshape(layer('watchOwn', own, false), [count, 1, head]), team));
    if (reads !== 'own')
      hidden = tf.add(hidden, tf.reshape(layer('watchPeer', rows, false), [count, team, head]));
    const rectified = tf.reshape(tf.relu(hidden), [count * team, head]) as tf.Tensor2D;
    const watch = tf.reshape(layer('watch2', rectified, false), [count, team]);

    const isMap = tf.reshape(tf.oneHot(tf.scalar(0, 'int32'), team), [1, team]);
    const isWatch = tf.sub(1, isMap);
    if (!dueling) return tf.add(tf.mul(first, isMap), tf.mul(watch, isWatch));
    const robots = tf.sum(known, 1, true).maximum(1);
    const map = credit === 'team' ? tf.div(first, robots) : first;
    return tf.add(map, tf.mul(watch, isWatch));
  }

  private attend(layer: LayerOf, encoded: tf.Tensor2D, pairs: tf.Tensor2D, views: ViewTensors): tf.Tensor2D {
    const { attention, embedding, pair } = this.config;
    const { count, team, known } = views;
    const robots = tf.reshape(encoded, [count, team, embedding]) as tf.Tensor3D;
    const turned = tf.transpose(robots, [0, 2, 1]);
    const pairsOf = tf.reshape(pairs, [count * team, team, pair]) as tf.Tensor3D;
    const nobody = tf.reshape(tf.mul(tf.sub(1, known), NEVER), [count, 1, team]);
    let merged: tf.Tensor | undefined;
    for (let head = 0; head < attention; head++) {
      const sought = tf.reshape(layer(`likeness${head}`, encoded, false), [count, team, embedding]);
      const likeness = tf.mul(products(sought as tf.Tensor3D, turned), 1 / Math.sqrt(embedding));
      const closeness = tf.reshape(layer(`closeness${head}`, pairs, false), [count, team, team]);
      const share = tf.softmax(tf.add(tf.add(likeness, closeness), nobody)) as tf.Tensor3D;
      const ofRobots = tf.reshape(products(share, robots), [count * team, embedding]) as tf.Tensor2D;
      const ofPairs = products(tf.reshape(share, [count * team, 1, team]) as tf.Tensor3D, pairsOf);
      const part = tf.add(
        layer(`mergeRobots${head}`, ofRobots, false),
        layer(`mergePairs${head}`, tf.reshape(ofPairs, [count * team, pair]) as tf.Tensor2D, false),
      );
      merged = merged ? tf.add(merged, part) : part;
    }
    return tf.add(encoded, tf.relu(merged!));
  }

  private layers(parts: readonly tf.Tensor[]): LayerOf {
    const byName = new Map<Slot['name'], { matrix: tf.Tensor2D; bias: tf.Tensor1D | null }>();
    let at = 0;
    for (const { name, bias } of this.layout.slots) {
      const matrix = parts[at++] as tf.Tensor2D;
      byName.set(name, { matrix, bias: bias ? (parts[at++] as tf.Tensor1D) : null });
    }
    return (name, x, rectified, isInput) => dense(x, { ...byName.get(name)!, rectified, isInput });
  }
}

type LayerOf = (name: Slot['name'], x: tf.Tensor2D, rectified: boolean, isInput?: boolean) => tf.Tensor2D;

/** Of blocks of `width` numbers a robot, the first robot's of each view. */
function firstRows(x: tf.Tensor2D, count: number, width: number): tf.Tensor2D {
  const blocks = tf.reshape(x, [count, x.size / count]);
  return tf.slice(blocks, [0, 0], [count, width]) as tf.Tensor2D;
}
