import type { MatchEntry, NodeEntry, PlaceEntry, SightingEntry } from '../../../agents/team/entries.ts';
import type { Random } from '../../../base/random.ts';
import { exp, type Pose } from '../../../base/se3.ts';
import type { PlaceDescription } from '../../../slam/team/places.ts';

/** Positive definite, with correlations, of size `sigma`. */
export function covarianceOf(random: Random, sigma = 0.05): Float64Array {
  const factor = Float64Array.from({ length: 36 }, () => random.normal(sigma));
  const out = new Float64Array(36);
  for (let i = 0; i < 6; i++)
    for (let j = 0; j < 6; j++)
      for (let k = 0; k < 6; k++)
        out[6 * i + j] += factor[6 * i + k] * factor[6 * j + k] + (i === j ? 1e-6 : 0);
  return out;
}

export function randomPose(random: Random, reach = 20): Pose {
  return exp([0, 0, 0, 0, 0, 0].map((_, i) => random.uniform(-1, 1) * (i < 3 ? reach : 1.8)));
}

/** The `index`th node of a robot, hung on the one before. */
export function nodeEntry(agent: number, index: number, time: number, random: Random): NodeEntry {
  const node = { agent, index, time, keyframe: 3 * index, worldFromBody: randomPose(random) };
  const edge = () => ({
    kind: 'wheels' as const,
    from: { agent, index: index - 1 },
    to: { agent, index },
    fromFromTo: randomPose(random, 1),
    covariance: covarianceOf(random),
  });
  return { kind: 'node', node, edges: index > 0 ? [edge()] : [] };
}

export function sightingEntry(node: number, peer: number, time: number, random: Random): SightingEntry {
  return {
    kind: 'sighting',
    node,
    peer,
    time,
    bodyFromPeer: randomPose(random, 4),
    covariance: covarianceOf(random),
  };
}

export function matchEntry(node: number, agent: number, index: number, random: Random): MatchEntry {
  return {
    kind: 'match',
    node,
    other: { agent, index },
    fromFromTo: randomPose(random, 4),
    covariance: covarianceOf(random),
  };
}

export function placeOf(count: number, random: Random): PlaceDescription {
  const values = (make: () => number) => Float32Array.from({ length: count }, make);
  return {
    keyframe: random.int(1000),
    count,
    x: values(() => random.int(2560) / 4),
    y: values(() => random.int(1920) / 4),
    octave: Uint8Array.from({ length: count }, () => random.int(8)),
    angle: values(() => random.uniform(0, 6.28)),
    descriptors: Uint8Array.from({ length: 32 * count }, () => random.int(256)),
    points: Float32Array.from({ length: 3 * count }, (_, i) =>
      i % 9 < 3 ? Number.NaN : random.uniform(-8, 8),
    ),
    mapPoints: Int32Array.from({ length: count }, () => random.int(20_000) - 1),
  };
}

export function placeEntry(node: number, random: Random, count = 150): PlaceEntry {
  return { kind: 'place', node, place: placeOf(count, random) };
}
