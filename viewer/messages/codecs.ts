import { readDecision, readTask, writeDecision, writeTask } from './decision.ts';
import { readMapChanges, writeMapChanges } from './map-changes.ts';
import { readProfile, writeProfile } from './profile.ts';
import type { TelemetryMessage } from './types.ts';
import type { Reader, Writer } from './wire.ts';

type Type = TelemetryMessage['type'];
type Message<T extends Type> = Extract<TelemetryMessage, { type: T }>;

/** How one type of message lies in bytes. `type` and `time` are in the header, so bodies leave them out. */
interface Codec<T extends Type> {
  /** The type's number on the wire: never reused for another type. */
  readonly code: number;
  write(writer: Writer, message: Message<T>): void;
  read(reader: Reader): Omit<Message<T>, 'type' | 'time'>;
}

const TRACKING_STATES = ['initialising', 'tracking', 'blind', 'lost'] as const;
const REASONS = ['start', 'epoch', 'done', 'timeout', 'lost', 'recovered', 'override', 'budget'] as const;
const LEVELS = ['info', 'warning', 'error'] as const;
const ENDS = ['finished', 'stopped', 'failed'] as const;
const PATH_KINDS = ['estimate', 'truth'] as const;
const BOX_STRIDE = 7;
const TIE_STRIDE = 6;
/** The least a robot's profile takes in bytes: bounds a forged count. */
const PROFILE_BYTES = 200;

/** The catalogue. Changing a body means a new `VERSION` in `codec.ts`. */
export const CODECS: { readonly [T in Type]: Codec<T> } = {
  start: {
    code: 1,
    write(writer, message) {
      writer.text(message.scenario);
      writer.text(message.policy);
      writer.f64(message.seed);
      writer.f64(message.duration);
      writer.u32(message.agents.length);
      for (const profile of message.agents) writeProfile(writer, profile);
    },
    read: (reader) => ({
      scenario: reader.text('scenario'),
      policy: reader.text('policy'),
      seed: reader.f64('seed'),
      duration: reader.f64('duration'),
      agents: Array.from({ length: reader.count('agents', PROFILE_BYTES) }, () => readProfile(reader)),
    }),
  },
  scene: {
    code: 2,
    write(writer, { bounds, boxes }) {
      for (const value of [bounds.minX, bounds.minY, bounds.maxX, bounds.maxY]) writer.f64(value);
      writer.array(boxes);
    },
    read(reader) {
      const bounds = {
        minX: reader.f64('bounds.minX'),
        minY: reader.f64('bounds.minY'),
        maxX: reader.f64('bounds.maxX'),
        maxY: reader.f64('bounds.maxY'),
      };
      const boxes = reader.f32Array('boxes');
      if (boxes.length % BOX_STRIDE !== 0)
        reader.fail(`boxes has ${boxes.length} numbers; ${BOX_STRIDE} a box are right`);
      return { bounds, boxes };
    },
  },
  pose: {
    code: 3,
    write(writer, message) {
      writer.i32(message.agent);
      writer.u8(TRACKING_STATES.indexOf(message.state));
      writer.pose(message.worldFromBody);
      writer.f64(message.positionSigma);
      writer.u32(message.expected);
      writer.u32(message.inliers);
      writer.i32(message.referenceKeyframe);
      writer.pose(message.keyframeFromBody);
      writer.array(message.trackedPixels);
      writer.f64(message.trackMs);
    },
    read: (reader) => ({
      agent: reader.i32('agent'),
      state: reader.choice('state', TRACKING_STATES),
      worldFromBody: reader.pose('worldFromBody'),
      positionSigma: reader.f64('positionSigma'),
      expected: reader.u32('expected'),
      inliers: reader.u32('inliers'),
      referenceKeyframe: reader.i32('referenceKeyframe'),
      keyframeFromBody: reader.pose('keyframeFromBody'),
      trackedPixels: reader.f32Array('trackedPixels'),
      trackMs: reader.f64('trackMs'),
    }),
  },
  map: {
    code: 4,
    write(writer, message) {
      writer.i32(message.agent);
      writeMapChanges(writer, message.changes);
    },
    read: (reader) => ({ agent: reader.i32('agent'), changes: readMapChanges(reader) }),
  },
  task: {
    code: 5,
    write(writer, message) {
      writer.i32(message.agent);
      writer.u8(REASONS.indexOf(message.reason));
      writeDecision(writer, message.decision);
      writeTask(writer, message.previous);
    },
    read: (reader) => ({
      agent: reader.i32('agent'),
      reason: reader.choice('reason', REASONS),
      decision: readDecision(reader),
      previous: readTask(reader, 'previous'),
    }),
  },
  sighting: {
    code: 6,
    write(writer, message) {
      writer.i32(message.observer);
      writer.i32(message.peer);
      writer.pose(message.bodyFromPeer);
    },
    read: (reader) => ({
      observer: reader.i32('observer'),
      peer: reader.i32('peer'),
      bodyFromPeer: reader.pose('bodyFromPeer'),
    }),
  },
  scan: {
    code: 7,
    write(writer, message) {
      writer.i32(message.agent);
      writer.f64(message.angleMin);
      writer.f64(message.angleStep);
      writer.f64(message.maxRange);
      writer.array(message.ranges);
    },
    read: (reader) => ({
      agent: reader.i32('agent'),
      angleMin: reader.f64('angleMin'),
      angleStep: reader.f64('angleStep'),
      maxRange: reader.f64('maxRange'),
      ranges: reader.f32Array('ranges'),
    }),
  },
  plan: {
    code: 8,
    write(writer, message) {
      writer.i32(message.agent);
      writer.array(message.path);
    },
    read(reader) {
      const agent = reader.i32('agent');
      const path = reader.f32Array('path');
      if (path.length % 2 !== 0) reader.fail(`path has ${path.length} numbers; x, y pairs are right`);
      return { agent, path };
    },
  },
  truth: {
    code: 9,
    write(writer, message) {
      writer.i32(message.agent);
      writer.pose(message.worldFromBody);
    },
    read: (reader) => ({ agent: reader.i32('agent'), worldFromBody: reader.pose('worldFromBody') }),
  },
  metrics: {
    code: 10,
    write(writer, message) {
      writer.f64(message.coverage);
      writer.f64(message.accurateCoverage);
      writer.f64(message.teamAte);
    },
    read: (reader) => ({
      coverage: reader.f64('coverage'),
      accurateCoverage: reader.f64('accurateCoverage'),
      teamAte: reader.f64('teamAte'),
    }),
  },
  log: {
    code: 11,
    write(writer, message) {
      writer.i32(message.agent);
      writer.u8(LEVELS.indexOf(message.level));
      writer.text(message.text);
    },
    read: (reader) => ({
      agent: reader.i32('agent'),
      level: reader.choice('level', LEVELS),
      text: reader.text('text'),
    }),
  },
  end: {
    code: 12,
    write: (writer, message) => writer.u8(ENDS.indexOf(message.reason)),
    read: (reader) => ({ reason: reader.choice('reason', ENDS) }),
  },
  team: {
    code: 13,
    write(writer, message) {
      for (const id of [message.agent, message.solver, message.frame]) writer.i32(id);
      for (const metres of [message.moved, message.sigmaBefore, message.sigmaAfter]) writer.f64(metres);
    },
    read: (reader) => ({
      agent: reader.i32('agent'),
      solver: reader.i32('solver'),
      frame: reader.i32('frame'),
      moved: reader.f64('moved'),
      sigmaBefore: reader.f64('sigmaBefore'),
      sigmaAfter: reader.f64('sigmaAfter'),
    }),
  },
  ties: {
    code: 14,
    write(writer, message) {
      writer.i32(message.agent);
      writer.array(message.ties);
    },
    read(reader) {
      const agent = reader.i32('agent');
      const ties = reader.i32Array('ties');
      if (ties.length % TIE_STRIDE !== 0)
        reader.fail(`ties has ${ties.length} numbers; ${TIE_STRIDE} a tie are right`);
      return { agent, ties };
    },
  },
  reset: { code: 64, write: () => {}, read: () => ({}) },
  path: {
    code: 65,
    write(writer, message) {
      writer.i32(message.agent);
      writer.u8(PATH_KINDS.indexOf(message.kind));
      writer.f64(message.spacing);
      writer.array(message.positions);
    },
    read(reader) {
      const agent = reader.i32('agent');
      const kind = reader.choice('kind', PATH_KINDS);
      const spacing = reader.f64('spacing');
      const positions = reader.f32Array('positions');
      if (positions.length % 3 !== 0)
        reader.fail(`positions has ${positions.length} numbers; 3 a vertex are right`);
      return { agent, kind, spacing, positions };
    },
  },
  live: { code: 66, write: () => {}, read: () => ({}) },
};
