import { type ByteReader, ByteWriter } from './bytes.ts';

/** Coarse cells a robot has explored. */
export interface ExploredCells {
  /** As `Report.frame`. */
  readonly frame: number;
  /** Pairs of indices. */
  readonly cells: Int16Array;
}

export function encodeExplored({ frame, cells }: ExploredCells): Uint8Array {
  const out = new ByteWriter();
  out.i16(frame);
  for (const index of cells) out.i16(index);
  return out.finish();
}

/** @throws RangeError where the bytes are no pairs of indices after a frame */
export function decodeExplored(bytes: ByteReader): ExploredCells {
  const frame = bytes.i16();
  if (bytes.left % 4 !== 0)
    throw new RangeError(`explored cells come as 4 bytes each; ${bytes.left} do not divide`);
  return { frame, cells: Int16Array.from({ length: bytes.left / 2 }, () => bytes.i16()) };
}
