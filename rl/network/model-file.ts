import { type Format, pack, unpack } from '../../base/container.ts';
import { InputError } from '../../base/errors.ts';
import { bytesOfFloats, floatsOfBytes } from '../../base/floats.ts';
import { type Observed, requireObservations } from './features.ts';
import { QNetwork } from './forward.ts';
import { type NetworkConfig, NetworkLayout } from './layers.ts';

const MODEL_FORMAT: Format = { what: 'model', letters: 'DQN', version: 1, minimumReader: 1 };

/** What a model file tells besides its weights. */
export interface ModelHeader extends Observed {
  /** The policy it makes: `mas-dqn`, `independent-dqn`. */
  readonly policy: string;
  readonly network: NetworkConfig;
  /** Whatever tells how it came about: the whole configuration, seeds, rounds, its score in validation. */
  readonly training: unknown;
}

export interface Model {
  readonly header: ModelHeader;
  readonly weights: Float32Array;
}

export function encodeModel({ header, weights }: Model): Uint8Array {
  return pack(MODEL_FORMAT, [
    { name: 'header', bytes: new TextEncoder().encode(JSON.stringify(header)) },
    { name: 'weights', bytes: bytesOfFloats(weights) },
  ]);
}

/**
 * @param where the file, for messages
 * @throws InputError where the bytes are no model, not all of one, or one that reads other observations than this version makes
 */
export function decodeModel(bytes: Uint8Array, where: string): Model {
  const { sections } = unpack(MODEL_FORMAT, bytes, where);
  const [head, body] = [sections.get('header'), sections.get('weights')];
  if (!head || !body) throw new InputError(where, `lacks its section ${head ? 'weights' : 'header'}`);
  const header = JSON.parse(new TextDecoder().decode(head)) as ModelHeader;
  requireObservations(header, where);
  const weights = floatsOfBytes(body);
  const { count } = new NetworkLayout(header.network, header.features);
  if (weights.length !== count)
    throw new InputError(where, `holds ${weights.length} weights; its network has ${count}`);
  const bad = weights.findIndex((weight) => !Number.isFinite(weight));
  if (bad >= 0)
    throw new InputError(where, `its weight ${bad} is ${weights[bad]}; it must be a finite number`);
  return { header, weights };
}

/** The network of a model. */
export function networkOf({ header, weights }: Model): QNetwork {
  return new QNetwork(header.network, header.features, weights);
}
