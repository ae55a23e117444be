import { angleBetween, distance, type Pose } from '../../base/se3.ts';
import { TEAM_FRAME } from '../../slam/team/solution.ts';
import { type ByteReader, ByteWriter } from '../radio/bytes.ts';
import type { SolutionMark } from './digest.ts';
import { readCovariance, readPose, writeCovariance, writePose } from './geometry-codec.ts';

/** Where one robot's nodes lie in the joint map. */
export interface AgentSolution {
  readonly agent: number;
  /** The robot whose map frame the poses are in, the lowest of those joined; or `TEAM_FRAME`. */
  readonly frame: number;
  /** `teamFromBody` by index of the robot's own node. */
  readonly poses: ReadonlyMap<number, Pose>;
  /** Of the latest of these nodes: 6×6 row-major, right perturbation. */
  readonly covariance: Float64Array;
}

export interface HeardSolution extends AgentSolution, SolutionMark {}

/** One message: what changed since what the robot is known to have, or all. */
export interface SolutionMessage extends HeardSolution {
  /** Nothing that was told before holds any more. */
  readonly isWhole: boolean;
}

export function encodeSolution(message: SolutionMessage): Uint8Array {
  const { solver, version, agent, frame, isWhole, poses, covariance } = message;
  const out = new ByteWriter();
  for (const value of [solver, version, agent, frame + 1]) out.count(value);
  out.u8(isWhole ? 1 : 0);
  writeCovariance(out, covariance);
  out.count(poses.size);
  let before = -1;
  for (const [index, pose] of [...poses].sort((a, b) => a[0] - b[0])) {
    out.count(index - before - 1);
    writePose(out, pose);
    before = index;
  }
  return out.finish();
}

/** @throws RangeError where the bytes are no solution, or for robots that are not in the team */
export function decodeSolution(bytes: ByteReader, team: ReadonlySet<number>): SolutionMessage {
  const [solver, version, agent] = [bytes.count(), bytes.count(), bytes.count()];
  const frame = bytes.count() - 1;
  for (const id of [solver, agent, frame])
    if (id !== TEAM_FRAME && !team.has(id)) throw new RangeError(`there is no robot ${id} in the team`);
  const isWhole = bytes.u8() === 1;
  const covariance = readCovariance(bytes);
  const poses = new Map<number, Pose>();
  const count = bytes.count();
  for (let i = 0, index = -1; i < count; i++) {
    index += 1 + bytes.count();
    poses.set(index, readPose(bytes));
  }
  bytes.end();
  return { solver, version, agent, frame, isWhole, covariance, poses };
}

/** A pose that moved less than this since the robot was told is not told again: metres, radians. */
const MOVED = 0.005;
const TURNED = (0.1 * Math.PI) / 180;
/** Messages to one robot that are remembered until it acknowledges one. */
const MOST_UNDER_WAY = 20;

interface Recipient {
  /** What the robot is known to have. */
  frame: number;
  version: number;
  readonly has: Map<number, Pose>;
  /** What it was sent and may have, by version. */
  readonly underWay: Map<number, SolutionMessage>;
}

/** The solver's side: what each robot must still be told of its solution, given what it is known to have got. */
export class SolutionTeller {
  private readonly solver: number;
  private readonly recipients = new Map<number, Recipient>();
  private version = 0;

  constructor(solver: number) {
    this.solver = solver;
  }

  /** A robot says which version it has. */
  acknowledge(agent: number, mark: SolutionMark | undefined): void {
    const recipient = this.recipients.get(agent);
    if (!recipient) return;
    if (mark?.solver !== this.solver) {
      if (recipient.version > 0) this.recipients.delete(agent);
      return;
    }
    const message = recipient.underWay.get(mark.version);
    if (!message) return;
    if (message.isWhole) recipient.has.clear();
    for (const [index, pose] of message.poses) recipient.has.set(index, pose);
    recipient.frame = message.frame;
    recipient.version = mark.version;
    for (const version of recipient.underWay.keys())
      if (version <= mark.version) recipient.underWay.delete(version);
  }

  /** The message for a robot, or undefined where it has everything. */
  messageFor(solution: AgentSolution): SolutionMessage | undefined {
    const recipient = this.recipientOf(solution.agent);
    const isWhole = recipient.version === 0 || recipient.frame !== solution.frame;
    const poses = new Map(
      [...solution.poses].filter(([index, pose]) => isWhole || hasMoved(recipient.has.get(index), pose)),
    );
    if (poses.size === 0) return undefined;
    const message = { ...solution, poses, isWhole, solver: this.solver, version: ++this.version };
    const { underWay } = recipient;
    underWay.set(message.version, message);
    for (const version of underWay.keys()) if (underWay.size > MOST_UNDER_WAY) underWay.delete(version);
    return message;
  }

  private recipientOf(agent: number): Recipient {
    let recipient = this.recipients.get(agent);
    if (!recipient) {
      recipient = { frame: -1, version: 0, has: new Map(), underWay: new Map() };
      this.recipients.set(agent, recipient);
    }
    return recipient;
  }
}

function hasMoved(known: Pose | undefined, pose: Pose): boolean {
  return !known || distance(known, pose) > MOVED || angleBetween(known, pose) > TURNED;
}

/** A robot's own side: the newest solution that its leader told. */
export class SolutionKeeper {
  latest: HeardSolution | undefined;
  private readonly newest = new Map<number, number>();

  /** @returns whether it is news: of the leader, and newer than what is known */
  hear(message: SolutionMessage, leader: number): boolean {
    const { isWhole, ...solution } = message;
    const { latest } = this;
    const follows = latest?.solver === message.solver;
    if (message.solver !== leader || message.version <= (this.newest.get(message.solver) ?? 0)) return false;
    if (!isWhole && !follows) return false;
    this.newest.set(message.solver, message.version);
    const poses = isWhole ? solution.poses : new Map([...(latest?.poses ?? []), ...solution.poses]);
    this.latest = { ...solution, poses };
    return true;
  }
}
