import type { PeerSighting } from '../base/sensors.ts';
import { isUncertainty } from '../slam/optimize/uncertainty.ts';
import type { Refusals } from './refusals.ts';

/** The sightings that make sense; the others are refused: nothing of these may steer a robot. */
export function sensibleSightings(
  sightings: readonly PeerSighting[],
  self: number,
  team: ReadonlySet<number>,
  refusals: Refusals,
): PeerSighting[] {
  return sightings.filter((sighting) => {
    const wrong = whatIsWrong(sighting, self, team);
    if (wrong) refusals.note(`a sighting of robot ${sighting.peer}`, wrong);
    return !wrong;
  });
}

function whatIsWrong(
  { peer, bodyFromPeer, covariance }: PeerSighting,
  self: number,
  team: ReadonlySet<number>,
): string | undefined {
  if (peer === self) return 'nobody sees itself';
  if (!team.has(peer)) return 'there is no such robot in the team';
  if (!bodyFromPeer.every(Number.isFinite)) return 'its pose holds a number that is not finite';
  if (!isUncertainty(covariance)) return 'its covariance is not positive';
  return undefined;
}
