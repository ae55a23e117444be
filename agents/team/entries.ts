import type { Pose } from '../../base/se3.ts';
import type { PlaceDescription } from '../../slam/team/places.ts';
import type { NodeRef, TeamEdge, TeamNode } from '../../slam/team/types.ts';

/**
 * What a robot writes into its ledger for its team: once written it never changes. Node indices without an agent are those of the
 * robot whose ledger it is.
 */
export type Entry = NodeEntry | SightingEntry | AnswerEntry | PlaceEntry | MatchEntry;

/**
 * A node of its trajectory, and what ties that to others of its own told before: `to` is the node. Told again, its edges replace
 * those that came with it before; what they say of a calibration is not told.
 */
export interface NodeEntry {
  readonly kind: 'node';
  readonly node: TeamNode;
  readonly edges: readonly TeamEdge[];
}

/** It saw a teammate. */
export interface SightingEntry {
  readonly kind: 'sighting';
  /** Its own node at that instant. */
  readonly node: number;
  readonly peer: number;
  /** Seconds on its own clock. */
  readonly time: number;
  readonly bodyFromPeer: Pose;
  /** 6×6 row-major, of a right perturbation; infinite variances are what was not measured. */
  readonly covariance: Float64Array;
}

/** It says where it was when a teammate saw it. */
export interface AnswerEntry {
  readonly kind: 'answer';
  readonly observer: number;
  /** Number of the sighting in the observer's ledger. */
  readonly sighting: number;
  /** Its own node at that instant. */
  readonly node: number;
}

/** What one of its keyframes saw, for teammates to recognise. */
export interface PlaceEntry {
  readonly kind: 'place';
  readonly node: number;
  readonly place: PlaceDescription;
}

/** It recognised in one of its keyframes what a teammate's had seen. */
export interface MatchEntry {
  readonly kind: 'match';
  readonly node: number;
  readonly other: NodeRef;
  /** Pose of the other's body at its node in its own body at `node`. */
  readonly fromFromTo: Pose;
  readonly covariance: Float64Array;
}

/** What an entry is judged by. */
export interface EntryContext {
  /** Whose ledger it is. */
  readonly owner: number;
  /** All robots of the team. */
  readonly team: ReadonlySet<number>;
  /** Indices of the owner's nodes so far. */
  readonly nodes: ReadonlySet<number>;
  /** The latest that the owner's clock can show now, seconds. */
  readonly latest: number;
}

/** @throws RangeError where an entry makes no sense, and says why */
export function checkEntry(entry: Entry, context: EntryContext): void {
  if (entry.kind === 'place') return;
  if (entry.kind === 'node') checkNode(entry, context);
  else checkKnown(entry.node, context);
  if (entry.kind === 'sighting') checkTime(entry.time, context);
  if (entry.kind === 'sighting') checkTeammate(entry.peer, context);
  if (entry.kind === 'answer') checkTeammate(entry.observer, context);
  if (entry.kind === 'match') checkTeammate(entry.other.agent, context);
}

function checkNode({ node, edges }: NodeEntry, context: EntryContext): void {
  if (node.agent !== context.owner) throw new RangeError(`it is a node of robot ${node.agent}`);
  checkTime(node.time, context);
  for (const { from } of edges) checkKnown(from.index, context);
}

function checkTeammate(agent: number, { owner, team }: EntryContext): void {
  if (!team.has(agent)) throw new RangeError(`there is no robot ${agent} in the team`);
  if (agent === owner) throw new RangeError(`robot ${agent} says so of itself`);
}

function checkKnown(node: number, { nodes }: EntryContext): void {
  if (!nodes.has(node)) throw new RangeError(`node ${node} was not told of before`);
}

function checkTime(time: number, { latest }: EntryContext): void {
  if (!(time <= latest))
    throw new RangeError(`${time.toFixed(3)} s lies in the future: now is ${latest.toFixed(3)} s at most`);
}
