import type { Random } from '../../base/random.ts';
import { compose, type Pose, planarPose, yawOf } from '../../base/se3.ts';
import type { CameraRig, ImageFrame } from '../../base/sensors.ts';
import { parseScenario } from '../../scenarios/load.ts';
import { simOptions } from '../../scenarios/sim-options.ts';
import { Obstacles } from '../../sim/geometry/obstacles.ts';
import { boardsOf } from '../../sim/markers/board.ts';
import type { RenderKernels } from '../../sim/render/load.ts';
import { cylinderOf } from '../../sim/robot.ts';
import { ImageCamera } from '../../sim/sensors/image-camera.ts';
import { PicturedScene } from '../../sim/sensors/pictured-scene.ts';

const HALL = { side: 24, wall: 0.06, height: 2.7 };
const EYE = planarPose(4, 12, 0);

/** A hall with two robots of a scenario's defaults: one photographs the other wherever that is put. */
export class BoardScene {
  readonly rig: CameraRig;
  private readonly cylinders;
  private readonly camera: ImageCamera;

  constructor(render: RenderKernels, appearance: { readonly light: number }, random: Random) {
    const options = simOptions(parseScenario(hall(appearance.light), 'markers'), { seed: 1 });
    const { scene, robots } = options;
    this.rig = robots[0].profile.rig;
    this.cylinders = robots.map(cylinderOf);
    const obstacles = new Obstacles(scene, this.cylinders);
    const boards = robots.map(({ profile }) => boardsOf(profile.id));
    const pictured = new PicturedScene(scene, obstacles, render, [this.rig], boards);
    this.camera = new ImageCamera(this.rig, options.camera, scene, pictured, random);
  }

  /** What robot 0 sees of robot 1 there, turning by so many rad/s. */
  photograph(bodyFromPeer: Pose, turnRate: number): ImageFrame {
    const [self, peer] = this.cylinders;
    const sceneFromPeer = compose(EYE, bodyFromPeer);
    [peer.x, peer.y] = sceneFromPeer;
    peer.yaw = yawOf(sceneFromPeer);
    return this.camera.capture({ sceneFromBody: EYE, vx: 0, vy: 0, turnRate, self });
  }
}

function hall(light: number): string {
  const { side, wall, height } = HALL;
  const solid = (x: number, y: number, hx: number, hy: number) => ({
    ...{ kind: 'wall', x, y, hx, hy, hz: height / 2 },
  });
  const middle = side / 2;
  const solids = [
    ...[solid(middle, 0, middle, wall), solid(middle, side, middle, wall)],
    ...[solid(0, middle, wall, middle), solid(side, middle, wall, middle)],
  ];
  const starts = [
    [4, 12, 0],
    [8, 12, 0],
  ];
  const layout = { kind: 'explicit', bounds: [0, 0, side, side], ceiling: height, solids, starts };
  return JSON.stringify({ name: 'markers', layout, appearance: { light }, team: { agents: 2 } });
}
