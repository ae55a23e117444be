import { Random } from '../../base/random.ts';
import type { Cylinder, Obstacles } from '../geometry/obstacles.ts';
import type { BareArea, Material, Scene, Solid } from '../scene.ts';
import { boardBitmap, boardSurface, type WornBoard } from './boards.ts';
import { greyOf, lightOn, lookOf } from './looks.ts';
import { AT_ORIGIN, type Placement, Stage, type Surface } from './stage.ts';

type Vector = readonly [number, number, number];

/** A surface looks into the space this far before it, metres. */
const FACING = 0.1;
const SIDES = 24;
/** Clothes and robots. */
const WORN: Material = { name: 'worn', texture: 20, contrast: 0.6 };

/** A scene ready to be seen, and which of its bodies move. */
export interface StagedScene {
  readonly stage: Stage;
  /** One a loose solid, then one a cylinder, in the order of `Obstacles`. */
  readonly loose: readonly number[];
  readonly cylinders: readonly number[];
}

/** @param boards what each cylinder of `obstacles` wears, in their order; those beyond its end wear nothing */
export function stageScene(
  scene: Scene,
  obstacles: Obstacles,
  boards: readonly (readonly WornBoard[])[] = [],
): StagedScene {
  const dresser = new Dresser(scene);
  const { stage } = dresser;
  dresser.addFloorAndCeiling();
  for (const solid of scene.solids) if (solid.mass === undefined) dresser.addStill(solid);
  const loose = obstacles.looseSolids.map((solid) => dresser.addLoose(solid));
  const cylinders = obstacles.cylinders.map((cylinder, i) =>
    dresser.addCylinder(i, cylinder, boards[i] ?? []),
  );
  return { stage, loose, cylinders };
}

class Dresser {
  readonly stage = new Stage();
  private readonly scene: Scene;
  private readonly random: Random;
  private readonly worn: number;

  constructor(scene: Scene) {
    this.scene = scene;
    this.random = new Random(scene.textureSeed).fork('surfaces');
    for (const material of scene.materials) this.stage.addLook(lookOf(material));
    this.worn = this.stage.addLook(lookOf(WORN));
  }

  addFloorAndCeiling(): void {
    const { bounds, ceiling, floorMaterial, ceilingMaterial, bareAreas } = this.scene;
    const surfaces: Surface[] = [];
    const flat = (name: string, z: number, up: 1 | -1, material: number) => {
      const whole = this.flat(name, bounds, z, up, material);
      surfaces.push(whole);
      for (const area of bareAreas)
        surfaces.push(bareOn(this.flat(name, within(area, bounds), z, up, material)));
    };
    flat('floor', 0, 1, floorMaterial);
    flat('ceiling', ceiling, -1, ceilingMaterial);
    this.stage.addBody(surfaces);
  }

  addStill(solid: Solid): void {
    const faces = this.boxFaces(solid);
    const building = solid.kind === 'wall';
    const areas = this.scene.bareAreas.filter(({ everything }) => building || everything);
    const { cos, sin } = placementOf(solid);
    const bare = faces.flatMap((face) => areas.flatMap((area) => bareParts(face, solid, cos, sin, area)));
    this.stage.addBody([...faces, ...bare], placementOf(solid));
  }

  addLoose(solid: Solid): number {
    const { bareAreas } = this.scene;
    const bare = bareAreas.some((area) => area.everything && contains(area, solid.x, solid.y));
    const faces = this.boxFaces(solid);
    return this.stage.addBody(bare ? faces.map(bareOn) : faces, placementOf(solid));
  }

  addCylinder(index: number, round: Cylinder, boards: readonly WornBoard[]): number {
    const { radius, height, x, y, yaw, vx, vy, present } = round;
    const random = this.random.fork(`cylinder${index}`);
    // As much cross-section as the round thing has.
    const step = (2 * Math.PI) / SIDES;
    const corner = radius * Math.sqrt(step / Math.sin(step));
    const at = (k: number, z: number): Vector => [
      corner * Math.cos(k * step),
      corner * Math.sin(k * step),
      z,
    ];
    const seed = random.word();
    const grey = random.uniform(60, 130);
    const ring = Array.from({ length: SIDES }, (_, k): Surface => {
      const middle = (k + 0.5) * step;
      const normal: Vector = [Math.cos(middle), Math.sin(middle), 0];
      const u: Vector = [-normal[1], normal[0], 0];
      const width = 2 * corner * Math.sin(step / 2);
      const [x, y] = at(k, 0);
      const origin: Vector = [x - k * width * u[0], y - k * width * u[1], 0];
      const corners = [at(k, 0), at(k + 1, 0), at(k + 1, height), at(k, height)];
      const v: Vector = [0, 0, 1];
      return {
        corners,
        normal,
        origin,
        u,
        v,
        look: this.worn,
        seed,
        strength: 1,
        grey: grey * lightOn(...normal),
      };
    });
    const corners = Array.from({ length: SIDES }, (_, k) => at(k, height));
    const [u, v, normal]: Vector[] = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    const top = {
      corners,
      normal,
      origin: at(0, height),
      u,
      v,
      look: this.worn,
      seed,
      strength: 1,
      grey: grey * lightOn(0, 0, 1),
    };
    const worn = boards.map((board) => boardSurface(board, this.stage.addLook(boardBitmap(board))));
    const placement = { x, y, cos: Math.cos(yaw), sin: Math.sin(yaw), vx, vy, present };
    return this.stage.addBody([...ring, top, ...worn], placement);
  }

  private flat(name: string, area: Scene['bounds'], z: number, up: 1 | -1, material: number): Surface {
    const { minX, minY, maxX, maxY } = area;
    const { bounds } = this.scene;
    const corners: Vector[] = [
      [minX, minY, z],
      [maxX, minY, z],
      [maxX, maxY, z],
      [minX, maxY, z],
    ];
    if (up < 0) corners.reverse();
    const normal: Vector = [0, 0, up];
    const origin: Vector = [bounds.minX, bounds.minY, z];
    return this.dressed(name, material, { corners, normal, origin, u: [1, 0, 0], v: [0, 1, 0] }, normal);
  }

  /** Sides, top and, where it shows, the bottom of a box, in its own frame. */
  private boxFaces(solid: Solid): Surface[] {
    const { hx, hy, hz, z, yaw } = solid;
    const [low, high] = [z - hz, z + hz];
    const [cos, sin] = [Math.cos(yaw), Math.sin(yaw)];
    const face = (
      name: string,
      origin: Vector,
      u: Vector,
      lengthU: number,
      v: Vector,
      lengthV: number,
    ): Surface => {
      const to = (a: number, b: number): Vector => [
        origin[0] + a * u[0] + b * v[0],
        origin[1] + a * u[1] + b * v[1],
        origin[2] + a * u[2] + b * v[2],
      ];
      const corners = [to(0, 0), to(lengthU, 0), to(lengthU, lengthV), to(0, lengthV)];
      const normal: Vector = [
        u[1] * v[2] - u[2] * v[1],
        u[2] * v[0] - u[0] * v[2],
        u[0] * v[1] - u[1] * v[0],
      ];
      const inScene: Vector = [
        cos * normal[0] - sin * normal[1],
        sin * normal[0] + cos * normal[1],
        normal[2],
      ];
      return this.dressed(
        `solid${solid.id}/${name}`,
        solid.material,
        { corners, normal, origin, u, v },
        inScene,
      );
    };
    const up: Vector = [0, 0, 1];
    const faces = [
      face('0', [hx, -hy, low], [0, 1, 0], 2 * hy, up, 2 * hz),
      face('1', [hx, hy, low], [-1, 0, 0], 2 * hx, up, 2 * hz),
      face('2', [-hx, hy, low], [0, -1, 0], 2 * hy, up, 2 * hz),
      face('3', [-hx, -hy, low], [1, 0, 0], 2 * hx, up, 2 * hz),
      face('top', [-hx, -hy, high], [1, 0, 0], 2 * hx, [0, 1, 0], 2 * hy),
    ];
    if (low > 0.01) faces.push(face('bottom', [-hx, hy, low], [1, 0, 0], 2 * hx, [0, -1, 0], 2 * hy));
    return faces;
  }

  private dressed(
    name: string,
    material: number,
    geometry: Pick<Surface, 'corners' | 'normal' | 'origin' | 'u' | 'v'>,
    inScene: Vector,
  ): Surface {
    const of = this.scene.materials[material];
    const solid = name.split('/')[0];
    const seed = this.random.fork(of.repeat === undefined ? name : of.name).word();
    const light = lightOn(...inScene);
    const grey = light * greyOf(of, this.random.fork(`${solid}/grey`).uniform());
    return { ...geometry, look: material, seed, strength: of.texture > 0 ? light : 0, grey };
  }
}

function placementOf({ x, y, yaw }: Solid): Placement {
  return { ...AT_ORIGIN, x, y, cos: Math.cos(yaw), sin: Math.sin(yaw) };
}

function bareOn(surface: Surface): Surface {
  return { ...surface, strength: 0, onTop: true };
}

/** The part of an upright or flat face of a box that faces into an area, bare. */
function bareParts(face: Surface, solid: Solid, cos: number, sin: number, area: BareArea): Surface[] {
  const [nx, ny] = face.normal;
  const inScene = ([x, y]: Vector): readonly [number, number] => [
    solid.x + cos * (x + FACING * nx) - sin * (y + FACING * ny),
    solid.y + sin * (x + FACING * nx) + cos * (y + FACING * ny),
  ];
  const [a, b, c, d] = face.corners;
  const [from, to] = overlap(inScene(a), inScene(b), area);
  if (from >= to) return [];
  const along = (p: Vector, q: Vector, share: number): Vector => [
    p[0] + share * (q[0] - p[0]),
    p[1] + share * (q[1] - p[1]),
    p[2] + share * (q[2] - p[2]),
  ];
  const corners = [along(a, b, from), along(a, b, to), along(d, c, to), along(d, c, from)];
  return [bareOn({ ...face, corners })];
}

/** Shares of a segment between which it lies in an area. */
function overlap(
  a: readonly [number, number],
  b: readonly [number, number],
  area: BareArea,
): [number, number] {
  let [from, to] = [0, 1];
  const sides = [
    [a[0], b[0] - a[0], area.minX, area.maxX],
    [a[1], b[1] - a[1], area.minY, area.maxY],
  ];
  for (const [start, step, low, high] of sides) {
    if (Math.abs(step) < 1e-9) {
      if (start < low || start > high) return [0, 0];
      continue;
    }
    const [first, second] = [(low - start) / step, (high - start) / step];
    from = Math.max(from, Math.min(first, second));
    to = Math.min(to, Math.max(first, second));
  }
  return [from, to];
}

function contains({ minX, minY, maxX, maxY }: BareArea, x: number, y: number): boolean {
  return x >= minX && x <= maxX && y >= minY && y <= maxY;
}

function within(area: BareArea, bounds: Scene['bounds']): Scene['bounds'] {
  return {
    minX: Math.max(area.minX, bounds.minX),
    minY: Math.max(area.minY, bounds.minY),
    maxX: Math.min(area.maxX, bounds.maxX),
    maxY: Math.min(area.maxY, bounds.maxY),
  };
}
