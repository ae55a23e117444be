import type { PoseEvent } from '../../agents/events.ts';
import type { Pose } from '../../base/se3.ts';
import { type Trajectory as Poses, TrajectoryRecord } from '../../slam/trajectory.ts';
import type { Anchors } from './anchors.ts';
import type { AgentResult } from './evaluator.ts';
import { evaluate } from './metrics.ts';
import { fromPoses, type Trajectory } from './trajectory.ts';

/** Poses of a mission that its metrics are worked out from while it runs, at most. */
const SAMPLES = 300;

/** Where an agent thinks it is in its map, and how sure it is. */
export type Stand = Pick<PoseEvent, 'time' | 'positionSigma' | 'referenceKeyframe' | 'keyframeFromBody'>;

/** Where one agent thought it was, and where it was. */
export class AgentTrack {
  private readonly id: number;
  private readonly anchors: Anchors;
  private readonly estimated = new TrajectoryRecord();
  private readonly true = new TrajectoryRecord();
  /** A few of them, for metrics while the mission runs. */
  private readonly estimatedFew = new TrajectoryRecord();
  private readonly trueFew = new TrajectoryRecord();
  private readonly period: number;
  private nextFew = 0;
  /** The latest pose told. */
  latest?: Stand;
  /** Seconds lost or blind. */
  timeLost = 0;

  /** @param duration of the mission, seconds */
  constructor(id: number, anchors: Anchors, duration: number) {
    this.id = id;
    this.anchors = anchors;
    this.period = Math.max(1, duration / SAMPLES);
  }

  add(event: PoseEvent, teamFromBody: Pose): void {
    const { time, state, positionSigma, worldFromBody, referenceKeyframe, keyframeFromBody } = event;
    if (state === 'lost' || state === 'blind') this.timeLost += time - (this.latest?.time ?? 0);
    this.latest = { time, positionSigma, referenceKeyframe, keyframeFromBody: keyframeFromBody.slice() };
    this.estimated.add(time, worldFromBody, referenceKeyframe, keyframeFromBody);
    this.true.add(time, teamFromBody, -1, teamFromBody);
    if (time < this.nextFew) return;
    this.nextFew = time + this.period;
    this.estimatedFew.add(time, worldFromBody, referenceKeyframe, keyframeFromBody);
    this.trueFew.add(time, teamFromBody, -1, teamFromBody);
  }

  /** Every pose as the map has it by now, and the truth at the same times. */
  estimate(): Trajectory {
    return matrices(this.final(this.estimated));
  }

  truth(): Trajectory {
    return matrices(this.true.online());
  }

  /** The same, of a few poses spread over the mission so far. */
  sampled(): Trajectory {
    return matrices(this.final(this.estimatedFew));
  }

  sampledTruth(): Trajectory {
    return matrices(this.trueFew.online());
  }

  result(): AgentResult {
    const trajectory = this.final(this.estimated);
    const truth = this.true.online();
    const errors = truth.times.length > 0 ? evaluate([this.estimate()], [this.truth()], 'se3') : undefined;
    return {
      id: this.id,
      ateRmse: errors?.ape.translation.rmse ?? Number.NaN,
      rpeTrans: errors?.rpe.perFrame.translation.rmse ?? Number.NaN,
      timeLostS: this.timeLost,
      trajectory,
      truth,
    };
  }

  private final(record: TrajectoryRecord): Poses {
    return record.final((keyframe) => this.anchors.pose(keyframe));
  }
}

function matrices({ times, poses }: Poses): Trajectory {
  return fromPoses(times, poses);
}
