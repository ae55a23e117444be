import { InputError } from '../../base/errors.ts';
import {
  AGENT_FEATURES,
  MISSION_FEATURES,
  OBSERVATION_VERSION,
  PAIR_FEATURES,
} from '../observation/observation.ts';
import type { FeatureSizes } from './layers.ts';

/** What this version's observations are made of. */
export const FEATURES: FeatureSizes = {
  agent: AGENT_FEATURES,
  pair: PAIR_FEATURES,
  mission: MISSION_FEATURES,
};

/** What a file says of the observations it was made with. */
export interface Observed {
  readonly observationVersion: number;
  readonly features: FeatureSizes;
}

/** @throws InputError where it was made for observations other than this version's */
export function requireObservations({ observationVersion, features }: Observed, where: string): void {
  const same = (['agent', 'pair', 'mission'] as const).every((kind) => features[kind] === FEATURES[kind]);
  if (observationVersion === OBSERVATION_VERSION && same) return;
  throw new InputError(
    where,
    `reads observations of version ${observationVersion} (${JSON.stringify(features)} numbers); ` +
      `this peerslam makes version ${OBSERVATION_VERSION} (${JSON.stringify(FEATURES)}): train it anew`,
  );
}
