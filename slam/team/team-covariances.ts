import { adjoint, inverse } from '../../base/se3.ts';
import { tightenFrom } from '../loops/loop-covariance.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { SlamMap } from '../map/slam-map.ts';
import { conjugate, isPositive, positionSigma } from '../optimize/covariance.ts';

/**
 * Keyframes are as sure as the team knows them to be, and others too where the way from these makes them surer. Where the team is less
 * sure of the map's oldest keyframe than the robot was, that is the doubt about where its frame stands in the team's: all of the map
 * shares it.
 * @param covariances 6×6 of `worldFromBody`, right perturbation, by keyframe; culled keyframes do not count
 */
export function takeTeamCovariances(map: SlamMap, covariances: ReadonlyMap<number, ArrayLike<number>>): void {
  const told = [...map.keyframes()].filter(({ id }) => covariances.has(id));
  for (const keyframe of told) {
    const covariance = Float64Array.from(covariances.get(keyframe.id)!);
    if (!keyframe.parent) shareDoubt(map, keyframe, covariance);
    if (positionSigma(covariance) < positionSigma(keyframe.covariance)) tightenFrom(keyframe, covariance);
    else keyframe.covariance.set(covariance);
  }
}

function shareDoubt(map: SlamMap, root: Keyframe, covariance: Float64Array): void {
  const more = covariance.map((value, i) => value - root.covariance[i]);
  if (!isPositive(more)) return;
  const ofFrame = conjugate(adjoint(root.worldFromBody), more);
  for (const keyframe of map.keyframes()) {
    if (keyframe.part !== root.part) continue;
    const carried = conjugate(adjoint(inverse(keyframe.worldFromBody)), ofFrame);
    keyframe.covariance.forEach((value, i) => {
      keyframe.covariance[i] = value + carried[i];
    });
  }
}
