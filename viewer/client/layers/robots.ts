import {
  BoxGeometry,
  type BufferGeometry,
  CircleGeometry,
  CylinderGeometry,
  DoubleSide,
  Group,
  type Material,
  Mesh,
  MeshBasicMaterial,
  MeshLambertMaterial,
  type Object3D,
  type Raycaster,
  RingGeometry,
  TorusGeometry,
} from 'three';
import type { TelemetryMessage } from '../../messages/types.ts';
import { mixed, SCENE_COLOURS, STATES } from '../palette.ts';
import type { Member, Team } from '../team.ts';
import type { Frame, Layer } from './layer.ts';

/**
 * The robots where they think they are: a body with a camera, the wedge it looks into, a disc of two standard deviations of
 * its position, and a pulsing ring when its camera does not track. A pale hoop stands where the robot really is. Robots grow
 * when far away, so that they are never lost from sight.
 */
const BODY_HEIGHT = 0.32;
const WEDGE_RANGE = 2.2;
const SMALLEST_PIXELS = 9;

export class Robots implements Layer {
  readonly root = new Group();
  private readonly models = new Map<number, Model>();
  private readonly team: Team;

  constructor(team: Team) {
    this.team = team;
  }

  apply(message: TelemetryMessage): void {
    if (message.type === 'reset' || message.type === 'start') this.clear();
    if (message.type !== 'start') return;
    for (const member of this.team.members.values()) {
      const model = new Model(member);
      this.models.set(member.id, model);
      this.root.add(model.root);
    }
  }

  update(frame: Frame): void {
    for (const model of this.models.values()) model.update(frame);
  }

  /** The robot under a ray, if any. */
  pick(raycaster: Raycaster): number | undefined {
    const [hit] = raycaster.intersectObjects([...this.models.values()].map(({ body }) => body));
    return hit?.object.userData.agent;
  }

  private clear(): void {
    for (const model of this.models.values()) model.dispose();
    this.models.clear();
    this.root.clear();
  }
}

class Model {
  readonly root = new Group();
  readonly body: Group;
  private readonly member: Member;
  private readonly wedge: Mesh;
  private readonly sigma: Mesh;
  private readonly alarm: Mesh<BufferGeometry, MeshBasicMaterial>;
  private readonly truth: Group;

  constructor(member: Member) {
    this.member = member;
    this.body = bodyOf(member);
    this.wedge = wedgeOf(member);
    this.sigma = flat(new CircleGeometry(1, 40), member.colour, 0.14, 0.012);
    this.alarm = flat(new RingGeometry(0.9, 1, 48), STATES.lost.colour, 0.9, 0.06);
    this.truth = hoopOf(member);
    this.root.add(this.body, this.wedge, this.sigma, this.alarm, this.truth);
    this.root.visible = false;
  }

  update({ now, camera, size }: Frame): void {
    const { pose, truth, shownPosition, shownRotation, profile } = this.member;
    this.root.visible = pose !== undefined;
    if (!pose) return;
    const pixelsPerMetre =
      size.y / (2 * Math.tan((camera.fov * Math.PI) / 360) * camera.position.distanceTo(shownPosition));
    const scale = Math.max(1, SMALLEST_PIXELS / (profile.radius * pixelsPerMetre));

    for (const part of [this.body, this.wedge]) {
      part.position.copy(shownPosition);
      part.quaternion.copy(shownRotation);
    }
    this.body.scale.setScalar(scale);
    for (const part of [this.sigma, this.alarm])
      part.position.set(shownPosition.x, shownPosition.y, part.position.z);
    const sigma = Number.isFinite(pose.positionSigma) ? pose.positionSigma : 0;
    this.sigma.scale.setScalar(profile.radius * scale + 2 * Math.min(sigma, 20));

    const troubled = pose.state === 'lost' || pose.state === 'blind';
    this.alarm.visible = troubled;
    this.alarm.material.color.set(STATES[pose.state].colour);
    const pulse = (now * 0.8) % 1;
    this.alarm.scale.setScalar(scale * (profile.radius + 1.1 * pulse));
    this.alarm.material.opacity = 0.9 * (1 - pulse);

    this.truth.visible = truth !== undefined;
    this.truth.position.copy(this.member.shownTruth);
    this.truth.quaternion.copy(this.member.shownTrueRotation);
    this.truth.scale.setScalar(scale);
  }

  dispose(): void {
    this.root.traverse((part: Object3D) => {
      if (!(part instanceof Mesh)) return;
      part.geometry.dispose();
      (part.material as Material).dispose();
    });
  }
}

function bodyOf({ id, colour, profile }: Member): Group {
  const { radius } = profile;
  const painted = new MeshLambertMaterial({ color: colour, emissive: colour, emissiveIntensity: 0.35 });
  const dark = new MeshLambertMaterial({ color: '#1c2531' });
  const hull = new Mesh(new CylinderGeometry(radius * 0.86, radius, BODY_HEIGHT, 32), painted);
  hull.rotation.x = Math.PI / 2;
  hull.position.z = BODY_HEIGHT / 2;
  const lid = new Mesh(new CylinderGeometry(radius * 0.62, radius * 0.62, 0.03, 32), dark);
  lid.rotation.x = Math.PI / 2;
  lid.position.z = BODY_HEIGHT + 0.01;
  const head = new Mesh(new BoxGeometry(radius * 0.35, radius * 0.9, 0.12), dark);
  head.position.set(radius * 0.75, 0, BODY_HEIGHT + 0.05);
  const lens = new Mesh(
    new BoxGeometry(0.03, radius * 0.7, 0.05),
    new MeshBasicMaterial({ color: mixed(colour, '#ffffff', 0.6) }),
  );
  lens.position.set(radius * 0.94, 0, BODY_HEIGHT + 0.05);
  const body = new Group();
  body.add(hull, lid, head, lens);
  for (const part of body.children) part.userData.agent = id;
  return body;
}

function wedgeOf({ colour, profile }: Member): Mesh {
  const { fov, maxRange } = profile.scan;
  return flat(new CircleGeometry(Math.min(maxRange, WEDGE_RANGE), 24, -fov / 2, fov), colour, 0.13, 0);
}

/** A hoop with a nose. */
function hoopOf({ profile }: Member): Group {
  const { radius } = profile;
  const material = new MeshBasicMaterial({ color: SCENE_COLOURS.truth, transparent: true, opacity: 0.75 });
  const hoop = new Mesh(new TorusGeometry(radius * 1.25, 0.022, 8, 40), material);
  const nose = new Mesh(new BoxGeometry(radius * 0.5, 0.04, 0.04), material);
  nose.position.x = radius * 1.5;
  const truth = new Group();
  truth.add(hoop, nose);
  for (const part of truth.children) part.position.z = 0.05;
  return truth;
}

/** A see-through figure that lies on the floor. */
function flat(
  geometry: BufferGeometry,
  colour: string,
  opacity: number,
  z: number,
): Mesh<BufferGeometry, MeshBasicMaterial> {
  const material = new MeshBasicMaterial({
    color: colour,
    transparent: true,
    opacity,
    depthWrite: false,
    side: DoubleSide,
  });
  const mesh = new Mesh(geometry, material);
  mesh.position.z = z;
  return mesh;
}
