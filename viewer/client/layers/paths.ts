import { BufferAttribute, BufferGeometry, DynamicDrawUsage, Group, Line, LineDashedMaterial } from 'three';
import type { TelemetryMessage } from '../../messages/types.ts';
import { ThinnedPath } from '../../state/thinned-path.ts';
import { mixed } from '../palette.ts';
import type { Team } from '../team.ts';
import { FatLine } from './fat-line.ts';
import type { Frame, Layer } from './layer.ts';

/**
 * Where each agent thinks it went, as a solid line in its colour, and where it really went, thin and dashed. Both are thinned
 * paths of bounded length; a frame uploads only the vertices behind the first that changed.
 */
const ESTIMATE_PIXELS = 2.5;
/** Heights above the floor, so that the lines lie on it without flicker, the estimate uppermost. */
const ESTIMATE_HEIGHT = 0.05;
const TRUTH_HEIGHT = 0.03;

export class Paths implements Layer {
  readonly root = new Group();
  private readonly estimates = new Map<number, EstimatedPath>();
  private readonly truths = new Map<number, TruePath>();
  private readonly team: Team;

  constructor(team: Team) {
    this.team = team;
  }

  apply(message: TelemetryMessage): void {
    switch (message.type) {
      case 'reset':
      case 'start':
        this.clear();
        break;
      case 'path':
        (message.kind === 'truth' ? this.truthOf(message.agent) : this.estimateOf(message.agent)).load(
          message.positions,
          message.spacing,
        );
        break;
      case 'pose':
        this.estimateOf(message.agent).add(message.worldFromBody);
        break;
      case 'truth':
        this.truthOf(message.agent).add(message.worldFromBody);
        break;
      default:
    }
  }

  update(frame: Frame): void {
    for (const path of this.estimates.values()) path.update(frame);
    for (const path of this.truths.values()) path.update();
  }

  private estimateOf(agent: number): EstimatedPath {
    return this.known(this.estimates, agent, (colour) => new EstimatedPath(colour));
  }

  private truthOf(agent: number): TruePath {
    return this.known(this.truths, agent, (colour) => new TruePath(colour));
  }

  private known<T extends EstimatedPath | TruePath>(
    paths: Map<number, T>,
    agent: number,
    begin: (colour: string) => T,
  ): T {
    const known = paths.get(agent);
    if (known) return known;
    const path = begin(this.team.members.get(agent)?.colour ?? '#ffffff');
    paths.set(agent, path);
    this.root.add(path.object);
    return path;
  }

  private clear(): void {
    for (const path of [...this.estimates.values(), ...this.truths.values()]) path.dispose();
    this.estimates.clear();
    this.truths.clear();
    this.root.clear();
  }
}

/** A path, and the first of its vertices that the graphics do not have yet. */
class Tracked {
  readonly path = new ThinnedPath();
  protected dirtyFrom = Number.POSITIVE_INFINITY;

  add(pose: Float64Array): void {
    this.dirtyFrom = Math.min(this.dirtyFrom, this.path.add(pose[0], pose[1], pose[2]));
  }

  load(positions: Float32Array, spacing: number): void {
    this.path.load(positions, spacing);
    this.dirtyFrom = 0;
  }
}

class EstimatedPath extends Tracked {
  private readonly line: FatLine;

  constructor(colour: string) {
    super();
    this.line = new FatLine(ThinnedPath.CAPACITY, ESTIMATE_PIXELS, colour);
    this.line.object.position.z = ESTIMATE_HEIGHT;
  }

  get object() {
    return this.line.object;
  }

  update({ size }: Frame): void {
    this.line.resize(size);
    if (this.dirtyFrom === Number.POSITIVE_INFINITY) return;
    this.line.setVertices(this.path.positions, this.path.length, this.dirtyFrom);
    this.dirtyFrom = Number.POSITIVE_INFINITY;
  }

  dispose(): void {
    this.line.dispose();
  }
}

class TruePath extends Tracked {
  readonly object: Line;
  private readonly positions: BufferAttribute;
  private readonly distances = new BufferAttribute(new Float32Array(ThinnedPath.CAPACITY), 1).setUsage(
    DynamicDrawUsage,
  );

  constructor(colour: string) {
    super();
    this.positions = new BufferAttribute(this.path.positions, 3).setUsage(DynamicDrawUsage);
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', this.positions);
    geometry.setAttribute('lineDistance', this.distances);
    this.object = new Line(
      geometry,
      new LineDashedMaterial({
        color: mixed(colour, '#ffffff', 0.55),
        dashSize: 0.18,
        gapSize: 0.14,
        transparent: true,
        opacity: 0.8,
      }),
    );
    this.object.position.z = TRUTH_HEIGHT;
    this.object.frustumCulled = false;
  }

  update(): void {
    if (this.dirtyFrom === Number.POSITIVE_INFINITY) return;
    this.measureFrom(this.dirtyFrom);
    for (const attribute of [this.positions, this.distances]) {
      const { itemSize } = attribute;
      attribute.addUpdateRange(itemSize * this.dirtyFrom, itemSize * (this.path.length - this.dirtyFrom));
      attribute.needsUpdate = true;
    }
    this.object.geometry.setDrawRange(0, this.path.length);
    this.dirtyFrom = Number.POSITIVE_INFINITY;
  }

  dispose(): void {
    this.object.geometry.dispose();
    (this.object.material as LineDashedMaterial).dispose();
  }

  /** Metres from the start, which the dashes are cut by. */
  private measureFrom(first: number): void {
    const at = this.path.positions;
    const along = this.distances.array;
    along[0] = 0;
    for (let i = Math.max(1, first); i < this.path.length; i++)
      along[i] =
        along[i - 1] +
        Math.hypot(at[3 * i] - at[3 * i - 3], at[3 * i + 1] - at[3 * i - 2], at[3 * i + 2] - at[3 * i - 1]);
  }
}
