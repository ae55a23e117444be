import type { AgentReport, PairView } from '../../base/allocation.ts';
import { type Feature, FLAG, SHARE, SIGNED, saturating } from './feature.ts';
import { watches } from './watching.ts';

/** Two robots of the team, the one as it stands to the other. */
export interface PairSource {
  readonly observer: AgentReport;
  readonly peer: AgentReport;
  /** Undefined where nothing is known of the two. */
  readonly pair?: PairView;
}

/** Of each ordered pair of robots: what it would take the one to see the other, and what that would be worth. */
export const PAIR_TABLE: readonly Feature<PairSource>[] = [
  {
    name: 'distance',
    unit: 'm',
    about: 'between the two',
    scale: saturating(6),
    read: ({ pair }) => pair?.distance ?? Number.NaN,
  },
  {
    name: 'distanceSigma',
    unit: 'm',
    about: 'σ of that',
    scale: saturating(0.5),
    read: ({ pair }) => pair?.distanceSigma ?? Number.NaN,
  },
  {
    name: 'bearingCosine',
    unit: '',
    about: "1: the peer is straight ahead of the observer's heading",
    scale: SIGNED,
    read: ({ pair }) => Math.cos(pair?.bearing ?? Number.NaN),
  },
  {
    name: 'bearingSine',
    unit: '',
    about: '1: it is to the left',
    scale: SIGNED,
    read: ({ pair }) => Math.sin(pair?.bearing ?? Number.NaN),
  },
  {
    name: 'bearingSigma',
    unit: 'rad',
    about: 'σ of the bearing',
    scale: saturating(0.3),
    read: ({ pair }) => pair?.bearingSigma ?? Number.NaN,
  },
  {
    name: 'sharedPoints',
    unit: 'points',
    about: 'map points that both maps hold',
    scale: saturating(100),
    read: ({ pair }) => pair?.sharedPoints ?? Number.NaN,
  },
  {
    name: 'lineOfSight',
    unit: '',
    about: "1: nothing in one's own map stands between them, 0: something does, between: unknown ground",
    scale: SHARE,
    read: ({ pair }) => pair?.lineOfSight ?? Number.NaN,
  },
  {
    name: 'sinceSeen',
    unit: 's',
    about: 'since the observer last saw the peer',
    scale: saturating(30),
    read: ({ pair }) => pair?.sinceSeen ?? Number.NaN,
  },
  {
    name: 'link',
    unit: '',
    about: "share of the peer's reports that came through lately",
    scale: SHARE,
    read: ({ pair }) => pair?.link ?? Number.NaN,
  },
  {
    name: 'watching',
    unit: '',
    about: "the observer's task is to observe the peer",
    scale: FLAG,
    always: true,
    read: ({ observer, peer }) => (watches(observer, peer) ? 1 : 0),
  },
  {
    name: 'watchedBack',
    unit: '',
    about: "the peer's task is to observe the observer",
    scale: FLAG,
    always: true,
    read: ({ observer, peer }) => (watches(peer, observer) ? 1 : 0),
  },
];
