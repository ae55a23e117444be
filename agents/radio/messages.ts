import { type AgentReport, type Task, type TrackingState, UNKNOWN_HEALTH } from '../../base/allocation.ts';

/**
 * What robots say to each other, as bytes (little-endian). `report`: how and where a robot is, and where it is going;
 * `explored`: coarse cells it has seen lately. A message that does not decode is dropped by whoever hears it.
 */
export interface Report extends AgentReport {
  /** The robot in whose map's frame places are told; −1: the team's own. */
  readonly frame: number;
  /** Where it is going to explore, team frame, metres. */
  readonly claim?: readonly [number, number];
}

const STATES: readonly TrackingState[] = ['initialising', 'tracking', 'blind', 'lost'];
const REPORT_BYTES = 64;
const NOBODY = 0xffff;

export function encodeReport(report: Report): Uint8Array {
  const view = new DataView(new ArrayBuffer(REPORT_BYTES));
  view.setFloat64(0, report.time, true);
  view.setUint16(8, report.agent, true);
  view.setUint16(10, report.task.kind === 'observe' ? report.task.peer : NOBODY, true);
  view.setUint16(12, report.inliers, true);
  view.setUint8(14, STATES.indexOf(report.state));
  view.setUint8(15, report.claim ? 1 : 0);
  view.setUint32(16, report.keyframes, true);
  view.setUint32(20, report.mapPoints, true);
  const { x, y, yaw, positionSigma, trackedShare, frontier, taskAge, claim } = report;
  [x, y, yaw, positionSigma, trackedShare, frontier, taskAge, ...(claim ?? [0, 0])].forEach((value, i) => {
    view.setFloat32(24 + 4 * i, value, true);
  });
  view.setInt16(60, report.frame, true);
  return new Uint8Array(view.buffer);
}

/** @throws RangeError where the bytes are no report */
export function decodeReport(bytes: Uint8Array): Report {
  if (bytes.length !== REPORT_BYTES)
    throw new RangeError(`a report has ${REPORT_BYTES} bytes, not ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const state = STATES[view.getUint8(14)];
  if (!state) throw new RangeError(`${view.getUint8(14)} is no tracking state`);
  const peer = view.getUint16(10, true);
  const task: Task = peer === NOBODY ? { kind: 'map' } : { kind: 'observe', peer };
  const [x, y, yaw, positionSigma, trackedShare, frontier, taskAge, claimX, claimY] = Array.from(
    { length: 9 },
    (_, i) => view.getFloat32(24 + 4 * i, true),
  );
  const time = view.getFloat64(0, true);
  const hasClaim = view.getUint8(15) !== 0;
  const numbers = [time, x, y, yaw, positionSigma, trackedShare, frontier, taskAge];
  if (![...numbers, ...(hasClaim ? [claimX, claimY] : [])].every(Number.isFinite))
    throw new RangeError('a report holds a number that is not finite');
  return {
    agent: view.getUint16(8, true),
    frame: view.getInt16(60, true),
    time,
    state,
    x,
    y,
    yaw,
    positionSigma,
    trackedShare,
    inliers: view.getUint16(12, true),
    keyframes: view.getUint32(16, true),
    mapPoints: view.getUint32(20, true),
    frontier,
    task,
    taskAge,
    distanceLeft: Number.NaN,
    health: UNKNOWN_HEALTH,
    ...(hasClaim ? { claim: [claimX, claimY] as const } : {}),
  };
}

/** Coarse cells a robot has explored. */
export interface ExploredCells {
  /** As `Report.frame`. */
  readonly frame: number;
  /** Pairs of indices. */
  readonly cells: Int16Array;
}

export function encodeExplored({ frame, cells }: ExploredCells): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 + 2 * cells.length));
  view.setInt16(0, frame, true);
  cells.forEach((value, i) => {
    view.setInt16(2 + 2 * i, value, true);
  });
  return new Uint8Array(view.buffer);
}

/** @throws RangeError where the bytes are no pairs of indices after a frame */
export function decodeExplored(bytes: Uint8Array): ExploredCells {
  if (bytes.length % 4 !== 2)
    throw new RangeError(`explored cells come as 4 bytes each after 2; ${bytes.length} do not divide`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cells = Int16Array.from({ length: (bytes.length - 2) / 2 }, (_, i) => view.getInt16(2 + 2 * i, true));
  return { frame: view.getInt16(0, true), cells };
}
