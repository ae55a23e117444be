import {
  type AgentReport,
  type AllocationView,
  type Allocator,
  type Decision,
  type PairView,
  sameTask,
  type Task,
  type TrackingState,
} from '../base/allocation.ts';
import { InputError } from '../base/errors.ts';

export type DecisionReason =
  | 'start'
  | 'epoch'
  | 'done'
  | 'timeout'
  | 'lost'
  | 'recovered'
  | 'budget'
  | 'override';

export interface DecisionRecord {
  readonly time: number;
  readonly agent: number;
  readonly reason: DecisionReason;
  readonly decision: Decision;
  readonly previous: Task;
}

/** A decision put in a policy's place: what `agent` does from the decision it takes at `time`. */
export interface Override {
  readonly time: number;
  readonly agent: number;
  readonly task: Task;
}

export interface TaskOptions {
  readonly agent: number;
  readonly allocator: Allocator;
  /** Seconds between decisions when nothing else asks for one. */
  readonly epoch: number;
  /** Mission length, seconds. */
  readonly duration: number;
  /** Seconds that it may spend in `observe`, ways included; Infinity: as many as it likes. */
  readonly observeBudget: number;
  readonly overrides: readonly Override[];
}

const SAME_TIME = 1e-6;
/** Tracking must be gone, or back, this long to count as lost or recovered, seconds: a single bad frame is neither. */
const SETTLED = 0.5;

/** One agent's current task: when it is chosen anew, and by whom. */
export class Tasks {
  task: Task = { kind: 'map' };
  /** When the task began, and seconds spent in each kind so far. */
  since = 0;
  readonly spent = { map: 0, observe: 0 };
  readonly decisions: DecisionRecord[] = [];
  private readonly options: TaskOptions;
  private nextEpoch = Number.NEGATIVE_INFINITY;
  private lastTime = 0;
  private sound = true;
  /** When the camera last was what `sound` says. */
  private confirmedAt = 0;

  constructor(options: TaskOptions) {
    this.options = options;
  }

  /** What asks for a decision now, if anything does. `ended`: how the current task ended, if it has. */
  due(time: number, state: TrackingState, ended: 'done' | 'timeout' | undefined): DecisionReason | null {
    this.spent[this.task.kind] += time - this.lastTime;
    this.lastTime = time;
    const changed = this.changes(time, state === 'tracking');
    if (this.decisions.length === 0) return 'start';
    if (ended) return ended;
    if (this.task.kind === 'observe' && this.budgetLeft === 0) return 'budget';
    if (changed) return this.sound ? 'recovered' : 'lost';
    return time >= this.nextEpoch - SAME_TIME ? 'epoch' : null;
  }

  /** What there is to decide by, once it is known how the robot and its teammates are. */
  view(self: AgentReport, peers: readonly AgentReport[], pairs: readonly PairView[]): AllocationView {
    const { time } = self;
    const remaining = Math.max(0, this.options.duration - time);
    return { time, remaining, self, peers, pairs, budgetLeft: this.budgetLeft };
  }

  /** Seconds it may still spend in `observe`. */
  get budgetLeft(): number {
    return Math.max(0, this.options.observeBudget - this.spent.observe);
  }

  /**
   * Asks the policy, even where its word is then overridden: what it remembers must not depend on that. Who has used up
   * its budget maps, whatever was decided.
   * @throws InputError where an override or the policy names a peer that was never heard
   */
  decide(reason: DecisionReason, view: AllocationView): DecisionRecord {
    const { allocator, epoch, agent } = this.options;
    const { time, peers } = view;
    const own = allocator.decide(view);
    const override = this.overrideAt(time);
    const wanted = override?.task ?? own.task;
    this.check(time, wanted, peers);
    const task: Task = this.budgetLeft > 0 ? wanted : { kind: 'map' };
    const record: DecisionRecord = {
      time,
      agent,
      reason: override ? 'override' : reason,
      decision: { ...own, task },
      previous: this.task,
    };
    if (!sameTask(this.task, task) || reason === 'done' || reason === 'timeout') this.since = time;
    this.task = task;
    this.nextEpoch = time + epoch;
    this.decisions.push(record);
    return record;
  }

  private changes(time: number, sound: boolean): boolean {
    if (sound === this.sound) this.confirmedAt = time;
    if (time - this.confirmedAt < SETTLED - SAME_TIME) return false;
    this.sound = sound;
    this.confirmedAt = time;
    return true;
  }

  private overrideAt(time: number): Override | undefined {
    const { overrides, agent } = this.options;
    return overrides.find((entry) => entry.agent === agent && Math.abs(entry.time - time) < SAME_TIME);
  }

  private check(time: number, task: Task, peers: readonly AgentReport[]): void {
    if (task.kind === 'map' || peers.some(({ agent }) => agent === task.peer)) return;
    const heard = peers.map(({ agent }) => agent).join(', ') || 'nobody';
    throw new InputError(
      `decision of robot ${this.options.agent} at ${time.toFixed(1)} s`,
      `it was told to observe robot ${task.peer}; it has heard of ${heard}`,
    );
  }
}
