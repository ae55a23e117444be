import { MOUSE, type PerspectiveCamera, TOUCH, Vector3 } from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import type { SceneEvent } from '../../agents/events.ts';
import type { TelemetryMessage } from '../messages/types.ts';
import type { Team } from './team.ts';

/** Seconds to glide 63 % of the way to a new view. */
const GLIDE = 0.25;
/** What may be left of a glide, as a share of the eye's distance, when it is cut short: too little to see. */
const ARRIVED = 0.004;
const FOLLOW_DISTANCE = 7;
/** Numbers a box of `SceneEvent.boxes` has. */
const BOX_STRIDE = 7;
const UP = new Vector3(0, 0, 1);
const SLANT = new Vector3(-0.2, -0.72, 0.86).normalize();
/** Straight down, but for a hair: the orbit has no azimuth at its pole. */
const TOP = new Vector3(0, -0.0005, 1).normalize();

/** Height that an overview leaves room for, metres. */
const ROOF = 2.6;
/** Where the page is wide, plates cover this much on either side, CSS pixels: see style.css. */
const PLATES_WIDTH = 292;
const WIDE = 900;

/** Where the eye is: turned and moved by hand, taken along with a robot, or looking down on the whole. */
export class ViewControl {
  /** The robot that is followed. */
  followed?: number;
  private readonly camera: PerspectiveCamera;
  private readonly controls: OrbitControls;
  private readonly team: Team;
  private bounds: SceneEvent['bounds'] = { minX: -8, minY: -8, maxX: 8, maxY: 8 };
  /** x, y of what must be in view, and how the longest wall runs, radians. */
  private outline: readonly (readonly [number, number])[] = cornersOf(this.bounds);
  private heading = 0;
  /** A view on its way, until it is reached or a hand takes over. */
  private destination?: { target: Vector3; position: Vector3 };

  constructor(camera: PerspectiveCamera, canvas: HTMLCanvasElement, team: Team) {
    this.camera = camera;
    this.team = team;
    this.controls = new OrbitControls(camera, canvas);
    this.controls.enableDamping = true;
    this.controls.dampingFactor = 0.12;
    this.controls.maxPolarAngle = 0.495 * Math.PI;
    this.controls.minDistance = 1;
    this.controls.maxDistance = 250;
    this.controls.screenSpacePanning = false;
    this.controls.mouseButtons = { LEFT: MOUSE.ROTATE, MIDDLE: MOUSE.DOLLY, RIGHT: MOUSE.PAN };
    this.controls.touches = { ONE: TOUCH.ROTATE, TWO: TOUCH.DOLLY_PAN };
    this.controls.addEventListener('start', () => {
      this.destination = undefined;
    });
    this.jump(SLANT);
  }

  apply(message: TelemetryMessage): void {
    if (message.type !== 'scene') return;
    const same = Object.entries(message.bounds).every(([key, value]) => this.bounds[key as 'minX'] === value);
    this.bounds = message.bounds;
    this.lookAlong(message.boxes);
    if (!same) this.jump(SLANT); // after a reconnection the view stays as the hand left it
  }

  overview(): void {
    this.go(SLANT);
  }

  fromAbove(): void {
    this.go(TOP);
  }

  follow(id: number): void {
    const member = this.team.members.get(id);
    if (!member) return;
    this.followed = id;
    const target = member.shownPosition.clone();
    const away = this.camera.position.clone().sub(this.controls.target).normalize();
    this.destination = { target, position: target.clone().addScaledVector(away, FOLLOW_DISTANCE) };
  }

  release(): void {
    this.followed = undefined;
    this.destination = undefined;
  }

  update(dt: number): void {
    const { target } = this.controls;
    const followed = this.followed === undefined ? undefined : this.team.members.get(this.followed);
    if (followed) {
      const step = followed.shownPosition.clone().sub(this.destination?.target ?? target);
      (this.destination?.target ?? target).add(step);
      (this.destination?.position ?? this.camera.position).add(step);
    }
    if (this.destination) {
      const share = 1 - Math.exp(-dt / GLIDE);
      target.lerp(this.destination.target, share);
      this.camera.position.lerp(this.destination.position, share);
      const left = this.camera.position.distanceTo(this.destination.position);
      if (left < ARRIVED * this.camera.position.distanceTo(target)) this.arrive(this.destination);
    }
    this.controls.update();
  }

  private go(direction: Vector3): void {
    this.followed = undefined;
    this.destination = this.viewFrom(direction);
  }

  private jump(direction: Vector3): void {
    this.release();
    this.arrive(this.viewFrom(direction));
  }

  private arrive({ target, position }: { target: Vector3; position: Vector3 }): void {
    this.destination = undefined;
    this.controls.target.copy(target);
    this.camera.position.copy(position);
  }

  /** The team frame lies askew in most buildings: overviews turn with the longest wall, so that it runs across the page. */
  private lookAlong(boxes: Float32Array): void {
    const outline: [number, number][] = [];
    let longest = 0;
    for (let i = 0; i < boxes.length; i += BOX_STRIDE) {
      const [x, y, , hx, hy, , yaw] = boxes.subarray(i, i + BOX_STRIDE);
      outline.push([x, y]);
      if (Math.max(hx, hy) <= longest) continue;
      longest = Math.max(hx, hy);
      this.heading = hx > hy ? yaw : yaw + Math.PI / 2;
    }
    this.outline = outline.length > 0 ? outline : cornersOf(this.bounds);
  }

  /** The whole scene from a direction, told with the longest wall along x, as near as it fits between the plates. */
  private viewFrom(slant: Vector3): { target: Vector3; position: Vector3 } {
    const { minX, minY, maxX, maxY } = this.bounds;
    const direction = slant.clone().applyAxisAngle(UP, this.heading);
    const target = new Vector3((minX + maxX) / 2, (minY + maxY) / 2, 0);
    const right = new Vector3().crossVectors(this.camera.up, direction).normalize();
    const up = new Vector3().crossVectors(direction, right);
    const { innerWidth: width, innerHeight: height } = window;
    const slopeUp = 0.96 * Math.tan((this.camera.fov * Math.PI) / 360);
    const slopeRight = (slopeUp * (width > WIDE ? width - 2 * PLATES_WIDTH : width)) / height;
    let distance = 0;
    for (const [x, y] of this.outline)
      for (const z of [0, ROOF]) {
        const corner = new Vector3(x, y, z).sub(target);
        const needed = Math.max(Math.abs(corner.dot(right)) / slopeRight, Math.abs(corner.dot(up)) / slopeUp);
        distance = Math.max(distance, needed + corner.dot(direction));
      }
    return { target, position: target.clone().addScaledVector(direction, distance) };
  }
}

function cornersOf({ minX, minY, maxX, maxY }: SceneEvent['bounds']): [number, number][] {
  return [
    [minX, minY],
    [maxX, minY],
    [maxX, maxY],
    [minX, maxY],
  ];
}
