import { Quaternion, Vector3 } from 'three';
import type { PoseEvent } from '../../agents/events.ts';
import type { Task } from '../../base/allocation.ts';
import type { RobotProfile } from '../../base/world.ts';
import type { TelemetryMessage } from '../messages/types.ts';
import { agentColour } from './palette.ts';

/** Seconds after which a robot on screen has gone 63 % of the way to where it was last reported. */
const SMOOTHING = 0.08;
/** A pose that jumps further than this was corrected, not driven: shown at once. Metres. */
const JUMP = 1.5;

/** What the page knows of one robot. `shown*` glide to the latest report, which comes some ten times a second. */
export class Member {
  readonly id: number;
  readonly profile: RobotProfile;
  readonly colour: string;
  task: Task = { kind: 'map' };
  pose?: PoseEvent;
  truth?: Float64Array;
  readonly shownPosition = new Vector3();
  readonly shownRotation = new Quaternion();
  readonly shownTruth = new Vector3();
  readonly shownTrueRotation = new Quaternion();

  constructor(profile: RobotProfile, place: number) {
    this.id = profile.id;
    this.profile = profile;
    this.colour = agentColour(place);
  }

  /** @param dt seconds since the last frame */
  glide(dt: number): void {
    const share = 1 - Math.exp(-dt / SMOOTHING);
    if (this.pose) approach(this.shownPosition, this.shownRotation, this.pose.worldFromBody, share);
    if (this.truth) approach(this.shownTruth, this.shownTrueRotation, this.truth, share);
  }
}

const target = new Vector3();
const turn = new Quaternion();

function approach(position: Vector3, rotation: Quaternion, pose: Float64Array, share: number): void {
  target.set(pose[0], pose[1], pose[2]);
  turn.set(pose[3], pose[4], pose[5], pose[6]);
  const part = position.distanceTo(target) > JUMP ? 1 : share;
  position.lerp(target, part);
  rotation.slerp(turn, part);
}

/** The robots of the mission on screen, by id. */
export class Team {
  readonly members = new Map<number, Member>();

  apply(message: TelemetryMessage): void {
    switch (message.type) {
      case 'reset':
        this.members.clear();
        break;
      case 'start':
        this.members.clear();
        message.agents.forEach((profile, place) => {
          this.members.set(profile.id, new Member(profile, place));
        });
        break;
      case 'pose':
        this.with(message.agent, (member) => {
          member.pose = message;
        });
        break;
      case 'truth':
        this.with(message.agent, (member) => {
          member.truth = message.worldFromBody;
        });
        break;
      case 'task':
        this.with(message.agent, (member) => {
          member.task = message.decision.task;
        });
        break;
      default:
    }
  }

  /** The robot in the given place, from 0. */
  at(place: number): Member | undefined {
    return [...this.members.values()][place];
  }

  nameOf(id: number): string {
    return this.members.get(id)?.profile.name ?? `robot ${id}`;
  }

  private with(id: number, change: (member: Member) => void): void {
    const member = this.members.get(id);
    if (member) change(member);
  }
}
