import { BOARD_CELLS, boardCells, CODES } from './codes.ts';

/**
 * What a robot wears so that teammates know it: a mast of two upright square plates, one above the other and crossed,
 * a marker (AprilTag 36h11) on each side. From wherever one looks, a plate is seen 45° askew at most; the other, if seen
 * at all, tells the pose from its mirror image. Plates are as wide as the footprint allows, so nothing sticks out of it.
 */
export interface Board {
  /** The marker's code; `robotOf` and `faceOf` say whose it is. */
  readonly code: number;
  /** Corners of the plate in the body frame, 4 × 3, metres: top left, then counter-clockwise, as seen from the front. */
  readonly corners: Float64Array;
  /** Cells along a side, the white margin of one cell included. */
  readonly side: number;
  /** side × side, row by row from the top left: 1 white, 0 black. */
  readonly cells: Uint8Array;
}

/**
 * Side of a plate, height of the mast's foot above the floor and the gap between the plates, metres. Seen from below and
 * near, the lower plate would hide the foot of the upper marker if there were none.
 */
export const PLATE = 0.44;
export const MAST_FOOT = 0.49;
const PLATE_GAP = 0.08;
const MAST_TOP = MAST_FOOT + PLATE_GAP + 2 * PLATE;

/** Directions (radians, body frame) that the faces look in and the heights of their centres, metres. */
export const FACES = [
  { heading: 0, height: MAST_FOOT + PLATE / 2 },
  { heading: Math.PI, height: MAST_FOOT + PLATE / 2 },
  { heading: Math.PI / 2, height: MAST_TOP - PLATE / 2 },
  { heading: -Math.PI / 2, height: MAST_TOP - PLATE / 2 },
] as const;

/** Robots there are markers for: ids below. */
export const MARKED_ROBOTS = Math.floor(CODES / FACES.length);

/** @throws RangeError where there are no markers left for such a robot */
export function boardsOf(robot: number): Board[] {
  if (!(robot >= 0 && robot < MARKED_ROBOTS)) {
    throw new RangeError(`there are markers for robots 0…${MARKED_ROBOTS - 1}, not for robot ${robot}`);
  }
  return FACES.map((_, face) => {
    const code = FACES.length * robot + face;
    return { code, corners: faceCorners(face, PLATE), side: BOARD_CELLS, cells: boardCells(code) };
  });
}

export function robotOf(code: number): number {
  return Math.floor(code / FACES.length);
}

export function faceOf(code: number): number {
  return code % FACES.length;
}

/** Corners of a square of that side about the middle of a face, as in `Board.corners`. */
export function faceCorners(face: number, side: number): Float64Array {
  const { heading, height } = FACES[face];
  // Seen from the front, the plate's right-hand side lies to the left of where it faces.
  const [x, y, z] = [(-Math.sin(heading) * side) / 2, (Math.cos(heading) * side) / 2, side / 2];
  const corners = [-x, -y, height + z, -x, -y, height - z, x, y, height - z, x, y, height + z];
  return Float64Array.from(corners);
}
