import type { AllocationView } from '../../base/allocation.ts';
import { type Feature, SHARE, saturating } from './feature.ts';

/** Of the mission as a whole. */
export const MISSION_TABLE: readonly Feature<AllocationView>[] = [
  {
    name: 'remaining',
    unit: 's',
    about: 'of mission left',
    scale: saturating(100),
    always: true,
    read: ({ remaining }) => remaining,
  },
  {
    name: 'remainingShare',
    unit: '',
    about: 'of the mission left',
    scale: SHARE,
    always: true,
    read: ({ time, remaining }) => remaining / (time + remaining),
  },
  {
    name: 'budgetLeft',
    unit: 's',
    about: 'that may still be spent in `observe`; without end where nobody counts',
    scale: saturating(50),
    always: true,
    read: ({ budgetLeft }) => budgetLeft,
  },
  {
    name: 'budgetShare',
    unit: '',
    about: 'of the time left that may be spent in `observe`',
    scale: SHARE,
    always: true,
    read: ({ budgetLeft, remaining }) => (budgetLeft >= remaining ? 1 : budgetLeft / remaining),
  },
  {
    name: 'team',
    unit: 'robots',
    about: 'known, the one that decides included',
    scale: saturating(4),
    always: true,
    read: ({ peers }) => peers.length + 1,
  },
];
