import { Random } from '../base/random.ts';
import { type BudgetPolicy, ObservationBudget } from '../rl/observation-budget.ts';
import type { MrclamRecording, PlanarTrajectory } from '../slam/datasets/mrclam.ts';
import type { Kernels } from '../slam/kernels/kernels.ts';
import { Colocaliser, type Subject } from '../slam/team/colocaliser.ts';
import type { RangeBearing } from '../slam/team/range-bearing.ts';
import { type PastSighting, TeamSmoother } from '../slam/team/team-smoother.ts';
import { WheelRecord } from '../slam/team/wheel-record.ts';
import { PlanarJudge, poseAt, rootMeanSquare } from './evaluate/planar-judge.ts';

/**
 * What is assumed of the robots of MRCLAM: one model for all, in round numbers near those under which the sightings of set 6 are most
 * likely.
 */
const MODEL = {
  wheels: { ahead: 0.02, sideways: 0.01, turn: 0.03 },
  delay: 0.25,
  calibration: { common: [0.1, 0.1, 0], own: [0.03, 0.03, 0.1] },
  /** Twice what one sighting is off by, since those that follow each other are off alike. */
  sightings: { range: 0.08, rangePerMetre: 0.07, bearing: 0.02, sideways: 0.04 },
  startSigma: { position: 0.001, yaw: 0.001 },
} as const;

export interface ColocalizeOptions {
  readonly kernels: Pick<Kernels, 'sparse'>;
  /** Ids of the robots that see landmarks, whose positions are known; all others are blind to them. */
  readonly landmarksSeenBy: readonly number[];
  /** Whether robots see each other. */
  readonly relative: boolean;
  /** Of observations of teammates, so many a minute at most, and how they are chosen; all if not given. */
  readonly budget?: { readonly perMinute: number; readonly policy: BudgetPolicy };
  /** Each second of the recording: how many are done. False stops there, with what there is until then. */
  readonly onProgress?: (seconds: number) => Promise<boolean>;
}

export interface ColocalizeMetrics {
  /** Over all robots alike: root of the mean of their squares. */
  readonly team: ColocalizeErrors;
  readonly agents: readonly ({ readonly id: number } & ColocalizeErrors)[];
  /** Observations of teammates that were used, and all there were. */
  readonly relativeUsed: number;
  readonly relativeOffered: number;
  /** Seconds of the recording that were done. */
  readonly dataS: number;
}

/** Without alignment, metres; null where there is no truth. */
export interface ColocalizeErrors {
  /** Of each pose as it was known at its time. */
  readonly ateRmse: number | null;
  /** Of all of them in hindsight. */
  readonly smoothedAteRmse: number | null;
}

const PROGRESS_S = 1;

/**
 * Localises the robots of a recording by their wheels, landmarks and each other: as time passes, and then in hindsight.
 * @param truth of each robot: where it begins, and what its estimate is held against; nothing else is taken from it
 */
export async function colocalize(
  recording: MrclamRecording,
  truth: readonly PlanarTrajectory[],
  options: ColocalizeOptions,
): Promise<ColocalizeMetrics> {
  const team = new RecordedTeam(recording, truth, options);
  const [first, last] = spanOf(recording);
  let told = first;
  let stopped = false;
  for (const sighting of sightingsOf(recording, options)) {
    while (!stopped && sighting.time - told >= PROGRESS_S) {
      told += PROGRESS_S;
      stopped = (await options.onProgress?.(told - first)) === false;
    }
    if (stopped) break;
    team.see(sighting);
  }
  const end = stopped ? told : last;
  team.advance(stopped ? told : Number.POSITIVE_INFINITY);
  return { ...team.judge(options.kernels), dataS: end - first };
}

/** First and last time of anybody's wheels. */
export function spanOf({ robots }: MrclamRecording): [first: number, last: number] {
  const times = robots.map(({ odometry }) => odometry.times);
  return [Math.min(...times.map((each) => each[0])), Math.max(...times.map((each) => each[each.length - 1]))];
}

interface Sighting extends RangeBearing {
  readonly time: number;
  readonly observer: number;
  readonly subject: Subject;
}

/** What anybody sees, of what the options let it see, in the order of time. Robots by their place in the list. */
function sightingsOf(
  { robots, landmarks }: MrclamRecording,
  { landmarksSeenBy, relative }: ColocalizeOptions,
): Sighting[] {
  const placeInList = new Map(robots.map(({ id }, i) => [id, i]));
  const subjectOf = (id: number, observer: number): Subject | undefined => {
    const robot = placeInList.get(id);
    if (robot !== undefined) return relative ? { robot } : undefined;
    const place = landmarks.get(id);
    return place && landmarksSeenBy.includes(observer) ? { x: place[0], y: place[1] } : undefined;
  };
  const all = robots.flatMap(({ id, sightings: { times, subjects, ranges, bearings } }, observer) =>
    Array.from(times, (time, k) => {
      const subject = subjectOf(subjects[k], id);
      return subject && { time, observer, subject, range: ranges[k], bearing: bearings[k] };
    }),
  );
  return all
    .filter((sighting) => sighting !== undefined)
    .sort((a, b) => a.time - b.time || a.observer - b.observer);
}

/** The team of a recording on its way, and how right it is. */
class RecordedTeam {
  private readonly recording: MrclamRecording;
  private readonly starts: readonly { readonly time: number; readonly pose: ReturnType<typeof poseAt> }[];
  private readonly filter: Colocaliser;
  private readonly judges: readonly PlanarJudge[];
  private readonly records: readonly WheelRecord[];
  private readonly budget: ObservationBudget | undefined;
  /** How far each robot's wheels have been driven, seconds. */
  private readonly times: number[];
  private readonly used: PastSighting[] = [];
  private relativeUsed = 0;
  private relativeOffered = 0;

  constructor(recording: MrclamRecording, truth: readonly PlanarTrajectory[], { budget }: ColocalizeOptions) {
    this.recording = recording;
    this.times = recording.robots.map(({ odometry }) => odometry.times[0]);
    this.starts = truth.map((each, i) => ({ time: this.times[i], pose: poseAt(each, this.times[i]) }));
    this.filter = new Colocaliser({ starts: this.starts.map(({ pose }) => pose), ...MODEL });
    this.judges = truth.map((each, i) => new PlanarJudge(each, this.times[i]));
    this.records = recording.robots.map(({ odometry }) => new WheelRecord(odometry, MODEL.delay));
    this.budget = budget && new ObservationBudget(budget.perMinute, budget.policy, new Random('colocalize'));
  }

  see({ time, observer, subject, range, bearing }: Sighting): void {
    const { filter, starts } = this;
    const peer = 'robot' in subject ? subject.robot : observer;
    if (time < starts[observer].time || time < starts[peer].time) return;
    this.advance(time);
    this.drive(observer, time);
    this.drive(peer, time);
    const weighed = filter.weigh(observer, subject, { range, bearing });
    if (peer !== observer) {
      this.relativeOffered++;
      if (this.budget?.takes(time, { range, gain: weighed.gain }) === false) return;
      this.relativeUsed++;
    }
    weighed.apply();
    const thought = [filter.poseOf(observer), filter.poseOf(peer)] as const;
    this.used.push({ time, observer, subject, range, bearing, thought });
  }

  /** Lets the judges hear every pose they want before a time. */
  advance(until: number): void {
    this.judges.forEach((judge, robot) => {
      for (let time = judge.next(until); time !== undefined; time = judge.next(until)) {
        this.drive(robot, time);
        judge.hear(this.filter.poseOf(robot));
      }
    });
  }

  judge(kernels: Pick<Kernels, 'sparse'>): Omit<ColocalizeMetrics, 'dataS'> {
    const { robots } = this.recording;
    const driven = robots.map(({ odometry: commands }, i) => ({
      start: this.starts[i].pose,
      startTime: this.starts[i].time,
      commands,
      calibration: this.filter.calibrationOf(i),
    }));
    const smoother = new TeamSmoother(driven, this.used, { kernels, ...MODEL });
    const agents = this.judges.map((judge, i) => ({
      id: robots[i].id,
      ateRmse: judge.rmse(),
      smoothedAteRmse: judge.rmseOf((times) => smoother.posesAt(i, times)),
    }));
    const team = {
      ateRmse: rootMeanSquare(agents.map(({ ateRmse }) => ateRmse)),
      smoothedAteRmse: rootMeanSquare(agents.map(({ smoothedAteRmse }) => smoothedAteRmse)),
    };
    const { relativeUsed, relativeOffered } = this;
    return { team, agents, relativeUsed, relativeOffered };
  }

  private drive(robot: number, to: number): void {
    this.records[robot].drive(this.times[robot], to, this.filter.wayOf(robot));
    this.times[robot] = Math.max(this.times[robot], to);
  }
}
