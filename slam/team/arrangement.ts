import type { Pose } from '../../base/se3.ts';
import { type Entries, type Entry, keyOf, type Prior } from './entries.ts';
import type { NodeRef, TeamNode } from './types.ts';

/** An edge between nodes that are known. */
export interface Link {
  readonly entry: Entry;
  readonly from: number;
  readonly to: number;
}

/** A node whose pose in the team frame is known: exactly, or with an information. */
export interface Anchor {
  readonly slot: number;
  readonly teamFromBody: Pose;
  /** Absent where it stands still. */
  readonly prior?: Prior;
}

/** The entries as numbered nodes, robots' first and landmarks after them; edges whose nodes are not known yet wait outside. */
export class Arrangement {
  readonly nodes: readonly TeamNode[];
  /** Of nodes, then landmarks. */
  readonly refs: readonly NodeRef[];
  readonly links: readonly Link[];
  readonly anchors: readonly Anchor[];
  /** Nodes and landmarks. */
  readonly size: number;
  private readonly slots = new Map<number, number>();

  constructor({ nodes, edges, priors, landmarks }: Entries) {
    const { slots } = this;
    this.nodes = nodes.slice();
    nodes.forEach((node, slot) => {
      slots.set(keyOf(node), slot);
    });
    const refs: NodeRef[] = nodes.slice();
    const anchors: Anchor[] = [];
    for (const { node, teamFromBody } of landmarks) {
      const slot = slots.get(keyOf(node)) ?? refs.push(node) - 1;
      slots.set(keyOf(node), slot);
      anchors.push({ slot, teamFromBody });
    }
    this.refs = refs;
    for (const prior of priors) {
      const slot = this.slotOf(prior.node);
      if (slot !== undefined) anchors.push({ slot, teamFromBody: prior.teamFromBody, prior });
    }
    this.anchors = anchors;
    this.size = slots.size;
    const links: Link[] = [];
    for (const entry of edges) {
      const from = this.slotOf(entry.edge.from);
      const to = this.slotOf(entry.edge.to);
      if (from !== undefined && to !== undefined) links.push({ entry, from, to });
    }
    this.links = links;
  }

  slotOf(node: NodeRef): number | undefined {
    return this.slots.get(keyOf(node));
  }
}
