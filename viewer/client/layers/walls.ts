import {
  BoxGeometry,
  BufferAttribute,
  BufferGeometry,
  GridHelper,
  Group,
  InstancedMesh,
  LineBasicMaterial,
  LineSegments,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  Quaternion,
  Vector3,
} from 'three';
import type { SceneEvent } from '../../../agents/events.ts';
import type { TelemetryMessage } from '../../messages/types.ts';
import { SCENE_COLOURS } from '../palette.ts';
import type { Layer } from './layer.ts';

/**
 * The building as a ghost: every solid a faint box with drawn edges, one instanced mesh and one set of lines for all of
 * them, on a floor with a grid of one metre. They write no depth, so the map shows through from every side.
 */
const BOX_STRIDE = 7;
const UP = new Vector3(0, 0, 1);
const MARGIN = 1.5;

export class Walls implements Layer {
  readonly root = new Group();

  apply(message: TelemetryMessage): void {
    if (message.type === 'reset' || message.type === 'start') this.clear();
    if (message.type === 'scene') {
      this.clear();
      this.root.add(floorUnder(message.bounds), gridOver(message.bounds), ...ghosts(message.boxes));
    }
  }

  update(): void {}

  private clear(): void {
    for (const child of this.root.children as Mesh[]) {
      child.geometry.dispose();
      (child.material as MeshBasicMaterial).dispose();
    }
    this.root.clear();
  }
}

function floorUnder({ minX, minY, maxX, maxY }: SceneEvent['bounds']): Mesh {
  const floor = new Mesh(
    new PlaneGeometry(maxX - minX + 2 * MARGIN, maxY - minY + 2 * MARGIN),
    new MeshBasicMaterial({ color: SCENE_COLOURS.floor }),
  );
  floor.position.set((minX + maxX) / 2, (minY + maxY) / 2, -0.03);
  return floor;
}

function gridOver({ minX, minY, maxX, maxY }: SceneEvent['bounds']): LineSegments {
  const cells = Math.ceil(Math.max(maxX - minX, maxY - minY) + 2 * MARGIN);
  const grid = new GridHelper(cells, cells, SCENE_COLOURS.grid, SCENE_COLOURS.grid);
  grid.rotation.x = Math.PI / 2;
  grid.position.set((minX + maxX) / 2, (minY + maxY) / 2, -0.02);
  grid.scale.set((maxX - minX + 2 * MARGIN) / cells, 1, (maxY - minY + 2 * MARGIN) / cells);
  return grid;
}

function ghosts(boxes: Float32Array): [Mesh, LineSegments] {
  const count = boxes.length / BOX_STRIDE;
  const solids = new InstancedMesh(
    new BoxGeometry(2, 2, 2),
    new MeshBasicMaterial({ color: SCENE_COLOURS.wall, transparent: true, opacity: 0.07, depthWrite: false }),
    count,
  );
  const edges = new Float32Array(count * EDGES.length);
  const matrix = new Matrix4();
  const corner = new Vector3();
  for (let i = 0; i < count; i++) {
    const [x, y, z, hx, hy, hz, yaw] = boxes.subarray(BOX_STRIDE * i, BOX_STRIDE * (i + 1));
    matrix.compose(new Vector3(x, y, z), new Quaternion().setFromAxisAngle(UP, yaw), new Vector3(hx, hy, hz));
    solids.setMatrixAt(i, matrix);
    for (let e = 0; e < EDGES.length; e += 3)
      corner
        .fromArray(EDGES, e)
        .applyMatrix4(matrix)
        .toArray(edges, i * EDGES.length + e);
  }
  solids.frustumCulled = false;
  const geometry = new BufferGeometry().setAttribute('position', new BufferAttribute(edges, 3));
  const material = new LineBasicMaterial({
    color: SCENE_COLOURS.wallEdge,
    transparent: true,
    opacity: 0.55,
    depthWrite: false,
  });
  return [solids, new LineSegments(geometry, material)];
}

/** Ends of the twelve edges of a cube of half side 1. */
const EDGES = [0, 1, 2].flatMap((axis) =>
  [-1, 1].flatMap((u) =>
    [-1, 1].flatMap((v) =>
      [-1, 1].flatMap((along) => {
        const end = [u, v];
        end.splice(axis, 0, along);
        return end;
      }),
    ),
  ),
);
