import type { AgentReport, AllocationView, TrackingState } from '../../base/allocation.ts';
import { type Feature, FLAG, SHARE, saturating } from './feature.ts';
import { isFresh, watches } from './watching.ts';

/** One robot as another, or it itself, knows it. */
export interface AgentSource {
  readonly view: AllocationView;
  readonly report: AgentReport;
}

/** Of each robot; what its SLAM knows about itself, what it does, and how old that news is. */
export const AGENT_TABLE: readonly Feature<AgentSource>[] = [
  {
    name: 'self',
    unit: '',
    about: 'it is the robot that decides',
    scale: FLAG,
    always: true,
    read: ({ view, report }) => flag(report === view.self),
  },
  {
    name: 'age',
    unit: 's',
    about: 'since it told all of this',
    scale: saturating(5),
    always: true,
    read: ({ view, report }) => view.time - report.time,
  },
  state('initialising', 'its SLAM has no map yet'),
  { ...state('tracking', 'its camera tells where it is'), remembered: true },
  state('blind', 'its wheels alone carry its pose'),
  state('lost', 'it no longer knows its pose'),
  {
    name: 'trackedShare',
    unit: '',
    about: 'map points tracked over those expected in view',
    scale: SHARE,
    remembered: true,
    read: ({ report }) => report.trackedShare,
  },
  {
    name: 'inliers',
    unit: 'points',
    about: 'points that its pose rests on',
    scale: saturating(80),
    read: ({ report }) => report.inliers,
  },
  {
    name: 'inlierRatio',
    unit: '',
    about: 'inliers of its pose over matches',
    scale: SHARE,
    remembered: true,
    read: ({ report }) => report.health.inlierRatio,
  },
  {
    name: 'referenceShare',
    unit: '',
    about: 'points tracked over those that its reference keyframe sees',
    scale: SHARE,
    read: ({ report }) => report.health.referenceShare,
  },
  {
    name: 'covisibility',
    unit: 'keyframes',
    about: 'keyframes that share points with its reference keyframe',
    scale: saturating(10),
    read: ({ report }) => report.health.covisibility,
  },
  {
    name: 'residual',
    unit: 'px',
    about: 'mean reprojection error of the inliers',
    scale: saturating(1),
    read: ({ report }) => report.health.residual,
  },
  {
    name: 'positionSigma',
    unit: 'm',
    about: "σ of its position relative to the team's anchor, through the keyframe graph",
    scale: saturating(0.3),
    remembered: true,
    read: ({ report }) => report.positionSigma,
  },
  {
    name: 'sinceKeyframe',
    unit: 's',
    about: 'since its last keyframe',
    scale: saturating(5),
    read: ({ report }) => report.health.sinceKeyframe,
  },
  {
    name: 'sinceRelocalisation',
    unit: 's',
    about: 'since its camera last found itself again',
    scale: saturating(30),
    read: ({ report }) => report.health.sinceRelocalisation,
  },
  {
    name: 'sinceObserved',
    unit: 's',
    about: 'since a teammate last measured where it is',
    scale: saturating(30),
    read: ({ report }) => report.health.sinceObserved,
  },
  {
    name: 'keyframes',
    unit: 'keyframes',
    about: 'in its map',
    scale: saturating(100),
    read: ({ report }) => report.keyframes,
  },
  {
    name: 'mapPoints',
    unit: 'points',
    about: 'in its map',
    scale: saturating(5000),
    read: ({ report }) => report.mapPoints,
  },
  {
    name: 'mapGrowth',
    unit: 'points/s',
    about: 'map points won, lately',
    scale: saturating(30),
    remembered: true,
    read: ({ report }) => report.health.mapGrowth,
  },
  {
    name: 'frontier',
    unit: 'm²',
    about: 'unknown ground behind the frontiers that it can reach',
    scale: saturating(10),
    remembered: true,
    read: ({ report }) => report.frontier,
  },
  {
    name: 'speed',
    unit: 'm/s',
    about: 'by its wheels, lately',
    scale: saturating(0.3),
    read: ({ report }) => report.health.speed,
  },
  {
    name: 'observing',
    unit: '',
    about: 'its task is to observe a teammate',
    scale: FLAG,
    always: true,
    read: ({ report }) => flag(report.task.kind === 'observe'),
  },
  {
    name: 'taskAge',
    unit: 's',
    about: 'since its task began',
    scale: saturating(15),
    always: true,
    read: ({ report }) => report.taskAge,
  },
  {
    name: 'distanceLeft',
    unit: 'm',
    about: 'still to drive to where its task leads',
    scale: saturating(5),
    read: ({ report }) => report.distanceLeft,
  },
  {
    name: 'watched',
    unit: '',
    about: 'a teammate has the task to observe it',
    scale: FLAG,
    always: true,
    read: ({ view, report }) =>
      flag([view.self, ...view.peers].some((other) => isFresh(view, other) && watches(other, report))),
  },
];

function state(name: TrackingState, about: string): Feature<AgentSource> {
  return {
    name,
    unit: '',
    about,
    scale: FLAG,
    always: true,
    read: ({ report }) => flag(report.state === name),
  };
}

function flag(value: boolean): number {
  return value ? 1 : 0;
}
