// The kernels' entry points. Arguments that are addresses point into the arena, which the wrapper in ../load.ts
// lays out anew for every call; nothing here allocates.

export { shrink, blur } from './features/pyramid';
export { detectCorners, findPeaks } from './features/fast';
export { spreadEvenly, spreadSpace } from './features/spread';
export { describeCorners } from './features/describe';
export { indexRows, matchStereo } from './features/stereo';
export { searchByProjection, searchAlongLines, matchBruteForce } from './matching';
export { optimizePose } from './pose';
export { bundleAdjust } from './bundle';
export { solveFactored, solveSparse } from './multifrontal';
export { openSchur, reduceSystem } from './schur';
export { costBal, linearizeBal, moveBal, openBal } from './bal';
export { chi2Graph, costGraph, dampGraph, linearizeGraph, moveGraph, openGraph } from './graph';
export { calibrateGraph, openBorder } from './graph-border';
export { costFull, linearizeFull, moveFull, openFull, setOutliersAsideFull } from './full-bundle';

/** First byte the wrapper may use, aligned for SIMD. */
export function arenaStart(): usize {
  return (__heap_base + 15) & ~15;
}
