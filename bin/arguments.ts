import { InvalidArgumentError } from 'commander';
import { TRAJECTORY_FORMATS, type TrajectoryFormat } from '../scenarios/export.ts';

/** Parses a whole number of at least `minimum`, and at most `maximum`. */
export function whole(minimum: number, maximum = Number.POSITIVE_INFINITY) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= minimum && value <= maximum) return value;
    const range = Number.isFinite(maximum) ? `from ${minimum} to ${maximum}` : `${minimum} or more`;
    throw new InvalidArgumentError(`It must be a whole number, ${range}.`);
  };
}

export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('It must be a positive number.');
  return value;
}

/** Parses formats with commas between them: `kitti,euroc`. */
export function trajectoryFormats(text: string): TrajectoryFormat[] {
  const names = text.split(',').map((name) => name.trim());
  const known = (name: string): name is TrajectoryFormat => Object.hasOwn(TRAJECTORY_FORMATS, name);
  if (names.every(known)) return names;
  throw new InvalidArgumentError(
    `It must be one of ${Object.keys(TRAJECTORY_FORMATS).join(', ')}, or several with commas.`,
  );
}
