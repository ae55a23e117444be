import type { Grave } from '../contents.ts';
import type { Keyframe } from '../keyframe.ts';
import { allPoses, type ColumnReader, ColumnWriter } from './columns.ts';

/** Culled keyframes: id, whose keyframe they hang on, and their pose in it. */
export function writeGraves(graves: ReadonlyMap<number, Grave>): Uint8Array {
  const all = [...graves.values()];
  return new ColumnWriter()
    .count(all.length)
    .add(Int32Array.from(graves.keys()))
    .add(Int32Array.from(all, ({ parent }) => parent))
    .addEach(all.map(({ parentFromBody }) => parentFromBody))
    .bytes();
}

export function readGraves(reader: ColumnReader, keyframes: readonly Keyframe[]): Map<number, Grave> {
  const count = reader.count();
  const ids = reader.int32(count);
  const parents = reader.int32(count);
  const poses = reader.float64(7 * count);
  reader.end();
  reader.require(allPoses(poses), () => 'holds poses that are none');
  const graves = new Map<number, Grave>();
  for (let i = 0; i < count; i++) {
    reader.require(!graves.has(ids[i]), () => `keyframe ${ids[i]} was culled twice`);
    graves.set(ids[i], { parent: parents[i], parentFromBody: poses.slice(7 * i, 7 * i + 7) });
  }
  requireGround(reader, graves, new Set(keyframes.map(({ id }) => id)));
  return graves;
}

/** Every culled keyframe must hang, through however many others, on a living one. */
function requireGround(
  reader: ColumnReader,
  graves: ReadonlyMap<number, Grave>,
  living: ReadonlySet<number>,
): void {
  const grounded = new Set(living);
  for (const id of graves.keys()) {
    reader.require(!living.has(id), () => `keyframe ${id} is both living and culled`);
    const chain: number[] = [];
    let at = id;
    for (; !grounded.has(at); at = graves.get(at)!.parent) {
      reader.require(
        graves.has(at) && chain.length < graves.size,
        () => `culled keyframe ${id} hangs on none that lives`,
      );
      chain.push(at);
    }
    for (const link of chain) grounded.add(link);
  }
}
