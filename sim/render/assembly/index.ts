// The renderer's entry points, in the order in which an image goes through them. Arguments that are addresses point into
// the memory that ../renderer.ts lays out once; nothing here allocates.

export { drawScene } from './visibility';
export { shadeImage } from './shade';
export { softenEdges } from './edges';
export { smearMotion } from './motion';
export { exposeGrey, measureDepth } from './sensor';

/** First byte the wrapper may use, aligned for SIMD. */
export function memoryStart(): usize {
  return (__heap_base + 15) & ~15;
}
