import { compose, type Pose, rotationMatrix } from '../../base/se3.ts';
import type { CameraRig } from '../../base/sensors.ts';
import type { Stage, StagedBody, Surface } from '../../sim/render/stage.ts';
import { textureAt } from './texture.ts';

export interface Cast {
  readonly width: number;
  readonly height: number;
  /** Metres along the optical axis, 0 where nothing is. */
  readonly depth: Float32Array;
  /** Of the surface at the pixel's middle, without noise and blur. */
  readonly grey: Float32Array;
  /** 1 + the index of the surface shown; 0 for none. */
  readonly surface: Int32Array;
}

/** One ray a pixel against every surface whose body it may meet: the renderer in plain TypeScript, written for clarity. */
export function castRays(
  stage: Stage,
  rig: CameraRig,
  sceneFromBody: Pose,
  skipped: number,
  atlas: Uint8Array,
): Cast {
  const { width, height, fx, fy, cx, cy } = rig;
  const sceneFromCamera = compose(sceneFromBody, rig.bodyFromCamera);
  const r = rotationMatrix(sceneFromCamera);
  const bodies = stage.bodies
    .map((body) => ({
      body,
      eye: intoBody(body, sceneFromCamera[0] - body.x, sceneFromCamera[1] - body.y, sceneFromCamera[2]),
    }))
    .filter(({ body }, i) => body.present && i !== skipped);
  const depth = new Float32Array(width * height);
  const grey = new Float32Array(width * height);
  const surface = new Int32Array(width * height);
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      const a = (u - cx) / fx;
      const b = (v - cy) / fy;
      const rayX = r[0] * a + r[1] * b + r[2];
      const rayY = r[3] * a + r[4] * b + r[5];
      const rayZ = r[6] * a + r[7] * b + r[8];
      let nearest = Number.POSITIVE_INFINITY;
      let hit = -1;
      for (const { body, eye } of bodies) {
        const ray = intoBody(body, rayX, rayY, rayZ);
        if (passesBy(eye, ray, body)) continue;
        for (let k = body.first; k < body.first + body.count; k++) {
          const z = meet(stage.surfaces[k], eye, ray);
          if (z >= nearest) continue;
          nearest = z;
          hit = k;
        }
      }
      if (hit < 0) continue;
      const pixel = v * width + u;
      const { body, eye } = bodies.find(({ body }) => hit >= body.first && hit < body.first + body.count)!;
      const shown = stage.surfaces[hit];
      const axes = [
        intoBody(body, r[0] / fx, r[3] / fx, r[6] / fx),
        intoBody(body, r[1] / fy, r[4] / fy, r[7] / fy),
      ];
      const ray = intoBody(body, rayX, rayY, rayZ);
      depth[pixel] = nearest;
      surface[pixel] = hit + 1;
      const look = stage.looks[shown.look];
      const along = (axis: Vector) => dot(axis, minus(eye, shown.origin)) + nearest * dot(axis, ray);
      grey[pixel] = textureAt(
        look,
        shown,
        along(shown.u),
        along(shown.v),
        footprint(shown, eye, ray, axes, nearest),
        atlas,
      );
    }
  }
  return { width, height, depth, grey, surface };
}

type Vector = readonly [number, number, number];

function intoBody({ cos, sin }: StagedBody, x: number, y: number, z: number): Vector {
  return [cos * x + sin * y, cos * y - sin * x, z];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function minus(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

/** Whether a ray misses the sphere around a body. */
function passesBy(eye: Vector, ray: Vector, { middle, radius }: StagedBody): boolean {
  const toEye = minus(eye, [0, 0, middle]);
  const along = -dot(toEye, ray) / dot(ray, ray);
  const closest: Vector = [toEye[0] + along * ray[0], toEye[1] + along * ray[1], toEye[2] + along * ray[2]];
  return along < 0 ? dot(toEye, toEye) > radius * radius : dot(closest, closest) > radius * radius;
}

/** Depth at which a ray meets a surface from outside; Infinity where it does not. */
function meet({ normal, corners, onTop }: Surface, eye: Vector, ray: Vector): number {
  const above = dot(normal, minus(eye, corners[0]));
  const approach = dot(normal, ray);
  if (above < 1e-6 || approach >= 0) return Number.POSITIVE_INFINITY;
  const z = -above / approach;
  const at: Vector = [eye[0] + z * ray[0], eye[1] + z * ray[1], eye[2] + z * ray[2]];
  for (let i = 0; i < corners.length; i++) {
    const from = corners[i];
    const edge = minus(corners[(i + 1) % corners.length], from);
    const to = minus(at, from);
    const turn: Vector = [
      edge[1] * to[2] - edge[2] * to[1],
      edge[2] * to[0] - edge[0] * to[2],
      edge[0] * to[1] - edge[1] * to[0],
    ];
    if (dot(turn, normal) < 0) return Number.POSITIVE_INFINITY;
  }
  return onTop ? z * (1 - 1e-4) : z;
}

/** Square of what a pixel spans of the texture, along the image axis where it spans more. */
function footprint(surface: Surface, eye: Vector, ray: Vector, axes: readonly Vector[], z: number): number {
  const above = dot(surface.normal, minus(eye, surface.corners[0]));
  const steps = axes.map((axis) => {
    const dz = (z * z * dot(surface.normal, axis)) / above;
    const ds = z * dot(surface.u, axis) + dz * dot(surface.u, ray);
    const dt = z * dot(surface.v, axis) + dz * dot(surface.v, ray);
    return ds * ds + dt * dt;
  });
  return Math.max(...steps);
}
