import {
  angleBetween,
  between,
  compose,
  distance,
  identity,
  inverse,
  log,
  type Pose,
} from '../../base/se3.ts';
import type { OdometryIncrement } from '../../base/sensors.ts';
import type { Keyframe } from '../../slam/map/keyframe.ts';
import { mahalanobis, propagate } from '../../slam/optimize/covariance.ts';
import type { Slam } from '../../slam/slam.ts';
import type { TeamEdge, TeamNode } from '../../slam/team/types.ts';
import type { TrackingReport } from '../../slam/types.ts';
import { type Hanging, History } from './history.ts';
import { visionCovariance } from './vision-covariance.ts';

export interface Told {
  readonly node: TeamNode;
  /** To nodes told before. They replace those that came with the node when it was told last. */
  readonly edges: readonly TeamEdge[];
}

/** Points shared below which two images say little about each other; and how many neighbours a keyframe tells of, older ones too. */
const FEWEST_SHARED = 15;
const NEIGHBOURS = 2;
/** Points shared that make known ground of what was seen before, and seconds that are before. */
const KNOWN_GROUND = 30;
const BEFORE = 10;
/** Shared points below which the wheels have something to add. */
const WEAKLY_SHARED = 60;
/** Keyframes between two looks at whether what was told still holds, and that local mapping takes to settle one. */
const REVIEW = 5;
const UNSETTLED = 15;
/** Standard deviations of an edge by which it must have changed to be told again, and least change that matters, metres and radians. */
const CHANGED = 2;
const MATTERS = [0.005, 0.003];

/** 6×6 of a body that is where its node is: certain, but a covariance. */
const SAME_PLACE = Float64Array.from({ length: 36 }, (_, i) => (i % 7 === 0 ? 1e-8 : 0));

/**
 * What a robot tells the team of its trajectory: each keyframe and each waypoint of a blind stretch is a node, joined to those before by
 * what camera and wheels measured. The wheels' part is raw: it never passes through a map that a correction has bent, so no
 * correction is ever taken for a measurement. The camera's part is told again where mapping has come to see it otherwise while
 * the keyframe was new, or closed a loop. Old ground that is seen again makes an edge that may be wrong: it is a `loop`.
 */
export class Backbone {
  private readonly agent: number;
  private readonly slam: Slam;
  private readonly tell: (told: Told) => void;
  private readonly history = new History();
  private readonly told = new Map<number, Told>();
  /** Where the body is to the last node, as the camera sees it or, blind, as the wheels say. */
  private carried: Hanging | null = null;
  private blind = false;
  private sinceReview = 0;
  private loopsReviewed = 0;

  constructor(agent: number, slam: Slam, tell: (told: Told) => void) {
    this.agent = agent;
    this.slam = slam;
    this.tell = tell;
  }

  /** Follows one frame. */
  follow(tracking: TrackingReport, odometry: OdometryIncrement | undefined): void {
    const { time, state, referenceKeyframe: node, keyframeFromBody } = tracking;
    if (node < 0) return;
    const wheels = this.carried && odometry ? carriedOn(this.carried, time, odometry) : null;
    if (state === 'tracking') {
      const covariance = this.trackingCovariance(tracking);
      const seen = { time, node, nodeFromBody: keyframeFromBody, covariance, step: odometry?.delta };
      const joined = this.tellKeyframe(tracking.createdKeyframe, wheels);
      if (this.blind && wheels && !joined) this.rejoin(wheels, seen);
      this.carried = seen;
    } else if (wheels) {
      this.carried = this.told.has(node) || wheels.node === node ? wheels : this.tellWaypoint(node, wheels);
    }
    this.blind = state !== 'tracking';
    if (this.carried) this.history.add(this.carried);
  }

  /**
   * A node for an instant at which robots saw each other, hung on the trajectory.
   * @returns its index; nothing where the robot does not remember that instant
   */
  instant(time: number, timeSigma = 0): number | undefined {
    const at = this.history.at(time, timeSigma);
    if (!at || !this.told.has(at.node)) return undefined;
    const { map } = this.slam;
    const worldFromBody = compose(map.keyframePose(at.node), at.nodeFromBody);
    const index = map.reserveId();
    const node: TeamNode = { agent: this.agent, index, time, keyframe: -1, worldFromBody };
    this.tell({ node, edges: [this.edge('vision', at.node, index, at.nodeFromBody, at.covariance)] });
    return index;
  }

  /** Where the latest node is that the body hangs on, and the body in it. */
  get latest(): Hanging | null {
    return this.carried;
  }

  /** Whether an instant lies so far back that it is forgotten. */
  isPast(time: number): boolean {
    return this.history.isPast(time);
  }

  /** The covariance of the latest node the body hangs on, from that of an earlier one of the same blind stretch. */
  carry(covariance: Float64Array, earlier: number): Float64Array {
    const way: TeamEdge[] = [];
    for (
      let at = this.carried?.node;
      at !== undefined && at !== earlier;
      at = way[way.length - 1].from.index
    ) {
      const edge = this.told.get(at)?.edges.find(({ kind }) => kind === 'wheels');
      if (!edge) return covariance;
      way.push(edge);
    }
    return way.reduceRight((known, edge) => propagate(known, edge.fromFromTo, edge.covariance), covariance);
  }

  /** @returns whether the wheels join a new keyframe to where the body came from */
  private tellKeyframe(id: number, wheels: Hanging | null): boolean {
    if (id < 0) return false;
    const keyframe = this.slam.map.standing(id);
    if (keyframe.id !== id) return false;
    const edges = this.neighbours(keyframe);
    const shared = Math.max(0, ...keyframe.covisible.values());
    const hangs = edges.some(({ kind }) => kind === 'vision');
    const joined = wheels !== null && (this.blind || !hangs || shared < WEAKLY_SHARED);
    if (joined) edges.push(this.edge('wheels', wheels.node, id, wheels.nodeFromBody, wheels.covariance));
    const node = { agent: this.agent, index: id, time: keyframe.time, keyframe: id };
    this.send({ node: { ...node, worldFromBody: keyframe.worldFromBody.slice() }, edges });
    if (++this.sinceReview >= REVIEW) this.review();
    return joined;
  }

  private tellWaypoint(id: number, wheels: Hanging): Hanging {
    const worldFromBody = this.slam.map.keyframePose(id).slice();
    const node = { agent: this.agent, index: id, time: wheels.time, keyframe: -1, worldFromBody };
    this.send({
      node,
      edges: [this.edge('wheels', wheels.node, id, wheels.nodeFromBody, wheels.covariance)],
    });
    return { ...wheels, node: id, nodeFromBody: identity(), covariance: SAME_PLACE.slice() };
  }

  /** The camera is back on known ground: the blind stretch ends at the keyframe it sees. */
  private rejoin(wheels: Hanging, seen: Hanging): void {
    const last = this.told.get(wheels.node);
    if (!last || wheels.node === seen.node || !this.told.has(seen.node)) return;
    const bodyFromNode = inverse(wheels.nodeFromBody);
    const seenFromLast = compose(seen.nodeFromBody, bodyFromNode);
    const uncertain = seen.covariance.map((value, i) => value + wheels.covariance[i]);
    const covariance = propagate(uncertain, bodyFromNode, new Float64Array(36));
    this.send({
      node: last.node,
      edges: [...last.edges, this.edge('wheels', seen.node, wheels.node, seenFromLast, covariance)],
    });
  }

  /** Tells anew what local mapping or a closed loop has since come to see otherwise. */
  private review(): void {
    this.sinceReview = 0;
    const told = [...this.told.values()];
    const closed = this.slam.loopsClosed > this.loopsReviewed;
    this.loopsReviewed = this.slam.loopsClosed;
    for (const { node, edges } of closed ? told : told.slice(-UNSETTLED)) {
      if (!edges.some((edge) => edge.kind !== 'wheels' && this.hasChanged(edge))) continue;
      this.send({ node, edges: edges.map((edge) => (edge.kind === 'wheels' ? edge : this.afresh(edge))) });
    }
  }

  private hasChanged({ from, to, fromFromTo, covariance }: TeamEdge): boolean {
    const now = this.asMapped(from.index, to.index);
    const matters = distance(now, fromFromTo) > MATTERS[0] || angleBetween(now, fromFromTo) > MATTERS[1];
    return matters && mahalanobis(log(between(fromFromTo, now)), covariance) > CHANGED * CHANGED;
  }

  private afresh(edge: TeamEdge): TeamEdge {
    return { ...edge, fromFromTo: this.asMapped(edge.from.index, edge.to.index) };
  }

  private asMapped(from: number, to: number): Pose {
    const { map } = this.slam;
    return between(map.keyframePose(from), map.keyframePose(to));
  }

  /** To the keyframes told before that see most of what it sees: some seen just now, and some of old ground. */
  private neighbours(keyframe: Keyframe): TeamEdge[] {
    const ranked = keyframe.bestCovisible(keyframe.covisible.size).filter(({ id }) => this.told.has(id));
    const isOld = (other: Keyframe) => keyframe.time - other.time > BEFORE;
    const shared = (other: Keyframe) => keyframe.covisible.get(other)!;
    const recent = ranked.filter((other) => !isOld(other) && shared(other) >= FEWEST_SHARED);
    const old = ranked.filter((other) => isOld(other) && shared(other) >= KNOWN_GROUND);
    return [
      ...recent.slice(0, NEIGHBOURS).map((other) => this.sight('vision', other, keyframe)),
      ...old.slice(0, NEIGHBOURS).map((other) => this.sight('loop', other, keyframe)),
    ];
  }

  private sight(kind: TeamEdge['kind'], from: Keyframe, to: Keyframe): TeamEdge {
    const covariance = this.visionCovariance(to.covisible.get(from)!, to);
    return this.edge(kind, from.id, to.id, between(from.worldFromBody, to.worldFromBody), covariance);
  }

  private trackingCovariance({ inliers, referenceKeyframe }: TrackingReport): Float64Array {
    return this.visionCovariance(inliers, this.slam.map.standing(referenceKeyframe));
  }

  private visionCovariance(shared: number, keyframe: Keyframe): Float64Array {
    return visionCovariance(shared, keyframe.medianDepth() || 1, this.slam.map.camera.rig.fx);
  }

  private edge(
    kind: TeamEdge['kind'],
    from: number,
    to: number,
    fromFromTo: Pose,
    covariance: Float64Array,
  ): TeamEdge {
    const { agent } = this;
    return { kind, from: { agent, index: from }, to: { agent, index: to }, fromFromTo, covariance };
  }

  private send(told: Told): void {
    this.told.set(told.node.index, told);
    this.tell(told);
  }
}

function carriedOn(at: Hanging, time: number, { delta, covariance }: OdometryIncrement): Hanging {
  return {
    time,
    node: at.node,
    nodeFromBody: compose(at.nodeFromBody, delta),
    covariance: propagate(at.covariance, delta, covariance),
    step: delta,
  };
}
