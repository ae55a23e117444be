import {
  type AgentReport,
  type SlamHealth,
  type Task,
  type TrackingState,
  UNKNOWN_HEALTH,
} from '../../base/allocation.ts';
import { type ByteReader, ByteWriter } from './bytes.ts';

/** How and where a robot is, what it does, and where it is going. */
export interface Report extends AgentReport {
  /** The robot in whose map's frame places are told; −1: the team's own. */
  readonly frame: number;
  /** Where it is going to explore, team frame, metres. */
  readonly claim?: readonly [number, number];
}

/** A report and its number among its sender's, modulo 2¹⁶: gaps show what the radio lost. */
export interface NumberedReport {
  readonly number: number;
  readonly report: Report;
}

const STATES: readonly TrackingState[] = ['initialising', 'tracking', 'blind', 'lost'];
const NOBODY = 0xffff;
/** What need not be known: a bit each says whether it is told. */
const HEALTH = Object.keys(UNKNOWN_HEALTH) as (keyof SlamHealth)[];
const DISTANCE_BIT = 1 << HEALTH.length;
const CLAIM_BIT = DISTANCE_BIT << 1;

/** @throws RangeError where a number that must be known is not finite */
export function encodeReport({ number, report }: NumberedReport): Uint8Array {
  const out = new ByteWriter();
  const { task, claim } = report;
  out.u16(number);
  out.u8(STATES.indexOf(report.state));
  out.i16(report.frame);
  out.u16(task.kind === 'observe' ? task.peer : NOBODY);
  for (const count of [report.inliers, report.keyframes, report.mapPoints]) out.count(count);
  const { x, y, yaw, positionSigma, trackedShare, frontier, taskAge } = report;
  for (const value of [x, y, yaw, positionSigma, trackedShare, frontier, taskAge]) out.f32(value);
  const optional = optionalOf(report);
  out.u16(optional.reduce((bits, [bit]) => bits | bit, claim ? CLAIM_BIT : 0));
  for (const [, value] of optional) out.f32(value);
  for (const value of claim ?? []) out.f32(value);
  return out.finish();
}

/**
 * @param agent who sent it, and `time` when, by the envelope
 * @throws RangeError where the bytes are no report
 */
export function decodeReport(bytes: ByteReader, agent: number, time: number): NumberedReport {
  const number = bytes.u16();
  const code = bytes.u8();
  const state = STATES[code];
  if (!state) throw new RangeError(`${code} is no tracking state`);
  const frame = bytes.i16();
  const peer = bytes.u16();
  const task: Task = peer === NOBODY ? { kind: 'map' } : { kind: 'observe', peer };
  const [inliers, keyframes, mapPoints] = [bytes.count(), bytes.count(), bytes.count()];
  const [x, y, yaw, positionSigma, trackedShare, frontier, taskAge] = Array.from({ length: 7 }, () =>
    bytes.f32(),
  );
  const known = bytes.u16();
  const told = (bit: number) => (known & bit ? bytes.f32() : Number.NaN);
  const health = Object.fromEntries(HEALTH.map((name, i) => [name, told(1 << i)])) as unknown as SlamHealth;
  const distanceLeft = told(DISTANCE_BIT);
  const claim = known & CLAIM_BIT ? ([bytes.f32(), bytes.f32()] as const) : undefined;
  bytes.end();
  const place = { frame, x, y, yaw, positionSigma };
  const work = { task, taskAge, distanceLeft, frontier, ...(claim && { claim }) };
  return {
    number,
    report: { agent, time, state, ...place, trackedShare, inliers, keyframes, mapPoints, health, ...work },
  };
}

/** What is known of what need not be, each with its bit, in the order in which it is told. */
function optionalOf({ health, distanceLeft }: Report): [number, number][] {
  const all = [...HEALTH.map((name, i): [number, number] => [1 << i, health[name]])];
  all.push([DISTANCE_BIT, distanceLeft]);
  return all.filter(([, value]) => !Number.isNaN(value));
}
