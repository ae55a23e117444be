import type { AgentReport, AllocationView } from '../../base/allocation.ts';

interface Account {
  readonly report: AgentReport;
  /** Seconds in `observe` up to then. */
  readonly spent: number;
}

/** What each robot has spent of its budget for watching, by what it told of its tasks: everybody was given as much. */
export class Spending {
  private readonly accounts = new Map<number, Account>();

  /** To be told of every view. */
  note({ self, peers }: AllocationView): void {
    for (const report of [self, ...peers]) {
      const before = this.accounts.get(report.agent);
      if (before && report.time <= before.report.time) continue;
      const spent = (before?.spent ?? 0) + spentSince(before?.report, report);
      this.accounts.set(report.agent, { report, spent });
    }
  }

  /** Seconds that a robot may still spend; Infinity where nobody counts. */
  left({ budgetLeft, self }: AllocationView, { agent }: AgentReport): number {
    if (agent === self.agent) return budgetLeft;
    return Math.max(0, budgetLeft + this.spentBy(self.agent) - this.spentBy(agent));
  }

  private spentBy(agent: number): number {
    return this.accounts.get(agent)?.spent ?? 0;
  }
}

/** Between two reports: until the present task began whatever was the task before, after that the present one. */
function spentSince(before: AgentReport | undefined, now: AgentReport): number {
  if (!before) return now.task.kind === 'observe' ? now.taskAge : 0;
  const gap = now.time - before.time;
  const recent = Math.min(gap, now.taskAge);
  const earlier = before.task.kind === 'observe' ? gap - recent : 0;
  return earlier + (now.task.kind === 'observe' ? recent : 0);
}
