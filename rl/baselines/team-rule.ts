import type { AllocationView, Allocator, Decision } from '../../base/allocation.ts';
import { Spending } from './spending.ts';
import { type Team, type TeamModel, teamOf } from './team.ts';
import { VainWatches } from './vain-watches.ts';

/** Who should watch whom, as rows of a team. */
export interface Watch {
  readonly observer: number;
  readonly peer: number;
}

export interface TeamPlan {
  readonly watches: readonly Watch[];
  /** What it is worth to the team that one watches another, against that it maps; of the rows that may. */
  value(observer: number, peer: number): number;
}

/**
 * A rule that works out, from what one robot knows, what the whole team should do, and then does that robot's part. So no two
 * watch the same one as long as they have heard the same.
 */
export class TeamRule implements Allocator {
  readonly name: string;
  private readonly model: TeamModel;
  private readonly plan: (team: Team) => TeamPlan;
  private readonly spending = new Spending();
  private readonly vain = new VainWatches();

  constructor(name: string, model: TeamModel, plan: (team: Team) => TeamPlan) {
    this.name = name;
    this.model = model;
    this.plan = plan;
  }

  decide(view: AllocationView): Decision {
    this.spending.note(view);
    this.vain.note(view);
    const team = teamOf(
      view,
      this.model,
      (peer) => this.vain.avoids(peer, view.time),
      (robot) => this.spending.left(view, robot),
    );
    const plan = this.plan(team);
    const mine = plan.watches.find(({ observer }) => observer === team.self);
    const peer = mine && team.members[mine.peer];
    this.vain.chosen(peer, view.time);
    return {
      task: peer ? { kind: 'observe', peer: peer.agent } : { kind: 'map' },
      values: valuesOfSelf(team, plan),
    };
  }
}

function valuesOfSelf({ members, size, self, may }: Team, plan: TeamPlan): Decision['values'] {
  const watches = members.flatMap(({ agent }, row) =>
    may[size * self + row] ? [{ peer: agent, value: plan.value(self, row) }] : [],
  );
  return [
    { task: { kind: 'map' }, value: 0 },
    ...watches.map(({ peer, value }) => ({ task: { kind: 'observe', peer } as const, value })),
  ];
}
