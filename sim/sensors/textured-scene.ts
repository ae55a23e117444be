import { Random } from '../../base/random.ts';
import type { Obstacles } from '../geometry/obstacles.ts';
import type { Material, Scene, Solid } from '../scene.ts';
import { type Face, LandmarkBuilder, type Landmarks } from './landmarks.ts';

const CELL = 1;
/** A surface looks into the space this far before it, metres. */
const FACING = 0.1;
const BURIED = 0.01;
/** `Material.texture` of clothes and of robots. */
const MOVING_TEXTURE = 20;

/** Something that carries landmarks through the scene; their coordinates are its own. */
export interface Carrier {
  readonly from: number;
  readonly to: number;
}

/**
 * Every landmark there is: those of what stands still in scene coordinates, by floor cell and the farthest to be seen first; those of loose boxes
 * and of robots and people in their own coordinates.
 */
export class TexturedScene {
  readonly still: Landmarks;
  readonly cellSize = CELL;
  readonly columns: number;
  readonly rows: number;
  readonly minX: number;
  readonly minY: number;
  /** Length columns · rows + 1: where each cell's landmarks start. */
  readonly cellStart: Int32Array;
  readonly moving: Landmarks;
  /** One a loose solid, then one a cylinder of `Obstacles`. */
  readonly looseCarriers: readonly Carrier[];
  readonly cylinderCarriers: readonly Carrier[];

  constructor(scene: Scene, obstacles: Obstacles) {
    const { bounds } = scene;
    this.minX = bounds.minX;
    this.minY = bounds.minY;
    this.columns = Math.ceil((bounds.maxX - bounds.minX) / CELL);
    this.rows = Math.ceil((bounds.maxY - bounds.minY) / CELL);
    const random = new Random(scene.textureSeed).fork('landmarks');

    const builder = new LandmarkBuilder(random.fork('still'));
    addStillSurfaces(builder, scene, obstacles);
    const cellOf = Array.from({ length: builder.count }, (_, i) => this.cell(builder.x(i), builder.y(i)));
    const order = [...cellOf.keys()].sort(
      (a, b) => cellOf[a] - cellOf[b] || builder.reach(b) - builder.reach(a) || a - b,
    );
    this.still = builder.build(order);
    this.cellStart = new Int32Array(this.columns * this.rows + 1);
    for (const cell of cellOf) this.cellStart[cell + 1]++;
    for (let i = 1; i < this.cellStart.length; i++) this.cellStart[i] += this.cellStart[i - 1];

    const carried = new LandmarkBuilder(random.fork('moving'));
    const carry = (add: () => void): Carrier => {
      const from = carried.count;
      add();
      return { from, to: carried.count };
    };
    this.looseCarriers = obstacles.looseSolids.map((solid) =>
      carry(() => {
        if (bare(scene, solid.x, solid.y, false)) return;
        const own = { ...solid, x: 0, y: 0, yaw: 0 };
        addBox(carried, own, scene.materials[solid.material], () => true);
      }),
    );
    this.cylinderCarriers = obstacles.cylinders.map(({ radius, height }, i) =>
      carry(() => carried.addCylinder(`cylinder${i}`, radius, 0.05, height, MOVING_TEXTURE)),
    );
    this.moving = carried.build();
  }

  private cell(x: number, y: number): number {
    const c = Math.max(0, Math.min(this.columns - 1, Math.floor((x - this.minX) / CELL)));
    const r = Math.max(0, Math.min(this.rows - 1, Math.floor((y - this.minY) / CELL)));
    return r * this.columns + c;
  }
}

function addStillSurfaces(builder: LandmarkBuilder, scene: Scene, obstacles: Obstacles): void {
  const { bounds, ceiling } = scene;
  const open = (x: number, y: number, z: number) =>
    x > bounds.minX &&
    x < bounds.maxX &&
    y > bounds.minY &&
    y < bounds.maxY &&
    z < ceiling &&
    !obstacles.fixed.inside(x, y, z);
  for (const solid of scene.solids) {
    if (solid.mass !== undefined) continue;
    const building = solid.kind === 'wall';
    addBox(builder, solid, scene.materials[solid.material], (x, y, z, normal) => {
      if (!open(x + BURIED * normal[0], y + BURIED * normal[1], z + BURIED * normal[2])) return false;
      return !bare(scene, x + FACING * normal[0], y + FACING * normal[1], building);
    });
  }
  const flat = (name: string, z: number, up: number, material: Material) => {
    const face: Face = {
      corner: [bounds.minX, bounds.minY, z],
      u: [1, 0, 0],
      v: [0, 1, 0],
      lengthU: bounds.maxX - bounds.minX,
      lengthV: bounds.maxY - bounds.minY,
      normal: [0, 0, up],
    };
    builder.addFace(name, face, material, (x, y) => open(x, y, z + BURIED * up) && !bare(scene, x, y, true));
  };
  flat('floor', 0, 1, scene.materials[scene.floorMaterial]);
  flat('ceiling', ceiling, -1, scene.materials[scene.ceilingMaterial]);
}

/** The four sides and the top. */
function addBox(
  builder: LandmarkBuilder,
  solid: Solid,
  material: Material,
  keep: (x: number, y: number, z: number, normal: readonly number[]) => boolean,
): void {
  const [c, s] = [Math.cos(solid.yaw), Math.sin(solid.yaw)];
  const turn = (x: number, y: number) => [c * x - s * y, s * x + c * y, 0];
  const { hx, hy, hz } = solid;
  const sides = [
    { out: [1, 0], half: hy, distance: hx },
    { out: [0, 1], half: hx, distance: hy },
    { out: [-1, 0], half: hy, distance: hx },
    { out: [0, -1], half: hx, distance: hy },
  ];
  sides.forEach(({ out, half, distance }, side) => {
    const normal = turn(out[0], out[1]);
    const u = turn(-out[1], out[0]);
    const corner = [
      solid.x + distance * normal[0] - half * u[0],
      solid.y + distance * normal[1] - half * u[1],
      solid.z - hz,
    ];
    const face: Face = { corner, u, v: [0, 0, 1], lengthU: 2 * half, lengthV: 2 * hz, normal };
    builder.addFace(`solid${solid.id}/${side}`, face, material, (x, y, z) => keep(x, y, z, normal));
  });
  const [u, v] = [turn(1, 0), turn(0, 1)];
  const top: Face = {
    corner: [solid.x - hx * u[0] - hy * v[0], solid.y - hx * u[1] - hy * v[1], solid.z + hz],
    u,
    v,
    lengthU: 2 * hx,
    lengthV: 2 * hy,
    normal: [0, 0, 1],
  };
  builder.addFace(`solid${solid.id}/top`, top, material, (x, y, z) => keep(x, y, z, top.normal));
}

function bare(scene: Scene, x: number, y: number, building: boolean): boolean {
  return scene.bareAreas.some(
    (area) =>
      (building || area.everything) && x >= area.minX && x <= area.maxX && y >= area.minY && y <= area.maxY,
  );
}
