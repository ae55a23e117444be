import { alignmentOf, applyAlignment } from './align.ts';
import type { Trajectory } from './trajectory.ts';

/**
 * Team ATE: root mean square position error, metres, after one rigid alignment for the whole team; every true pose counts.
 * @param estimates, truths pose by pose at the same times; NaN where there are none
 */
export function teamError(estimates: readonly Trajectory[], truths: readonly Trajectory[]): number {
  const alignment = alignmentOf(estimates, truths, 'se3');
  let sum = 0;
  let count = 0;
  estimates.forEach((estimate, k) => {
    const a = applyAlignment(estimate, alignment).matrices;
    const b = truths[k].matrices;
    for (let i = 0; i < b.length; i += 12) {
      const [dx, dy, dz] = [a[i + 3] - b[i + 3], a[i + 7] - b[i + 7], a[i + 11] - b[i + 11]];
      sum += dx * dx + dy * dy + dz * dz;
      count++;
    }
  });
  return Math.sqrt(sum / count);
}
