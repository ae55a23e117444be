import { compose, type Pose, rotationMatrix } from '../../base/se3.ts';
import type { CameraRig } from '../../base/sensors.ts';
import type { RenderExports } from './load.ts';
import { BODY_NUMBERS, lookBytes, lookRecord, type Stage } from './stage.ts';

const PAGE = 65536;
const ALIGNMENT = 16;
/** Whole vectors are read and written at the ends of images. */
const SPARE = 64;
const PLANE_BYTES = 80;
const CORNER_BYTES = 8;
const VERTEX_BYTES = 24;

/** How a depth sensor errs: noise σ(z) = a + b·z², a range (metres), and a share of pixels without an answer. */
export interface DepthReading {
  readonly sigma: readonly [number, number];
  readonly nearest: number;
  readonly farthest: number;
  readonly dropout: number;
  readonly seed: number;
}

/** How a camera moves while its shutter is open: m/s in the scene, rad/s about the vertical; seconds. */
export interface CameraMotion {
  readonly vx: number;
  readonly vy: number;
  readonly turnRate: number;
  readonly exposure: number;
}

/** Draws a stage as cameras see it. One image at a time lies in its memory, until the next is drawn. */
export class Renderer {
  private readonly run: RenderExports;
  private readonly stage: Stage;
  private readonly mostPlanes: number;
  private readonly bodies: number;
  private readonly polygons: number;
  private readonly vertices: number;
  private readonly atlas: number;
  private readonly camera: number;
  private readonly motion: number;
  private readonly planes: number;
  private readonly corners: number;
  private readonly scratch: number;
  private readonly inverseDepth: number;
  private readonly ids: number;
  private readonly clean: number;
  private readonly grey: number;
  private readonly depth: number;
  private readonly bodyNumbers: Float64Array;
  private readonly sceneFromCamera = new Float64Array(7);
  private readonly rotation = new Float64Array(9);
  private size = { width: 0, height: 0 };
  private next: number;

  constructor(run: RenderExports, atlas: Uint8Array, stage: Stage, pixels: number, rows: number) {
    this.run = run;
    this.stage = stage;
    this.next = run.memoryStart();
    this.mostPlanes = stage.polygonCount;
    const records = stage.bodyRecords();
    const vertices = stage.vertexRecords();
    this.bodies = this.take(8 * records.length);
    this.vertices = this.take(8 * vertices.length);
    this.atlas = this.take(atlas.length);
    const looks = stage.looks.map((look) => this.take(lookBytes(look)));
    const bitmaps = stage.looks.map((look) => ('levels' in look ? this.take(look.levels.length) : 0));
    const polygons = stage.polygonRecords(looks);
    this.polygons = this.take(polygons.length);
    this.camera = this.take(8 * 16);
    this.motion = this.take(8 * 6);
    this.planes = this.take(PLANE_BYTES * this.mostPlanes);
    // Cutting off what is too near may add a corner.
    this.corners = this.take(CORNER_BYTES * (stage.vertexCount + this.mostPlanes));
    this.scratch = this.take(8 * rows + VERTEX_BYTES * 64);
    this.inverseDepth = this.take(4 * pixels + SPARE);
    this.ids = this.take(4 * pixels + SPARE);
    this.clean = this.take(pixels + SPARE);
    this.grey = this.take(pixels + SPARE);
    this.depth = this.take(4 * pixels + SPARE);
    this.grow();
    this.bytes().set(polygons, this.polygons);
    this.bytes().set(atlas, this.atlas);
    stage.looks.forEach((look, i) => {
      this.bytes().set(lookRecord(look, bitmaps[i]), looks[i]);
      if ('levels' in look) this.bytes().set(look.levels, bitmaps[i]);
    });
    this.doubles(this.vertices, vertices.length).set(vertices);
    this.bodyNumbers = this.doubles(this.bodies, records.length);
    this.bodyNumbers.set(records);
  }

  /** Moves a body: its place and heading, its velocity in m/s, and whether it is there at all. */
  place(
    body: number,
    x: number,
    y: number,
    cos: number,
    sin: number,
    vx: number,
    vy: number,
    present: boolean,
  ): void {
    const at = BODY_NUMBERS * body;
    const { bodyNumbers } = this;
    bodyNumbers[at] = x;
    bodyNumbers[at + 1] = y;
    bodyNumbers[at + 2] = cos;
    bodyNumbers[at + 3] = sin;
    bodyNumbers[at + 4] = vx;
    bodyNumbers[at + 5] = vy;
    bodyNumbers[at + 10] = present ? 1 : 0;
  }

  /** Draws what a camera sees, all but one body, such as what carries the camera. */
  draw(rig: CameraRig, sceneFromBody: Pose, skipped: number): void {
    this.aim(rig, sceneFromBody);
    const { width, height } = rig;
    this.size = { width, height };
    const { inverseDepth, ids, planes, corners, scratch } = this;
    this.run.drawScene(
      ...[this.bodies, this.stage.bodyCount, skipped, this.polygons, this.vertices, this.camera],
      ...[width, height, inverseDepth, ids, planes, this.mostPlanes, corners, scratch],
    );
    this.run.shadeImage(planes, this.atlas, width, height, inverseDepth, ids, this.clean);
    this.run.softenEdges(planes, corners, width, height, ids, this.clean, this.grey);
  }

  /** Blurs the image drawn last as the camera's motion does, and that of what it sees. */
  blur({ vx, vy, turnRate, exposure }: CameraMotion): void {
    const { rotation, clean, grey } = this;
    const { width, height } = this.size;
    const motion = this.doubles(this.motion, 6);
    motion[0] = vx;
    motion[1] = vy;
    motion[2] = 0;
    for (let i = 0; i < 3; i++) motion[3 + i] = turnRate * rotation[6 + i];
    this.run.smearMotion(
      ...[this.planes, this.bodies, this.camera, this.motion, exposure, width, height],
      ...[this.inverseDepth, this.ids, grey, clean],
    );
    this.bytes().copyWithin(grey, clean, clean + width * height);
  }

  /** Grey as the sensor reads it, once an image: a share of the light, and noise of so many grey levels. */
  readGrey(gain: number, sigma: number, seed: number): Uint8Array {
    const pixels = this.size.width * this.size.height;
    this.run.exposeGrey(this.grey, pixels, gain, sigma, seed | 0);
    return this.bytes().slice(this.grey, this.grey + pixels);
  }

  /** Depth as the sensor reads it, metres; 0 where it has no answer. */
  readDepth({ sigma, nearest, farthest, dropout, seed }: DepthReading): Float32Array {
    const pixels = this.size.width * this.size.height;
    const [a, b] = sigma;
    this.run.measureDepth(
      ...[this.inverseDepth, pixels, a, b, nearest, farthest, dropout, seed | 0, this.depth],
    );
    return new Float32Array(this.run.memory.buffer, this.depth, pixels).slice();
  }

  private aim({ fx, fy, cx, cy, bodyFromCamera }: CameraRig, sceneFromBody: Pose): void {
    const { sceneFromCamera, rotation } = this;
    compose(sceneFromBody, bodyFromCamera, sceneFromCamera);
    rotationMatrix(sceneFromCamera, rotation);
    const camera = this.doubles(this.camera, 16);
    camera[0] = fx;
    camera[1] = fy;
    camera[2] = cx;
    camera[3] = cy;
    for (let i = 0; i < 3; i++) camera[4 + i] = sceneFromCamera[i];
    camera.set(rotation, 7);
  }

  private take(bytes: number): number {
    const address = this.next;
    this.next = (address + bytes + ALIGNMENT - 1) & -ALIGNMENT;
    return address;
  }

  private grow(): void {
    const { memory } = this.run;
    const missing = this.next - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  }

  private bytes(): Uint8Array {
    return new Uint8Array(this.run.memory.buffer);
  }

  private doubles(address: number, count: number): Float64Array {
    return new Float64Array(this.run.memory.buffer, address, count);
  }
}
