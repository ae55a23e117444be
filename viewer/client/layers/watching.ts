import {
  ConeGeometry,
  Group,
  Mesh,
  MeshBasicMaterial,
  QuadraticBezierCurve3,
  SphereGeometry,
  Vector3,
} from 'three';
import type { TelemetryMessage } from '../../messages/types.ts';
import type { Member, Team } from '../team.ts';
import { FatLine } from './fat-line.ts';
import type { Frame, Layer } from './layer.ts';

/**
 * Who watches whom: an arc in the observer's colour from an agent whose task is `observe` to its peer, with a head at the
 * peer and beads that run towards it. The arcs follow the robots, so they are laid anew each frame; there is at most one an
 * agent.
 */
const VERTICES = 33;
const BEADS = 3;
const BEAD_SPEED = 0.55;
const START_HEIGHT = 0.45;

export class Watching implements Layer {
  readonly root = new Group();
  private readonly arcs = new Map<number, Arc>();
  private readonly team: Team;

  constructor(team: Team) {
    this.team = team;
  }

  apply(message: TelemetryMessage): void {
    if (message.type !== 'reset' && message.type !== 'start') return;
    for (const arc of this.arcs.values()) arc.dispose();
    this.arcs.clear();
    this.root.clear();
  }

  update(frame: Frame): void {
    for (const member of this.team.members.values()) {
      const peer = member.task.kind === 'observe' ? this.team.members.get(member.task.peer) : undefined;
      const shown = peer?.pose && member.pose ? peer : undefined;
      const arc = this.arcs.get(member.id) ?? (shown && this.begin(member));
      if (!arc) continue;
      arc.root.visible = shown !== undefined;
      if (shown) arc.lay(member.shownPosition, shown.shownPosition, frame);
    }
  }

  private begin(member: Member): Arc {
    const arc = new Arc(member.colour);
    this.arcs.set(member.id, arc);
    this.root.add(arc.root);
    return arc;
  }
}

class Arc {
  readonly root = new Group();
  private readonly curve = new QuadraticBezierCurve3();
  private readonly line: FatLine;
  private readonly head: Mesh;
  private readonly beads: Mesh[];
  private readonly vertices = new Float32Array(3 * VERTICES);
  private readonly at = new Vector3();

  constructor(colour: string) {
    const material = new MeshBasicMaterial({ color: colour });
    this.line = new FatLine(VERTICES, 3.5, colour, 0.9);
    this.head = new Mesh(new ConeGeometry(0.16, 0.42, 20).rotateX(Math.PI / 2), material);
    const bead = new SphereGeometry(0.09, 12, 8);
    this.beads = Array.from({ length: BEADS }, () => new Mesh(bead, material));
    this.root.add(this.line.object, this.head, ...this.beads);
  }

  lay(from: Vector3, to: Vector3, { now, size }: Frame): void {
    const { v0, v1, v2 } = this.curve;
    v0.copy(from);
    v2.copy(to);
    v0.z += START_HEIGHT;
    v2.z += START_HEIGHT;
    v1.lerpVectors(v0, v2, 0.5);
    v1.z += 0.6 + 0.3 * from.distanceTo(to);
    for (let i = 0; i < VERTICES; i++)
      this.curve.getPoint((0.94 * i) / (VERTICES - 1), this.at).toArray(this.vertices, 3 * i);
    this.line.setVertices(this.vertices, VERTICES, 0);
    this.line.resize(size);
    this.curve.getPoint(0.95, this.head.position);
    this.head.lookAt(v2);
    this.beads.forEach((bead, i) => {
      this.curve.getPoint(0.94 * ((now * BEAD_SPEED + i / BEADS) % 1), bead.position);
    });
  }

  dispose(): void {
    this.line.dispose();
    for (const { geometry, material } of [this.head, ...this.beads]) {
      geometry.dispose();
      (material as MeshBasicMaterial).dispose();
    }
  }
}
