import { type Format, pack, unpack } from '../base/container.ts';
import { InputError } from '../base/errors.ts';
import { bytesOfFloats, floatsOfBytes } from '../base/floats.ts';
import { FEATURES, type Observed, requireObservations } from './network/features.ts';
import { OBSERVATION_VERSION } from './observation/observation.ts';
import type { Episode } from './replay/episode.ts';
import type { Snapshot } from './train.ts';

const CHECKPOINT_FORMAT: Format = { what: 'checkpoint', letters: 'CKP', version: 1, minimumReader: 1 };

/** A snapshot without its episodes, which are kept in files of their own: told by their ids. */
export interface Checkpoint extends Omit<Snapshot, 'episodes'> {
  readonly episodes: readonly number[];
  /** The configuration it was made with, for whoever goes on. */
  readonly config: unknown;
}

interface Header extends Observed {
  readonly round: number;
  readonly steps: number;
  readonly best: { readonly round: number; readonly score: number | null };
  readonly episodes: readonly number[];
  readonly config: unknown;
}

export function encodeCheckpoint(
  { round, learner, acting, chances, best, episodes }: Snapshot,
  config: unknown,
): Uint8Array {
  const header: Header = {
    observationVersion: OBSERVATION_VERSION,
    features: FEATURES,
    round,
    steps: learner.steps,
    best: { round: best.round, score: Number.isNaN(best.score) ? null : best.score },
    episodes: episodes.map(({ id }) => id),
    config,
  };
  const { online, target, first, second } = learner;
  const rows = { online, target, first, second, acting, best: best.weights };
  return pack(CHECKPOINT_FORMAT, [
    { name: 'header', bytes: new TextEncoder().encode(JSON.stringify(header)) },
    { name: 'chances', bytes: new Uint8Array(Float64Array.from(chances).buffer) },
    ...Object.entries(rows).map(([name, numbers]) => ({ name, bytes: bytesOfFloats(numbers) })),
  ]);
}

/**
 * @param where the file, for messages
 * @throws InputError where the bytes are no checkpoint, not all of one, or one of other observations than this version makes
 */
export function decodeCheckpoint(bytes: Uint8Array, where: string): Checkpoint {
  const { sections } = unpack(CHECKPOINT_FORMAT, bytes, where);
  const section = (name: string) => {
    const content = sections.get(name);
    if (!content) throw new InputError(where, `lacks its section ${name}`);
    return content;
  };
  const header = JSON.parse(new TextDecoder().decode(section('header'))) as Header;
  requireObservations(header, where);
  const row = (name: string) => floatsOfBytes(section(name));
  const { round, steps, episodes, config } = header;
  return {
    round,
    learner: {
      steps,
      online: row('online'),
      target: row('target'),
      first: row('first'),
      second: row('second'),
    },
    acting: row('acting'),
    chances: new Float64Array(section('chances').slice().buffer),
    best: { round: header.best.round, score: header.best.score ?? Number.NaN, weights: row('best') },
    episodes,
    config,
  };
}

/** The whole snapshot again. @throws InputError where an episode that it needs is not there */
export function snapshotOf(checkpoint: Checkpoint, stored: readonly Episode[], where: string): Snapshot {
  const byId = new Map(stored.map((episode) => [episode.id, episode]));
  const episodes = checkpoint.episodes.map((id) => {
    const episode = byId.get(id);
    if (!episode) throw new InputError(where, `episode ${id} is missing; start without --resume`);
    return episode;
  });
  return { ...checkpoint, episodes };
}
