import { BufferAttribute, BufferGeometry, DynamicDrawUsage, Group, Points, ShaderMaterial } from 'three';
import type { TelemetryMessage } from '../../messages/types.ts';
import { KeyedRows } from '../../state/keyed-rows.ts';
import { mixed } from '../palette.ts';
import type { Team } from '../team.ts';
import type { Frame, Layer } from './layer.ts';

/**
 * The map points of each agent in its colour, brighter with height. Each chunk of an agent's rows is one vertex buffer;
 * a message writes rows and widens the chunk's dirty range, and a frame uploads only that range.
 */
const POINT_PIXELS = 2.2;

export class MapPoints implements Layer {
  readonly root = new Group();
  private readonly clouds = new Map<number, Cloud>();
  private readonly team: Team;

  constructor(team: Team) {
    this.team = team;
  }

  apply(message: TelemetryMessage): void {
    if (message.type === 'reset' || message.type === 'start') this.clear();
    if (message.type !== 'map') return;
    const cloud = this.cloudOf(message.agent);
    const { pointsAdded, pointsMoved, pointsRemoved } = message.changes;
    for (const { ids, positions } of [pointsAdded, pointsMoved])
      for (let i = 0; i < ids.length; i++) cloud.set(ids[i], positions, 3 * i);
    for (const id of pointsRemoved) cloud.delete(id);
  }

  update({ size }: Frame): void {
    for (const cloud of this.clouds.values()) cloud.update(size.y);
  }

  countOf(agent: number): number {
    return this.clouds.get(agent)?.size ?? 0;
  }

  get count(): number {
    let count = 0;
    for (const cloud of this.clouds.values()) count += cloud.size;
    return count;
  }

  private cloudOf(agent: number): Cloud {
    const known = this.clouds.get(agent);
    if (known) return known;
    const cloud = new Cloud(this.team.members.get(agent)?.colour ?? '#ffffff');
    this.clouds.set(agent, cloud);
    this.root.add(cloud.root);
    return cloud;
  }

  private clear(): void {
    for (const cloud of this.clouds.values()) cloud.dispose();
    this.clouds.clear();
    this.root.clear();
  }
}

interface Chunk {
  readonly points: Points;
  readonly attribute: BufferAttribute;
  dirtyFrom: number;
  dirtyTo: number;
}

class Cloud {
  readonly root = new Group();
  private readonly rows = new KeyedRows(3);
  private readonly chunks: Chunk[] = [];
  private readonly material: ShaderMaterial;

  constructor(colour: string) {
    this.material = new ShaderMaterial({
      uniforms: {
        low: { value: mixed(colour, '#0b0f16', 0.55) },
        high: { value: mixed(colour, '#ffffff', 0.12) },
        size: { value: POINT_PIXELS * window.devicePixelRatio },
      },
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
    });
  }

  get size(): number {
    return this.rows.size;
  }

  set(id: number, positions: Float32Array, offset: number): void {
    const row = this.rows.set(id, positions, offset);
    if (this.chunks.length < this.rows.chunks.length)
      this.chunks.push(this.chunkOver(this.rows.chunks.at(-1)!));
    this.touch(row);
  }

  delete(id: number): void {
    const row = this.rows.delete(id);
    if (row >= 0 && row < this.rows.size) this.touch(row);
  }

  update(viewHeight: number): void {
    this.material.uniforms.size.value =
      POINT_PIXELS * window.devicePixelRatio * Math.max(1, viewHeight / 900);
    this.chunks.forEach((chunk, i) => {
      const rows = Math.min(Math.max(this.rows.size - i * KeyedRows.CHUNK, 0), KeyedRows.CHUNK);
      chunk.points.geometry.setDrawRange(0, rows);
      chunk.points.visible = rows > 0;
      if (chunk.dirtyTo <= chunk.dirtyFrom) return;
      chunk.attribute.addUpdateRange(3 * chunk.dirtyFrom, 3 * (chunk.dirtyTo - chunk.dirtyFrom));
      chunk.attribute.needsUpdate = true;
      chunk.dirtyFrom = KeyedRows.CHUNK;
      chunk.dirtyTo = 0;
    });
  }

  dispose(): void {
    for (const { points } of this.chunks) points.geometry.dispose();
    this.material.dispose();
  }

  private touch(row: number): void {
    const chunk = this.chunks[Math.floor(row / KeyedRows.CHUNK)];
    const at = row % KeyedRows.CHUNK;
    chunk.dirtyFrom = Math.min(chunk.dirtyFrom, at);
    chunk.dirtyTo = Math.max(chunk.dirtyTo, at + 1);
  }

  private chunkOver(positions: Float32Array): Chunk {
    const attribute = new BufferAttribute(positions, 3).setUsage(DynamicDrawUsage);
    const points = new Points(new BufferGeometry().setAttribute('position', attribute), this.material);
    points.frustumCulled = false; // its bounds change with every message
    this.root.add(points);
    return { points, attribute, dirtyFrom: KeyedRows.CHUNK, dirtyTo: 0 };
  }
}

const VERTEX = /* glsl */ `
  uniform float size;
  varying float height;
  void main() {
    height = clamp(position.z / 2.6, 0.0, 1.0);
    gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
    gl_PointSize = size * clamp(28.0 / gl_Position.w, 0.75, 2.5);
  }`;

const FRAGMENT = /* glsl */ `
  uniform vec3 low;
  uniform vec3 high;
  varying float height;
  void main() {
    vec2 fromCentre = gl_PointCoord - 0.5;
    if (dot(fromCentre, fromCentre) > 0.25) discard;
    gl_FragColor = vec4(mix(low, high, height), 1.0);
    #include <colorspace_fragment>
  }`;
