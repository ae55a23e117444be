import { inverse } from '../../base/se3.ts';
import {
  betweenSimilarities,
  composeSimilarity,
  inverseSimilarity,
  type Similarity,
  similarityOf,
} from '../../base/sim3.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Keyframe } from '../map/keyframe.ts';
import { optimizePoseGraph } from '../optimize/pose-graph.ts';

/** `worldFromCamera` of keyframes. */
export type Cameras = Map<Keyframe, Similarity>;

/** A joint that the graph did not have when it was last at rest. */
export interface Joint {
  readonly from: Keyframe;
  readonly to: Keyframe;
  readonly fromFromTo: Similarity;
  /** Points that both see. */
  readonly shared: number;
}

/** What a joint of the tree counts for where its ends share no points, e.g. where wheels alone joined them. */
const FEWEST_SHARED = 1;
const ITERATIONS = 20;

export function camerasOf(keyframes: Iterable<Keyframe>): Cameras {
  const cameras: Cameras = new Map();
  for (const keyframe of keyframes) cameras.set(keyframe, similarityOf(inverse(keyframe.cameraFromWorld)));
  return cameras;
}

/**
 * Spreads a correction over the keyframes: along the spanning tree, strong covisibility and loops all stay as they were to each
 * other, as far as the new joints allow (the essential graph; Mur-Artal, Montiel, Tardós, T-RO 2015). Roots of the tree hold still.
 * A pixel is so much of an angle, or of a length in proportion to depth: so much do rotation, scale and translation weigh, and each
 * joint as much as its ends share.
 * @param before where all keyframes were when the graph was at rest
 * @param start of those already carried by the correction
 * @param strong shared points that make covisibility strong
 * @param rigid whether scale is known
 */
export function relaxEssentialGraph(
  before: Cameras,
  start: Cameras,
  joints: readonly Joint[],
  strong: number,
  rigid: boolean,
  kernels: Pick<Kernels, 'sparse'>,
): Cameras {
  const size = rigid ? 7 : 8;
  const keyframes = [...before.keys()];
  const index = new Map(keyframes.map((keyframe, i) => [keyframe, i]));
  const nodes = new Float64Array(size * keyframes.length);
  keyframes.forEach((keyframe, i) => {
    nodes.set((start.get(keyframe) ?? before.get(keyframe)!).subarray(0, size), size * i);
  });
  const edges = [...edgesAtRest(before, strong), ...joints];
  const measured = new Float64Array(size * edges.length);
  edges.forEach(({ fromFromTo }, e) => {
    measured.set(fromFromTo.subarray(0, size), size * e);
  });
  const dimension = rigid ? 6 : 7;
  const information = new Float64Array(dimension * dimension * edges.length);
  edges.forEach(({ to, shared }, e) => {
    const block = dimension * dimension * e;
    const depth = to.medianDepth() || 1;
    for (let i = 0; i < dimension; i++)
      information[block + (dimension + 1) * i] = i < 3 ? shared / (depth * depth) : shared;
  });
  optimizePoseGraph(
    {
      manifold: rigid ? 'se3' : 'sim3',
      nodes,
      fixed: Uint8Array.from(keyframes, ({ parent }) => (parent ? 0 : 1)),
      from: Int32Array.from(edges, ({ from }) => index.get(from)!),
      to: Int32Array.from(edges, ({ to }) => index.get(to)!),
      measured,
      information,
    },
    { kernels, iterations: ITERATIONS },
  );
  return new Map(
    keyframes.map((keyframe, i) => {
      const node = nodes.slice(size * i, size * (i + 1));
      return [keyframe, rigid ? similarityOf(node) : node];
    }),
  );
}

/** What takes the old world near a keyframe to the new one. */
export function carrier(keyframe: Keyframe, before: Cameras, after: Cameras): Similarity {
  return composeSimilarity(after.get(keyframe)!, inverseSimilarity(before.get(keyframe)!));
}

/** Each joint of the graph once, as the keyframes now stand to each other. */
function* edgesAtRest(before: Cameras, strong: number): Generator<Joint> {
  for (const keyframe of before.keys()) {
    const joined = new Set<Keyframe>();
    if (keyframe.parent) joined.add(keyframe.parent);
    for (const other of keyframe.loopEdges) if (other.id < keyframe.id) joined.add(other);
    for (const [other, shared] of keyframe.covisible)
      if (shared >= strong && other.id < keyframe.id) joined.add(other);
    for (const from of joined) {
      const fromFromTo = betweenSimilarities(before.get(from)!, before.get(keyframe)!);
      const shared = keyframe.covisible.get(from) ?? FEWEST_SHARED;
      yield { from, to: keyframe, fromFromTo, shared };
    }
  }
}
