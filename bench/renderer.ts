import { Random } from '../base/random.ts';
import { planarPose } from '../base/se3.ts';
import type { CameraRig } from '../base/sensors.ts';
import { parseScenario } from '../scenarios/load.ts';
import { simOptions } from '../scenarios/sim-options.ts';
import { Obstacles } from '../sim/geometry/obstacles.ts';
import type { SimOptions } from '../sim/options.ts';
import { drawAtlas } from '../sim/render/glyphs.ts';
import { stageScene } from '../sim/render/surfaces.ts';
import { cylinderOf } from '../sim/robot.ts';
import type { CameraView } from '../sim/sensors/camera.ts';
import { ImageCamera } from '../sim/sensors/image-camera.ts';
import { PicturedScene } from '../sim/sensors/pictured-scene.ts';
import { type Bench, type BenchContext, fixed } from './bench.ts';
import { drive } from './places/tour.ts';
import { castRays } from './renderer/ray-caster.ts';

const SCENARIOS = ['office', 'warehouse', 'corridors', 'plaza'];
const ROUNDS = 7;
const FRAMES = 100;
const CAST_FRAMES = 2;
/** Every so many moments of the tour. */
const STRIDE = 10;

/** The `images` fidelity's camera against the same scene by one ray a pixel in plain TypeScript. */
export const rendererBench: Bench = {
  name: 'renderer',
  about:
    'grey + depth as a camera delivers them, blur and noise too: frames a CPU second (320×240 in the office ≥ 100, aim ≥ 300)',
  async run(context) {
    const rows: (string | number)[][] = [];
    for (const name of SCENARIOS) {
      for (const width of name === 'office' ? [320, 640] : [320]) {
        if (context.stop.aborted) break;
        context.say(`renderer: ${name}, ${width} pixels wide`);
        rows.push(await measure(context, name, width));
      }
    }
    return { head: ['scene', 'image', 'surfaces', 'frames/s', 'rays, frames/s', 'ratio'], rows };
  },
};

async function measure({ scenarioText, render }: BenchContext, name: string, width: number) {
  const { text, path } = await scenarioText(name);
  const options = simOptions(parseScenario(text, path), { seed: 1, where: path });
  const rig = scaled(options.robots[0].profile.rig, width);
  const cylinders = options.robots.map(cylinderOf);
  const obstacles = new Obstacles(options.scene, cylinders);
  const pictured = new PicturedScene(options.scene, obstacles, render, [rig]);
  const random = new Random('bench/renderer');
  const camera = new ImageCamera(rig, options.camera, options.scene, pictured, random.fork('camera'));
  const views = viewsOf(options, random.fork('tour'));
  let next = 0;
  const ours = Array.from({ length: ROUNDS + 1 }, () =>
    framesPerSecond(FRAMES, () => camera.capture(views[next++ % views.length])),
  );
  const { stage } = stageScene(options.scene, obstacles);
  const atlas = drawAtlas();
  const rays = framesPerSecond(CAST_FRAMES, (i) => castRays(stage, rig, views[i].sceneFromBody, 0, atlas));
  // The first round is not counted: the engine is still compiling.
  const median = ours.slice(1).sort((a, b) => a - b)[ROUNDS >> 1];
  const size = `${rig.width}×${rig.height}`;
  return [name, size, stage.surfaces.length, fixed(median, 0), fixed(rays, 2), fixed(median / rays, 0)];
}

/** Along a tour of the building, at a robot's speed. */
function viewsOf({ scene, robots }: SimOptions, random: Random): CameraView[] {
  const self = cylinderOf(robots[0]);
  return drive(scene, self.radius, 0.1, random)
    .filter((_, i) => i % STRIDE === 0)
    .map(({ x, y, yaw }) => ({
      sceneFromBody: planarPose(x, y, yaw),
      vx: 0.5 * Math.cos(yaw),
      vy: 0.5 * Math.sin(yaw),
      turnRate: 0.3,
      self,
    }));
}

/** The same field of view on an image of another size. */
function scaled(rig: CameraRig, width: number): CameraRig {
  const by = width / rig.width;
  const place = (pixel: number) => (pixel + 0.5) * by - 0.5;
  const height = Math.round(rig.height * by);
  return { ...rig, width, height, fx: rig.fx * by, fy: rig.fy * by, cx: place(rig.cx), cy: place(rig.cy) };
}

function framesPerSecond(frames: number, draw: (i: number) => void): number {
  const start = process.cpuUsage();
  for (let i = 0; i < frames; i++) draw(i);
  const { user, system } = process.cpuUsage(start);
  return (1e6 * frames) / (user + system);
}
