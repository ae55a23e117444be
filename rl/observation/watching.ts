import type { AgentReport, AllocationView } from '../../base/allocation.ts';

/** What a robot that has been silent this long was about no longer counts, seconds. */
const STALE = 30;

/** Whether a robot was told to observe another. */
export function watches({ task }: AgentReport, { agent }: AgentReport): boolean {
  return task.kind === 'observe' && task.peer === agent;
}

/** Whether a robot has been heard lately enough for its task to count. */
export function isFresh({ time }: AllocationView, report: AgentReport): boolean {
  return time - report.time < STALE;
}
