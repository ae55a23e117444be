import { InputError } from '../base/errors.ts';

/** A number that a rule leaves open, and where to look for it. */
export interface Parameter {
  readonly about: string;
  readonly unit: string;
  readonly default: number;
  readonly low: number;
  readonly high: number;
  /** `log`: looked for by its logarithm; `whole`: a whole number. */
  readonly scale?: 'log' | 'whole';
}

/** By name, in the order in which a search counts them. */
export type Parameters = Readonly<Record<string, Parameter>>;
export type Values<P extends Parameters = Parameters> = { readonly [K in keyof P]: number };

/**
 * The value of every parameter: as given, or else its default.
 * @param where file or option the given ones come from, for messages
 * @throws InputError where one is not known, no number, or out of its range
 */
export function valuesOf<P extends Parameters>(parameters: P, given: object = {}, where = 'parameters') {
  const names = Object.keys(parameters);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new InputError(where, `there is no ${unknown}; there are ${names.join(', ') || 'none'}`);
  const values = names.map((name) => {
    const { default: usual, low, high, scale } = parameters[name];
    const value = name in given ? (given as Record<string, unknown>)[name] : usual;
    const fits = typeof value === 'number' && value >= low && value <= high;
    const kind = scale === 'whole' ? 'a whole number' : 'a number';
    if (!fits || (scale === 'whole' && !Number.isInteger(value)))
      throw new InputError(
        where,
        `${name} is ${JSON.stringify(value)}; it should be ${kind} from ${low} to ${high}`,
      );
    return [name, value];
  });
  return Object.fromEntries(values) as Values<P>;
}

/** Where a value lies between its lowest and highest, 0…1. */
export function toUnit({ low, high, scale }: Parameter, value: number): number {
  if (scale === 'log') return Math.log(value / low) / Math.log(high / low);
  return (value - low) / (high - low);
}

/** The value that lies so far, 0…1, between the lowest and the highest; held to these. */
export function fromUnit({ low, high, scale }: Parameter, unit: number): number {
  const share = Math.min(1, Math.max(0, unit));
  if (scale === 'log') return Math.min(high, Math.max(low, low * Math.exp(share * Math.log(high / low))));
  const value = low + share * (high - low);
  return scale === 'whole' ? Math.round(value) : value;
}
