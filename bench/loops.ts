import { Random } from '../base/random.ts';
import { evaluate } from '../scenarios/evaluate/metrics.ts';
import { fromPoses } from '../scenarios/evaluate/trajectory.ts';
import type { Kernels } from '../slam/kernels/kernels.ts';
import { Slam } from '../slam/slam.ts';
import { type Bench, fixed } from './bench.ts';
import { CorridorWorld, RIG, type WorldOptions, wheelOdometry } from './loops/corridor-world.ts';

const SEEDS = ['a', 'b', 'c'];
const STEP_M = 0.05;
const STEP_S = 0.1;
/** Way driven over known ground at the end, metres. */
const OVERLAP = 4;

interface Drive {
  readonly name: string;
  readonly world: Omit<WorldOptions, 'seed'>;
  readonly wheels: boolean;
  /** Where the camera sees nothing, metres along the way. */
  readonly blind?: readonly [number, number];
}

const DRIVES: readonly Drive[] = [
  {
    name: 'wheels, a corner blind',
    world: { block: [20, 14], density: 10, maxFeatures: 250 },
    wheels: true,
    blind: [17, 26],
  },
  { name: 'no wheels, few points', world: { block: [40, 30], density: 8 }, wheels: false },
  { name: 'wheels, alike walls', world: { block: [20, 10], repeat: 5 }, wheels: true },
];

interface Outcome {
  readonly ate: number;
  readonly loops: number;
  readonly cpuMs: number;
  readonly worstMs: number;
}

/** A robot drives once round a building and a little on: its whole way with loops left open and closed. */
export const loopsBench: Bench = {
  name: 'loops',
  about:
    'a loop closed in simulation: ATE of the way, SE(3)-aligned, before and after (≥ 5 times better), and what closing it costs',
  async run({ kernels, say, stop }) {
    const rows: (string | number)[][] = [];
    for (const drive of DRIVES) {
      for (const seed of SEEDS) {
        if (stop.aborted) break;
        say(`loops: ${drive.name}, ${seed}`);
        const open = follow(drive, seed, false, kernels);
        const closed = follow(drive, seed, true, kernels);
        rows.push([
          drive.name,
          seed,
          closed.loops,
          fixed(open.ate, 3),
          fixed(closed.ate, 3),
          fixed(open.ate / closed.ate, 1),
          fixed(open.cpuMs, 2),
          fixed(closed.cpuMs, 2),
          fixed(closed.worstMs, 0),
        ]);
      }
    }
    const head = ['drive', 'seed', 'loops', 'ATE open, m', 'closed, m', 'better by'];
    return { head: [...head, 'CPU ms a frame, open', 'closed', 'worst frame'], rows };
  },
};

function follow(
  { world: options, wheels, blind }: Drive,
  seed: string,
  loops: boolean,
  kernels: Kernels,
): Outcome {
  const world = new CorridorWorld({ seed, ...options });
  const random = new Random(`loops/${seed}`);
  const slam = new Slam({ rig: RIG, kernels, worldFromStart: world.poseAt(0), settings: { loops } });
  const steps = Math.round((world.lap + OVERLAP) / STEP_M);
  let [total, worst] = [0, 0];
  for (let n = 0; n < steps; n++) {
    const along = n * STEP_M;
    const pose = world.poseAt(along);
    const isBlind = blind !== undefined && along > blind[0] && along < blind[1];
    const camera = isBlind ? undefined : world.observe(pose, random);
    const odometry = wheels && n > 0 ? wheelOdometry(world.poseAt(along - STEP_M), pose, random) : undefined;
    const started = process.cpuUsage();
    slam.track({ time: n * STEP_S, camera, odometry });
    const { user, system } = process.cpuUsage(started);
    total += user + system;
    worst = Math.max(worst, user + system);
  }
  slam.finish();
  const { times, poses } = slam.trajectory();
  const truth = Array.from(times, (time) => [...world.poseAt((time / STEP_S) * STEP_M)]).flat();
  const { ape } = evaluate([fromPoses(times, poses)], [fromPoses(times, truth)], 'se3');
  return {
    ate: ape.translation.rmse,
    loops: slam.loopsClosed,
    cpuMs: total / 1000 / steps,
    worstMs: worst / 1000,
  };
}
