import {
  AdditiveBlending,
  BufferAttribute,
  BufferGeometry,
  DynamicDrawUsage,
  Group,
  LineBasicMaterial,
  LineSegments,
} from 'three';
import type { TelemetryMessage } from '../../messages/types.ts';
import type { Team } from '../team.ts';
import type { Frame, Layer } from './layer.ts';

/**
 * A flash from observer to peer at each relative observation, fading within a second. A fixed ring of slots in one buffer:
 * a burst of sightings overwrites the oldest.
 */
const SLOTS = 64;
const FADE_SECONDS = 0.9;
const HEIGHT = 0.45;

interface Flash {
  readonly observer: number;
  readonly peer: number;
  age: number;
}

export class Sightings implements Layer {
  readonly root = new Group();
  private readonly flashes: Flash[] = [];
  private readonly positions = new BufferAttribute(new Float32Array(6 * SLOTS), 3).setUsage(DynamicDrawUsage);
  private readonly colours = new BufferAttribute(new Float32Array(6 * SLOTS), 3).setUsage(DynamicDrawUsage);
  private readonly lines: LineSegments;
  private readonly team: Team;

  constructor(team: Team) {
    this.team = team;
    const geometry = new BufferGeometry()
      .setAttribute('position', this.positions)
      .setAttribute('color', this.colours);
    const material = new LineBasicMaterial({
      vertexColors: true,
      blending: AdditiveBlending,
      depthWrite: false,
      transparent: true,
    });
    this.lines = new LineSegments(geometry, material);
    this.lines.frustumCulled = false;
    this.root.add(this.lines);
  }

  apply(message: TelemetryMessage): void {
    if (message.type === 'reset' || message.type === 'start') this.flashes.length = 0;
    if (message.type !== 'sighting') return;
    this.flashes.push({ observer: message.observer, peer: message.peer, age: 0 });
    if (this.flashes.length > SLOTS) this.flashes.shift();
  }

  update({ dt }: Frame): void {
    for (const flash of this.flashes) flash.age += dt;
    while (this.flashes[0]?.age > FADE_SECONDS) this.flashes.shift();
    for (const [slot, flash] of this.flashes.entries()) this.draw(flash, slot);
    this.lines.geometry.setDrawRange(0, 2 * this.flashes.length);
    this.lines.visible = this.flashes.length > 0;
    this.positions.needsUpdate = true;
    this.colours.needsUpdate = true;
  }

  private draw({ observer, peer, age }: Flash, slot: number): void {
    const ends = [this.team.members.get(observer), this.team.members.get(peer)];
    const glow = ends.every((end) => end?.pose) ? 1 - age / FADE_SECONDS : 0;
    ends.forEach((end, i) => {
      const { x, y, z } = end?.shownPosition ?? { x: 0, y: 0, z: 0 };
      this.positions.setXYZ(2 * slot + i, x, y, z + HEIGHT);
      this.colours.setXYZ(2 * slot + i, glow, glow, glow);
    });
  }
}
