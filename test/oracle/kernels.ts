import type { Kernels } from '../../slam/kernels/kernels.ts';
import { bundleAdjust } from './bundle.ts';
import { features } from './features/extractor.ts';
import { matchBruteForce, searchAlongLines, searchByProjection } from './matching.ts';
import { optimizePose } from './pose.ts';

/** The kernels in plain TypeScript, written for clarity: what the WebAssembly is held against. */
export const oracle: Omit<Kernels, 'sparse'> = {
  searchByProjection,
  searchAlongLines,
  matchBruteForce,
  optimizePose,
  bundleAdjust,
  features,
};
