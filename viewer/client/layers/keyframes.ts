import {
  BufferAttribute,
  DynamicDrawUsage,
  Group,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  LineSegments,
  ShaderMaterial,
} from 'three';
import { transformPoint } from '../../../base/se3.ts';
import type { CameraRig } from '../../../base/sensors.ts';
import type { TelemetryMessage } from '../../messages/types.ts';
import { KeyedRows } from '../../state/keyed-rows.ts';
import { mixed } from '../palette.ts';
import type { Team } from '../team.ts';
import type { Layer } from './layer.ts';

/**
 * Keyframes as small camera pyramids. One pyramid, in body coordinates, is drawn as many times as there are keyframes; the
 * shader turns and moves it by each keyframe's pose, so a keyframe that moves changes seven numbers.
 */
const PYRAMID_DEPTH = 0.28;

export class Keyframes implements Layer {
  readonly root = new Group();
  private readonly trails = new Map<number, Trail>();
  private readonly team: Team;

  constructor(team: Team) {
    this.team = team;
  }

  apply(message: TelemetryMessage): void {
    if (message.type === 'reset' || message.type === 'start') this.clear();
    if (message.type !== 'map') return;
    const member = this.team.members.get(message.agent);
    if (!member) return;
    const trail =
      this.trails.get(message.agent) ?? this.begin(message.agent, member.profile.rig, member.colour);
    const { keyframesAdded, keyframesMoved, keyframesRemoved } = message.changes;
    for (const { ids, poses } of [keyframesAdded, keyframesMoved])
      for (let i = 0; i < ids.length; i++) trail.rows.set(ids[i], poses, 7 * i);
    for (const id of keyframesRemoved) trail.rows.delete(id);
    trail.changed = true;
  }

  update(): void {
    for (const trail of this.trails.values()) trail.update();
  }

  countOf(agent: number): number {
    return this.trails.get(agent)?.rows.size ?? 0;
  }

  private begin(agent: number, rig: CameraRig, colour: string): Trail {
    const trail = new Trail(rig, colour);
    this.trails.set(agent, trail);
    this.root.add(trail.root);
    return trail;
  }

  private clear(): void {
    for (const trail of this.trails.values()) trail.dispose();
    this.trails.clear();
    this.root.clear();
  }
}

/** The keyframes of one agent. */
class Trail {
  readonly root = new Group();
  readonly rows = new KeyedRows(7);
  changed = false;
  private readonly pyramid: BufferAttribute;
  private readonly material: ShaderMaterial;
  private readonly parts: { mesh: LineSegments; attributes: InstancedBufferAttribute[] }[] = [];

  constructor(rig: CameraRig, colour: string) {
    this.pyramid = new BufferAttribute(pyramidOf(rig), 3);
    this.material = new ShaderMaterial({
      uniforms: { colour: { value: mixed(colour, '#0b0f16', 0.35) } },
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      transparent: true,
      depthWrite: false,
    });
  }

  update(): void {
    if (!this.changed) return;
    this.changed = false;
    while (this.parts.length < this.rows.chunks.length) this.addPart();
    this.parts.forEach(({ mesh, attributes }, i) => {
      const rows = Math.min(Math.max(this.rows.size - i * KeyedRows.CHUNK, 0), KeyedRows.CHUNK);
      (mesh.geometry as InstancedBufferGeometry).instanceCount = rows;
      copyPoses(this.rows.chunks[i], rows, attributes);
    });
  }

  dispose(): void {
    for (const { mesh } of this.parts) mesh.geometry.dispose();
    this.material.dispose();
  }

  private addPart(): void {
    const geometry = new InstancedBufferGeometry();
    const attributes = [3, 4].map((size) =>
      new InstancedBufferAttribute(new Float32Array(KeyedRows.CHUNK * size), size).setUsage(DynamicDrawUsage),
    );
    geometry.setAttribute('position', this.pyramid);
    geometry.setAttribute('origin', attributes[0]);
    geometry.setAttribute('rotation', attributes[1]);
    const mesh = new LineSegments(geometry, this.material);
    mesh.frustumCulled = false;
    this.root.add(mesh);
    this.parts.push({ mesh, attributes: attributes as InstancedBufferAttribute[] });
  }
}

function copyPoses(
  poses: Float32Array,
  count: number,
  [origins, rotations]: InstancedBufferAttribute[],
): void {
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 3; k++) origins.array[3 * i + k] = poses[7 * i + k];
    for (let k = 0; k < 4; k++) rotations.array[4 * i + k] = poses[7 * i + 3 + k];
  }
  for (const attribute of [origins, rotations]) {
    attribute.addUpdateRange(0, count * attribute.itemSize);
    attribute.needsUpdate = true;
  }
}

/** Line ends of the pyramid of a camera's view, in body coordinates. */
function pyramidOf(rig: CameraRig): Float32Array {
  const apex = [0, 0, 0];
  const corners = [
    [0, 0],
    [rig.width, 0],
    [rig.width, rig.height],
    [0, rig.height],
  ].map(([u, v]) => [
    ((u - rig.cx) / rig.fx) * PYRAMID_DEPTH,
    ((v - rig.cy) / rig.fy) * PYRAMID_DEPTH,
    PYRAMID_DEPTH,
  ]);
  const ends = corners.flatMap((corner, i) => [apex, corner, corner, corners[(i + 1) % 4]]);
  return Float32Array.from(ends.flatMap((point) => [...transformPoint(rig.bodyFromCamera, point)]));
}

const VERTEX = /* glsl */ `
  attribute vec3 origin;
  attribute vec4 rotation;
  void main() {
    vec3 turned = position + 2.0 * cross(rotation.xyz, cross(rotation.xyz, position) + rotation.w * position);
    gl_Position = projectionMatrix * modelViewMatrix * vec4(origin + turned, 1.0);
  }`;

const FRAGMENT = /* glsl */ `
  uniform vec3 colour;
  void main() {
    gl_FragColor = vec4(colour, 0.55);
    #include <colorspace_fragment>
  }`;
