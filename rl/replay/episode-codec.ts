import { type Format, pack, unpack } from '../../base/container.ts';
import { InputError } from '../../base/errors.ts';
import { bytesOfFloats, floatsOfBytes } from '../../base/floats.ts';
import type { FeatureSizes } from '../network/layers.ts';
import type { Observation } from '../observation/observation.ts';
import type { Episode, Moment } from './episode.ts';

const EPISODES_FORMAT: Format = { what: 'file of episodes', letters: 'EPS', version: 1, minimumReader: 1 };

/** What is not an array of numbers, of each episode. */
interface Head {
  readonly id: number;
  readonly taught: boolean;
  readonly score: number;
  readonly moments: readonly {
    readonly reward: number;
    readonly dt: number;
    readonly actions: readonly number[];
    readonly observations: readonly {
      readonly ids: readonly number[];
      readonly self: number;
      readonly allowed: readonly number[];
    }[];
  }[];
}

/** Episodes as bytes, to the last bit. */
export function encodeEpisodes(episodes: readonly Episode[]): Uint8Array {
  const heads = episodes.map(
    ({ id, taught, score, moments }): Head => ({
      id,
      taught,
      score,
      moments: moments.map(({ reward, dt, actions, observations }) => ({
        reward,
        dt,
        actions: [...actions],
        observations: observations.map(({ ids, self, allowed }) => {
          return { ids: [...ids], self, allowed: [...allowed] };
        }),
      })),
    }),
  );
  const arrays = episodes.flatMap(({ moments }) =>
    moments.flatMap(({ observations }) =>
      observations.flatMap(({ agents, pairs, mission }) => [agents, pairs, mission]),
    ),
  );
  return pack(EPISODES_FORMAT, [
    { name: 'heads', bytes: new TextEncoder().encode(JSON.stringify(heads)) },
    { name: 'numbers', bytes: bytesOfFloats(joined(arrays)) },
  ]);
}

/**
 * @param where the file, for messages
 * @throws InputError where the bytes are no such file, or not all of it
 */
export function decodeEpisodes(bytes: Uint8Array, sizes: FeatureSizes, where: string): Episode[] {
  const { sections } = unpack(EPISODES_FORMAT, bytes, where);
  const [text, body] = [sections.get('heads'), sections.get('numbers')];
  if (!text || !body) throw new InputError(where, `lacks its section ${text ? 'numbers' : 'heads'}`);
  const numbers = floatsOfBytes(body);
  let at = 0;
  const take = (length: number) => {
    at += length;
    return numbers.slice(at - length, at);
  };
  const heads = JSON.parse(new TextDecoder().decode(text)) as Head[];
  return heads.map(({ moments, ...rest }) => ({
    ...rest,
    moments: moments.map(
      ({ reward, dt, actions, observations }): Moment => ({
        reward,
        dt,
        actions: Int16Array.from(actions),
        observations: observations.map(({ ids, self, allowed }): Observation => {
          const team = ids.length;
          return {
            team,
            ids: Int32Array.from(ids),
            self,
            agents: take(team * sizes.agent),
            pairs: take(team * team * sizes.pair),
            mission: take(sizes.mission),
            allowed: Uint8Array.from(allowed),
          };
        }),
      }),
    ),
  }));
}

function joined(arrays: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}
