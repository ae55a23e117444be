import { DoubleSide, Group, Mesh, MeshBasicMaterial, RingGeometry } from 'three';
import type { TelemetryMessage } from '../../messages/types.ts';
import type { Team } from '../team.ts';
import { FatLine } from './fat-line.ts';
import type { Frame, Layer } from './layer.ts';

/** The way each navigator means to go, as a faint line on the floor to a ring at its goal; a new plan replaces the old one. */
const LONGEST_PLAN = 1024;
const HEIGHT = 0.04;

export class Plans implements Layer {
  readonly root = new Group();
  private readonly plans = new Map<number, Plan>();
  private readonly team: Team;

  constructor(team: Team) {
    this.team = team;
  }

  apply(message: TelemetryMessage): void {
    if (message.type === 'reset' || message.type === 'start') this.clear();
    if (message.type !== 'plan') return;
    const plan = this.plans.get(message.agent) ?? this.begin(message.agent);
    plan.show(message.path);
  }

  update({ size, now }: Frame): void {
    for (const { line, goal } of this.plans.values()) {
      line.resize(size);
      goal.scale.setScalar(1 + 0.15 * Math.sin(4 * now));
    }
  }

  private begin(agent: number): Plan {
    const plan = new Plan(this.team.members.get(agent)?.colour ?? '#ffffff');
    this.plans.set(agent, plan);
    this.root.add(plan.line.object, plan.goal);
    return plan;
  }

  private clear(): void {
    for (const plan of this.plans.values()) plan.dispose();
    this.plans.clear();
    this.root.clear();
  }
}

class Plan {
  readonly line: FatLine;
  readonly goal: Mesh;

  constructor(colour: string) {
    const faint = { color: colour, transparent: true, opacity: 0.4, depthWrite: false };
    this.line = new FatLine(LONGEST_PLAN, 5, colour, 0.28);
    this.goal = new Mesh(
      new RingGeometry(0.16, 0.24, 32),
      new MeshBasicMaterial({ ...faint, side: DoubleSide }),
    );
  }

  show(path: Float32Array): void {
    const length = Math.min(path.length / 2, LONGEST_PLAN);
    const vertices = new Float32Array(3 * length);
    for (let i = 0; i < length; i++) vertices.set([path[2 * i], path[2 * i + 1], HEIGHT], 3 * i);
    this.line.setVertices(vertices, length, 0);
    this.goal.visible = length > 0;
    if (length > 0) this.goal.position.fromArray(vertices, 3 * (length - 1));
  }

  dispose(): void {
    this.line.dispose();
    this.goal.geometry.dispose();
    (this.goal.material as MeshBasicMaterial).dispose();
  }
}
