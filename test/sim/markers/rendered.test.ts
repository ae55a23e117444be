import { describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { between, log, planarPose } from '../../../base/se3.ts';
import { BoardScene } from '../../../bench/markers/scene.ts';
import { readRenderKernels } from '../../../bin/resources.ts';
import { BoardSpotter } from '../../../sim/markers/sightings.ts';

const render = await readRenderKernels();
const scene = new BoardScene(render, { light: 0.9 }, new Random('markers/rendered'));
const spotter = new BoardSpotter(scene.rig);

describe('a teammate in a rendered image', () => {
  it('is measured at 3 m with errors as the covariance says', () => {
    const random = new Random('markers/poses');
    const poses = 60;
    const squares = new Float64Array(6);
    for (let n = 0; n < poses; n++) {
      const bodyFromPeer = planarPose(3, random.uniform(-1, 1), random.uniform(-Math.PI, Math.PI));
      const [sighting] = spotter.look(scene.photograph(bodyFromPeer, 0), 0, [0, 1]);
      expect(sighting.peer).toBe(1);
      const error = log(between(sighting.bodyFromPeer, bodyFromPeer));
      for (const i of [0, 1, 5]) {
        expect(Math.abs(error[i])).toBeLessThan(0.02);
        squares[i] += (error[i] * error[i]) / sighting.covariance[7 * i] / poses;
      }
    }
    for (const i of [0, 1, 5]) {
      expect(squares[i]).toBeGreaterThan(0.1);
      expect(squares[i]).toBeLessThan(2);
    }
  });

  it('is seen from 7 m, its covariance growing with the range', () => {
    const sigma = (x: number) => {
      const [sighting] = spotter.look(scene.photograph(planarPose(x, 0.3, 0.7), 0), 0, [0, 1]);
      return Math.sqrt(sighting.covariance[0] + sighting.covariance[7]);
    };
    expect(sigma(7)).toBeGreaterThan(3 * sigma(3));
  });

  it('is measured to a centimetre near by while turning, plates reaching to the border of the image', () => {
    for (let n = 0; n < 40; n++) {
      const pose = planarPose(1.55 + 0.01 * n, 0.8 * Math.sin(n), 0.6 * Math.cos(2 * n));
      for (const { bodyFromPeer } of spotter.look(scene.photograph(pose, 1), 0, [0, 1])) {
        const error = log(between(bodyFromPeer, pose));
        for (const i of [0, 1, 5]) expect(Math.abs(error[i])).toBeLessThan(0.01);
      }
    }
  });

  it('is lost where the camera turns too fast, and too near', () => {
    const far = planarPose(8, 0, 0.7);
    expect(spotter.look(scene.photograph(far, 0), 0, [0, 1])).toHaveLength(1);
    expect(spotter.look(scene.photograph(far, 1.2), 0, [0, 1])).toEqual([]);
    expect(spotter.look(scene.photograph(planarPose(0.8, 0, 0), 0), 0, [0, 1])).toEqual([]);
  });
});
