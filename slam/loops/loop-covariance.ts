import { adjoint, between, inverse, type Pose } from '../../base/se3.ts';
import type { Keyframe } from '../map/keyframe.ts';
import type { CameraModel } from '../map/view.ts';
import {
  conjugate,
  invertInformation,
  isPositive,
  positionSigma,
  propagate,
} from '../optimize/covariance.ts';
import type { Loop } from './loop-detector.ts';

/**
 * After a correction, keyframes near the loop are known through the place they have come back to, where that is surer than the way
 * they were reached. A keyframe's covariance is what has gathered along one path from the root, which bounds it from above
 * whatever other paths add; so of two paths the surer one counts, and this spreads over the spanning tree as far as it holds.
 */
export function tightenCovariances({ here, there, information }: Loop, camera: CameraModel): void {
  const measured = conjugate(adjoint(camera.rig.bodyFromCamera), invertInformation(information));
  const thereFromHere = between(there.worldFromBody, here.worldFromBody);
  const through = propagate(there.covariance, thereFromHere, measured);
  if (positionSigma(through) < positionSigma(here.covariance)) tightenFrom(here, through);
}

/** A keyframe is now known as surely as this, and so are others, as far along the spanning tree as that makes them surer. */
export function tightenFrom(first: Keyframe, covariance: Float64Array): void {
  const reached: { keyframe: Keyframe; from: Keyframe | null; covariance: Float64Array }[] = [
    { keyframe: first, from: null, covariance },
  ];
  for (let next = reached.pop(); next; next = reached.pop()) {
    const { keyframe, from } = next;
    const before = keyframe.covariance.slice();
    keyframe.covariance.set(next.covariance);
    for (const other of [...(keyframe.parent ? [keyframe.parent] : []), ...keyframe.children]) {
      if (other === from) continue;
      const step = between(keyframe.worldFromBody, other.worldFromBody);
      const added =
        other === keyframe.parent
          ? addedBackwards(step, before, other.covariance)
          : addedBy(step, before, other.covariance);
      // Local mapping may have tied the keyframe to another parent than the one it was tracked from: then nobody knows.
      if (!isPositive(added)) continue;
      const through = propagate(next.covariance, step, added);
      if (positionSigma(through) < positionSigma(other.covariance))
        reached.push({ keyframe: other, from: keyframe, covariance: through });
    }
  }
}

/** What the step from a keyframe to its child added to the child's covariance. */
function addedBy(parentFromChild: Pose, parent: Float64Array, child: Float64Array): Float64Array {
  const carried = conjugate(adjoint(inverse(parentFromChild)), parent);
  return child.map((value, i) => value - carried[i]);
}

/** The same, of a step the other way. */
function addedBackwards(childFromParent: Pose, child: Float64Array, parent: Float64Array): Float64Array {
  const parentFromChild = inverse(childFromParent);
  return conjugate(adjoint(parentFromChild), addedBy(parentFromChild, parent, child));
}
