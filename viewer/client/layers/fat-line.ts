import {
  DynamicDrawUsage,
  InstancedInterleavedBuffer,
  InterleavedBufferAttribute,
  type Vector2,
} from 'three';
import { LineMaterial } from 'three/addons/lines/LineMaterial.js';
import { LineSegments2 } from 'three/addons/lines/LineSegments2.js';
import { LineSegmentsGeometry } from 'three/addons/lines/LineSegmentsGeometry.js';

/**
 * A line of several pixels' width through a changing list of vertices. WebGL draws lines one pixel wide, so each segment is an
 * instance of three's fat segment: start and end interleaved in one buffer of fixed capacity, of which a change uploads
 * only the tail.
 */
export class FatLine {
  readonly object: LineSegments2;
  private readonly segments: InstancedInterleavedBuffer;
  private readonly material: LineMaterial;

  /** @param capacity vertices at most */
  constructor(capacity: number, pixels: number, colour: string, opacity = 1) {
    const geometry = new LineSegmentsGeometry();
    this.segments = new InstancedInterleavedBuffer(new Float32Array(6 * (capacity - 1)), 6, 1);
    this.segments.setUsage(DynamicDrawUsage);
    geometry.setAttribute('instanceStart', new InterleavedBufferAttribute(this.segments, 3, 0));
    geometry.setAttribute('instanceEnd', new InterleavedBufferAttribute(this.segments, 3, 3));
    geometry.instanceCount = 0;
    this.material = new LineMaterial({
      color: colour,
      linewidth: pixels,
      opacity,
      transparent: opacity < 1,
      depthWrite: opacity === 1,
    });
    this.object = new LineSegments2(geometry, this.material);
    this.object.frustumCulled = false;
  }

  /** @param size CSS pixels of the view, which the width is measured in */
  resize(size: Vector2): void {
    this.material.resolution.copy(size);
  }

  /** Takes over `length` vertices (3 numbers each) of which those before `changedFrom` are as they were. */
  setVertices(vertices: Float32Array, length: number, changedFrom: number): void {
    const segments = Math.max(0, length - 1);
    const first = Math.max(0, changedFrom - 1);
    const { array } = this.segments;
    for (let i = first; i < segments; i++) for (let k = 0; k < 6; k++) array[6 * i + k] = vertices[3 * i + k];
    this.object.geometry.instanceCount = segments;
    if (first >= segments) return;
    this.segments.addUpdateRange(6 * first, 6 * (segments - first));
    this.segments.needsUpdate = true;
  }

  dispose(): void {
    this.object.geometry.dispose();
    this.material.dispose();
  }
}
