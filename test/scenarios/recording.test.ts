import { describe, expect, it } from 'vitest';
import { Random } from '../../base/random.ts';
import { readKernels } from '../../bin/resources.ts';
import { type Arrival, runRecording } from '../../scenarios/recording.ts';
import type { Recording } from '../../slam/datasets/recording.ts';
import { CorridorWorld, RIG } from '../slam/synthetic.ts';

const world = new CorridorWorld({ seed: 'corridor', density: 30, maxFeatures: 500 });
const recording: Recording = {
  format: { rig: { ...RIG, kind: 'mono' }, features: 500 },
  frames: [],
  skipped: [],
};

/** A single camera stands still for a while, then drives; what is found out of the first frames is found out later. */
async function* arrivals(isOver: () => boolean): AsyncGenerator<Arrival> {
  const random = new Random('arrivals');
  for (let n = 0; n < 100; n++) {
    if (isOver()) throw new Error('the disk is gone');
    const seen = world.observe(world.poseAt(0.05 * Math.max(0, n - 20)), random);
    const features = { ...seen, depth: new Float32Array(seen.count) };
    yield { time: 0.1 * n, features, took: { wall: 0, cpu: null } };
  }
}

describe('a recording that ends just as tracking begins', () => {
  it.each(['a Ctrl-C', 'a failure'])('for %s: work under way is finished all the same', async (reason) => {
    let begun = false;
    const { metrics, failure } = await runRecording({
      name: 'test',
      recording,
      kernels: await readKernels(),
      arrivals: arrivals(() => begun),
      onFrame(_, tracked) {
        begun = tracked > 0;
        return reason === 'a failure' || !begun;
      },
    });
    expect(failure?.message).toBe(reason === 'a failure' ? 'the disk is gone' : undefined);
    expect(metrics.frames).toBeGreaterThan(20);
    expect(metrics.frames).toBeLessThan(100);
    expect(metrics.agents[0].framesTracked).toBe(metrics.frames);
  });
});
