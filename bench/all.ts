import { balBench } from './bal.ts';
import type { Bench } from './bench.ts';
import { colocalizeBench } from './colocalize.ts';
import { fidelitiesBench } from './fidelities.ts';
import { graphsBench } from './graphs.ts';
import { hammingBench } from './hamming.ts';
import { loopsBench } from './loops.ts';
import { markersBench } from './markers.ts';
import { memoryBench } from './memory.ts';
import { missionBench } from './mission.ts';
import { neesBench } from './nees.ts';
import { orbBench } from './orb.ts';
import { outliersBench } from './outliers.ts';
import { placesBench } from './places.ts';
import { recordingsBench } from './recordings.ts';
import { rendererBench } from './renderer.ts';
import { statisticalBench } from './statistical.ts';
import { teamBench } from './team.ts';
import { textureBench } from './texture.ts';

/** Run when no name is given. */
export const DEFAULTS: readonly Bench[] = [
  missionBench,
  recordingsBench,
  orbBench,
  hammingBench,
  graphsBench,
  balBench,
  colocalizeBench,
  outliersBench,
  textureBench,
  rendererBench,
  markersBench,
];

/** The rest take long. */
export const BENCHES: readonly Bench[] = [
  ...DEFAULTS,
  placesBench,
  loopsBench,
  memoryBench,
  teamBench,
  statisticalBench,
  fidelitiesBench,
  neesBench,
];
