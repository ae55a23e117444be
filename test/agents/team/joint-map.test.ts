import { beforeAll, describe, expect, it } from 'vitest';
import type { Entry } from '../../../agents/team/entries.ts';
import { JointMap } from '../../../agents/team/joint-map.ts';
import { compose, distance, identity, type Pose, planarPose } from '../../../base/se3.ts';
import { readKernels } from '../../../bin/resources.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import type { TeamEdge } from '../../../slam/team/types.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

function diagonal(way: number, turn: number): Float64Array {
  return Float64Array.from({ length: 36 }, (_, i) => (i % 7 ? 0 : i < 21 ? way * way : turn * turn));
}

/** Two robots that stand a metre from where their wheels say, seen or not. */
class Team {
  readonly refused: string[] = [];
  readonly joint = new JointMap({
    kernels,
    startsKnown: true,
    refused: (reason) => this.refused.push(reason),
  });
  private readonly numbers = [0, 0];

  tell(owner: number, entry: Entry): number {
    const number = this.numbers[owner]++;
    this.joint.take({ owner, channel: 'graph', number, entry });
    return number;
  }

  node(agent: number, index: number, worldFromBody: Pose, from?: number, edge?: Partial<TeamEdge>): void {
    const node = { agent, index, time: index, keyframe: edge?.kind === 'vision' ? -1 : index, worldFromBody };
    const edges: TeamEdge[] =
      from === undefined
        ? []
        : [
            {
              kind: 'wheels',
              from: { agent, index: from },
              to: { agent, index },
              fromFromTo: identity(),
              covariance: diagonal(0.5, 0.1),
              ...edge,
            },
          ];
    this.tell(agent, { kind: 'node', node, edges });
  }

  poseOf(agent: number, index: number): Pose {
    return this.joint
      .solve()
      .byAgent.find((each) => each.agent === agent)!
      .poses.get(index)!;
  }
}

/** Robot 0 stands at the origin; robot 1's wheels say 4 m, it is at 5 m, and half a metre ahead of its node when it is seen. */
function seen(covariance: Float64Array, bodyFromPeer: Pose): Team {
  const team = new Team();
  team.node(0, 0, planarPose(0, 0, 0));
  team.node(1, 0, planarPose(0, 3, 0));
  team.node(1, 1, planarPose(4, 3, 0), 0, { fromFromTo: planarPose(4, 0, 0) });
  team.node(0, 2, planarPose(0, 0, 0), 0, { kind: 'vision', covariance: diagonal(1e-3, 1e-3) });
  const ahead = {
    kind: 'vision' as const,
    fromFromTo: planarPose(0.5, 0, 0),
    covariance: diagonal(1e-3, 1e-3),
  };
  team.node(1, 2, planarPose(4.5, 3, 0), 1, ahead);
  const sighting = team.tell(0, { kind: 'sighting', node: 2, peer: 1, time: 2, bodyFromPeer, covariance });
  team.tell(1, { kind: 'answer', observer: 0, sighting, node: 2 });
  return team;
}

describe('the joint map', () => {
  const truth = planarPose(5.5, 3, 0);

  it('has a robot where a teammate sees it, its instants made part of the nodes that they hang on', () => {
    const team = seen(diagonal(0.01, 0.01), truth);
    expect(distance(team.poseOf(1, 1), planarPose(5, 3, 0))).toBeLessThan(0.02);
    expect(team.joint.size).toBe(3);
  });

  it('does so by range and bearing alone', () => {
    const places = diagonal(0.01, Number.POSITIVE_INFINITY);
    // How the body is turned is not measured: it may say anything.
    const turned = compose(truth, planarPose(0, 0, 2));
    const pose = seen(places, turned).poseOf(1, 1);
    expect(Math.hypot(pose[0] - 5, pose[1] - 3)).toBeLessThan(0.15);
    expect(Math.abs(pose[5])).toBeLessThan(0.1);
  });

  it('refuses a sighting that no graph can use, says so, and goes on', () => {
    const nowhere = diagonal(0.01, 0.01);
    nowhere[0] = Number.POSITIVE_INFINITY;
    const team = seen(nowhere, compose(truth, planarPose(0, 0, 1)));
    expect(team.refused).toEqual([expect.stringMatching(/not positive definite/)]);
    expect(distance(team.poseOf(1, 1), planarPose(4, 3, 0))).toBeLessThan(0.02);
  });

  it('waits for the answer, and takes none from others than the one who was seen', () => {
    const team = new Team();
    team.node(0, 0, planarPose(0, 0, 0));
    team.node(1, 0, planarPose(0, 3, 0));
    team.node(0, 2, planarPose(0, 0, 0), 0, { kind: 'vision', covariance: diagonal(1e-3, 1e-3) });
    team.joint.solve();
    const sighting = {
      kind: 'sighting' as const,
      node: 2,
      peer: 2,
      time: 2,
      covariance: diagonal(0.01, 0.01),
    };
    const number = team.tell(0, { ...sighting, bodyFromPeer: truth });
    team.node(1, 1, planarPose(0, 3, 0), 0, { kind: 'vision', covariance: diagonal(1e-3, 1e-3) });
    team.tell(1, { kind: 'answer', observer: 0, sighting: number, node: 1 });
    expect(team.joint.isStale).toBe(false);
  });

  it('takes what a node is tied by anew in place of what was told before', () => {
    const team = new Team();
    team.node(1, 0, planarPose(0, 0, 0));
    team.node(1, 1, planarPose(4, 0, 0), 0, { fromFromTo: planarPose(4, 0, 0) });
    expect(team.poseOf(1, 1)[0]).toBeCloseTo(4, 3);
    team.node(1, 1, planarPose(4, 0, 0), 0, { fromFromTo: planarPose(6, 0, 0) });
    expect(team.joint.isStale).toBe(true);
    expect(team.poseOf(1, 1)[0]).toBeCloseTo(6, 3);
  });
});
