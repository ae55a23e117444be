import type { ShardMetrics } from '../shard.ts';

/** A figure of a mission. */
export interface Measure {
  readonly key: string;
  readonly title: string;
  /** Digits after the point in tables. */
  readonly digits: number;
  /** Which way is good. */
  readonly better: 'more' | 'less';
  /** Whether policies are compared by it; the others tell why they differ. */
  readonly judged: boolean;
  /** Null where a mission has none. */
  readonly of: (metrics: ShardMetrics) => number | null;
}

/** The first is what policies are there for. */
export const MEASURES: readonly Measure[] = [
  {
    key: 'accurateCoverageAuc',
    title: 'accurate coverage over time, %',
    digits: 2,
    better: 'more',
    judged: true,
    of: ({ team }) => 100 * team.accurateCoverageAuc,
  },
  {
    key: 'ateRmse',
    title: 'team ATE, m',
    digits: 3,
    better: 'less',
    judged: true,
    of: ({ team }) => team.ateRmse,
  },
  {
    key: 'ghosts',
    title: 'ghosts, %',
    digits: 2,
    better: 'less',
    judged: true,
    of: ({ team }) => team.ghosts && 100 * team.ghosts,
  },
  {
    key: 'coverage',
    title: 'covered in the end, %',
    digits: 1,
    better: 'more',
    judged: false,
    of: ({ team }) => 100 * team.coverage,
  },
  {
    key: 'accurateCoverage',
    title: 'accurately in the end, %',
    digits: 1,
    better: 'more',
    judged: false,
    of: ({ team }) => 100 * team.accurateCoverage,
  },
  {
    key: 'apart',
    title: 'robots never joined',
    digits: 2,
    better: 'less',
    judged: false,
    of: ({ team }) => team.agents - team.framesJoined,
  },
  {
    key: 'timeLostS',
    title: 'blind or lost, s a robot',
    digits: 1,
    better: 'less',
    judged: false,
    of: ({ team }) => team.timeLostS / team.agents,
  },
  {
    key: 'observeS',
    title: 'observing, s a robot',
    digits: 1,
    better: 'less',
    judged: false,
    of: ({ team }) => team.observeS / team.agents,
  },
  {
    key: 'sightings',
    title: 'sightings',
    digits: 0,
    better: 'more',
    judged: false,
    of: ({ team }) => team.relativeObservations,
  },
  {
    key: 'sentKBs',
    title: 'sent, kB/s a robot',
    digits: 2,
    better: 'less',
    judged: false,
    of: ({ team, durationS }) =>
      team.bytesSent === null ? null : team.bytesSent / 1000 / durationS / team.agents,
  },
];
