import { dress } from './appearance.ts';
import { planLayout } from './layouts/layout.ts';
import type { AppearanceOptions, LayoutOptions } from './options.ts';
import type { Scene } from './scene.ts';

/**
 * A layout wearing an appearance. Each depends on its own seed alone: the same layout in other clothes has the same
 * geometry, people and start places.
 * @throws InputError where the layout is too small for its kind or a value is out of range
 */
export function buildScene(layout: LayoutOptions, appearance: AppearanceOptions): Scene {
  return dress(planLayout(layout), appearance);
}
