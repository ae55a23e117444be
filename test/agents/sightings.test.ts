import { describe, expect, it } from 'vitest';
import { Refusals } from '../../agents/refusals.ts';
import { sensibleSightings } from '../../agents/sightings.ts';
import { planarPose } from '../../base/se3.ts';
import type { PeerSighting } from '../../base/sensors.ts';

const COVARIANCE = Float64Array.from({ length: 36 }, (_, i) => (i % 7 ? 0 : 0.01));
const good: PeerSighting = { peer: 1, bodyFromPeer: planarPose(2, 0, 0), covariance: COVARIANCE };
function sifted(sighting: Partial<PeerSighting>) {
  const refusals = new Refusals();
  const kept = sensibleSightings([{ ...good, ...sighting }], 0, new Set([0, 1, 2]), refusals);
  return { kept, dropped: refusals.take() };
}

describe('sightings', () => {
  it('go on where they make sense, by range and bearing alone too', () => {
    const places = COVARIANCE.slice();
    for (const i of [21, 28, 35]) places[i] = Number.POSITIVE_INFINITY;
    expect(sifted({}).kept).toEqual([good]);
    expect(sifted({ covariance: places }).kept).toHaveLength(1);
  });

  it('are dropped, and named, where they do not', () => {
    const negative = COVARIANCE.slice();
    negative[0] = -1;
    for (const [wrong, why] of [
      [{ peer: 0 }, /robot 0: nobody sees itself/],
      [{ peer: 7 }, /robot 7: there is no such robot/],
      [{ bodyFromPeer: planarPose(Number.NaN, 0, 0) }, /not finite/],
      [{ covariance: negative }, /not positive/],
      [{ covariance: new Float64Array(36) }, /not positive/],
      [{ covariance: new Float64Array(9).fill(1) }, /not positive/],
    ] as const) {
      const { kept, dropped } = sifted(wrong);
      expect(kept).toEqual([]);
      expect(dropped[0]).toMatch(why);
    }
  });
});
