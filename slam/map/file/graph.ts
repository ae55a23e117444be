import type { Keyframe } from '../keyframe.ts';
import { allFinite, allPoses, type ColumnReader, ColumnWriter, total } from './columns.ts';

/** Keyframes are named by their place in the file's list. */
type Indices = ReadonlyMap<Keyframe, number>;

/** Neighbours in the order each keyframe has them, and the points shared. */
export function writeCovisibility(keyframes: readonly Keyframe[], indexOf: Indices): Uint8Array {
  const edges = keyframes.flatMap(({ covisible }) => [...covisible]);
  return new ColumnWriter()
    .add(Uint32Array.from(keyframes, ({ covisible }) => covisible.size))
    .add(Uint32Array.from(edges, ([other]) => indexOf.get(other)!))
    .add(Uint32Array.from(edges, ([, shared]) => shared))
    .bytes();
}

export function readCovisibility(reader: ColumnReader, keyframes: readonly Keyframe[]): void {
  const sizes = reader.uint32(keyframes.length);
  const all = total(sizes);
  const others = reader.uint32(all);
  const shared = reader.uint32(all);
  reader.end();
  let at = 0;
  keyframes.forEach((keyframe, i) => {
    for (const end = at + sizes[i]; at < end; at++)
      keyframe.covisible.set(keyframeAt(reader, keyframes, others[at]), shared[at]);
    reader.require(
      keyframe.covisible.size === sizes[i] && !keyframe.covisible.has(keyframe),
      () => `keyframe ${keyframe.id} has a neighbour twice, or itself`,
    );
  });
  for (const keyframe of keyframes) {
    for (const [other, points] of keyframe.covisible) {
      reader.require(
        other.covisible.get(keyframe) === points,
        () => `keyframes ${keyframe.id} and ${other.id} disagree on what they share`,
      );
    }
  }
}

/** The children of each keyframe. */
export function writeTree(keyframes: readonly Keyframe[], indexOf: Indices): Uint8Array {
  const children = keyframes.flatMap((keyframe) => [...keyframe.children]);
  return new ColumnWriter()
    .add(Uint32Array.from(keyframes, (keyframe) => keyframe.children.size))
    .add(Uint32Array.from(children, (child) => indexOf.get(child)!))
    .bytes();
}

export function readTree(reader: ColumnReader, keyframes: readonly Keyframe[]): void {
  const sizes = reader.uint32(keyframes.length);
  const children = reader.uint32(total(sizes));
  reader.end();
  let at = 0;
  keyframes.forEach((parent, i) => {
    for (const end = at + sizes[i]; at < end; at++) {
      const child = keyframeAt(reader, keyframes, children[at]);
      reader.require(child.parent === null, () => `keyframe ${child.id} has two parents`);
      child.parent = parent;
      parent.children.add(child);
    }
  });
  requireRoots(reader, keyframes);
}

/** Whoever has a parent must hang on a keyframe that has none, or walks up the tree would never end. */
function requireRoots(reader: ColumnReader, keyframes: readonly Keyframe[]): void {
  const rooted = new Set(keyframes.filter(({ parent }) => parent === null));
  for (const keyframe of rooted) for (const child of keyframe.children) rooted.add(child);
  for (const keyframe of keyframes)
    reader.require(rooted.has(keyframe), () => `keyframe ${keyframe.id} is its own ancestor`);
}

/** Keyframes that were recognised as the same place, both ways. */
export function writeLoops(keyframes: readonly Keyframe[], indexOf: Indices): Uint8Array {
  const others = keyframes.flatMap(({ loopEdges }) => [...loopEdges]);
  return new ColumnWriter()
    .add(Uint32Array.from(keyframes, ({ loopEdges }) => loopEdges.size))
    .add(Uint32Array.from(others, (other) => indexOf.get(other)!))
    .bytes();
}

export function readLoops(reader: ColumnReader, keyframes: readonly Keyframe[]): void {
  const sizes = reader.uint32(keyframes.length);
  const others = reader.uint32(total(sizes));
  reader.end();
  let at = 0;
  keyframes.forEach(({ loopEdges }, i) => {
    for (const end = at + sizes[i]; at < end; at++) loopEdges.add(keyframeAt(reader, keyframes, others[at]));
  });
  for (const keyframe of keyframes) {
    for (const other of keyframe.loopEdges) {
      reader.require(
        other !== keyframe && other.loopEdges.has(keyframe),
        () => `keyframes ${keyframe.id} and ${other.id} disagree on whether they close a loop`,
      );
    }
  }
}

/** Wheel odometry into each keyframe that has it. */
export function writeOdometry(keyframes: readonly Keyframe[], indexOf: Indices): Uint8Array {
  const ends = keyframes.filter(({ odometry }) => odometry !== null);
  const edges = ends.map(({ odometry }) => odometry!);
  return new ColumnWriter()
    .count(ends.length)
    .add(Uint32Array.from(ends, (end) => indexOf.get(end)!))
    .add(Uint32Array.from(edges, ({ from }) => indexOf.get(from)!))
    .addEach(edges.map(({ delta }) => delta))
    .addEach(edges.map(({ covariance }) => covariance))
    .bytes();
}

export function readOdometry(reader: ColumnReader, keyframes: readonly Keyframe[]): void {
  const count = reader.count();
  const ends = reader.uint32(count);
  const starts = reader.uint32(count);
  const deltas = reader.float64(7 * count);
  const covariances = reader.float64(36 * count);
  reader.end();
  reader.require(allPoses(deltas) && allFinite(covariances), () => 'holds numbers or poses that are none');
  for (let i = 0; i < count; i++) {
    const end = keyframeAt(reader, keyframes, ends[i]);
    const from = keyframeAt(reader, keyframes, starts[i]);
    reader.require(
      end !== from && end.odometry === null && from.odometryNext === null,
      () => `keyframes ${from.id} and ${end.id} are not neighbours of one chain`,
    );
    end.odometry = {
      from,
      delta: deltas.slice(7 * i, 7 * i + 7),
      covariance: covariances.slice(36 * i, 36 * i + 36),
    };
    from.odometryNext = end;
  }
}

function keyframeAt(reader: ColumnReader, keyframes: readonly Keyframe[], index: number): Keyframe {
  reader.require(index < keyframes.length, () => `speaks of keyframe number ${index} of ${keyframes.length}`);
  return keyframes[index];
}
