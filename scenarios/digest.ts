import { createHash } from 'node:crypto';
import type { Slam } from '../slam/slam.ts';

/** One word for everything a run found out: what `feed` hands over, in order, as SHA-256 in hexadecimal. */
export function digest(feed: (update: (bytes: Uint8Array | string) => void) => void): string {
  const hash = createHash('sha256');
  feed((bytes) => hash.update(bytes));
  return hash.digest('hex');
}

/** Every pose of one robot and every keyframe and point of its map. */
export function feedSlam(slam: Slam, update: (bytes: Uint8Array | string) => void): void {
  const { poses } = slam.trajectory();
  update(new Uint8Array(poses.buffer, poses.byteOffset, poses.byteLength));
  slam.map.hashInto(update);
}
