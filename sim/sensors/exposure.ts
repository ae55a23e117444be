import type { CameraNoise } from '../options.ts';
import type { Scene } from '../scene.ts';

/** Seconds that the shutter is open: the dimmer the light, the longer, within what a camera allows itself. */
export function exposureIn(
  { exposure }: Pick<CameraNoise, 'exposure'>,
  { light }: Pick<Scene, 'light'>,
): number {
  return exposure / Math.max(0.2, light);
}
