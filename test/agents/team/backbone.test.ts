import { beforeAll, describe, expect, it } from 'vitest';
import { Backbone, type Told } from '../../../agents/team/backbone.ts';
import { between, compose, distance, identity } from '../../../base/se3.ts';
import { readKernels } from '../../../bin/resources.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import type { TeamEdge } from '../../../slam/team/types.ts';
import { Drive } from '../../slam/drive.ts';
import { CorridorWorld } from '../../slam/synthetic.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});

const world = new CorridorWorld({ seed: 'backbone' });

class Telling {
  readonly drive = new Drive(world, kernels, true);
  readonly told: Told[] = [];
  readonly backbone = new Backbone(3, this.drive.slam, (told) => this.told.push(told));

  go(metres: number, blind = false): this {
    const from = this.drive.reports.length;
    this.drive.go(metres, blind, undefined, (odometry) => {
      this.backbone.follow(this.drive.last, odometry);
    });
    expect(this.drive.reports.length).toBeGreaterThan(from);
    return this;
  }

  get edges(): TeamEdge[] {
    const latest = new Map(this.told.map((told) => [told.node.index, told]));
    return [...latest.values()].flatMap(({ edges }) => edges);
  }
}

describe('the backbone of a trajectory', () => {
  it('hangs together, and its edges lead where the map has the nodes', () => {
    const { told, edges, drive } = new Telling().go(3).go(2, true).go(2);
    const joined = new Set([told[0].node.index]);
    for (let grown = 0; grown !== joined.size; ) {
      grown = joined.size;
      for (const { from, to } of edges) {
        if (joined.has(from.index)) joined.add(to.index);
        if (joined.has(to.index)) joined.add(from.index);
      }
    }
    expect(joined.size).toBe(new Set(told.map(({ node }) => node.index)).size);
    const { map } = drive.slam;
    for (const { kind, from, to, fromFromTo } of edges) {
      const mapped = between(map.keyframePose(from.index), map.keyframePose(to.index));
      expect(distance(mapped, fromFromTo)).toBeLessThan(kind === 'vision' ? 0.02 : 0.15);
    }
    expect(edges.filter(({ kind }) => kind === 'wheels').length).toBeGreaterThan(3);
  });

  it('tells nothing of the wheels that a correction has bent', () => {
    const telling = new Telling().go(2).go(1.2, true);
    const { map } = telling.drive.slam;
    const before = telling.told.length;
    const bent = telling.told[before - 1].node.index;
    const pose = map.keyframePose(bent).slice();
    pose[1] += 0.5;
    map.moveGrave(bent, pose);
    telling.go(1.2, true);
    for (const { edges } of telling.told.slice(before))
      for (const { fromFromTo } of edges) expect(distance(fromFromTo, identity())).toBeLessThan(0.7);
    expect(telling.told.length).toBeGreaterThan(before);
  });

  it('tells again what mapping has come to see otherwise, and only that', () => {
    const telling = new Telling().go(4);
    const { map } = telling.drive.slam;
    const quiet = telling.told.length;
    const nodes = new Set(telling.told.map(({ node }) => node.index)).size;
    expect(quiet - nodes).toBeLessThan(nodes);
    const [first] = telling.told;
    const keyframe = map.standing(first.node.index);
    map.moveKeyframe(keyframe, compose(keyframe.worldFromBody, Float64Array.of(0.1, 0, 0, 0, 0, 0, 1)));
    telling.go(3);
    const again = telling.told.slice(quiet).filter(({ node }) => node.index <= first.node.index + 5);
    expect(again.length).toBeGreaterThan(0);
  });

  it('tells where the body was at an instant between frames, less surely where the clock is unsure', () => {
    const telling = new Telling().go(3).go(1, true);
    const { reports } = telling.drive;
    for (const [at, blind] of [
      [20, false],
      [reports.length - 4, true],
    ] as const) {
      const [a, b] = [reports[at], reports[at + 1]];
      const index = telling.backbone.instant(0.3 * a.time + 0.7 * b.time)!;
      expect(distance(telling.told[telling.told.length - 1].node.worldFromBody, a.worldFromBody)).toBeCloseTo(
        0.7 * distance(a.worldFromBody, b.worldFromBody),
        1,
      );
      const { node, edges } = telling.told[telling.told.length - 1];
      expect(node).toMatchObject({ index, keyframe: -1 });
      expect(edges).toHaveLength(1);
      telling.backbone.instant(0.3 * a.time + 0.7 * b.time, 0.1);
      const vague = telling.told[telling.told.length - 1].edges[0];
      expect(vague.covariance[0]).toBeGreaterThan(edges[0].covariance[0] + (blind ? 0 : 0.0005));
    }
    expect(telling.backbone.instant(telling.drive.last.time + 1)).toBeUndefined();
    expect(telling.backbone.instant(-5)).toBeUndefined();
  });
});
