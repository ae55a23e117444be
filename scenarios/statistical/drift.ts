import type { Random } from '../../base/random.ts';
import type { WheelOptions } from '../../sim/options.ts';
import type { Tables } from './tables.ts';

/** As `WheelOdometry` has them. */
const SLIP_LENGTH = 0.01;
const DIFFERENCE = 0.05;
const HONEST_LENGTH = 10;
const SIDEWAYS = 0.3;

/** How one robot's pose goes wrong as it moves: on wheels alone while its camera is blind, and a little while it tracks. */
export class Drift {
  /** Of the last motion, to be added to the error: x, y, heading. */
  readonly noise = new Float64Array(3);
  /** Variances that the robot believes it to have: of x and of y, and of the heading. */
  readonly believed: [number, number] = [0, 0];
  private readonly options: WheelOptions;
  private readonly tables: Tables;
  private readonly random: Random;
  /** What both wheels err by, as a share of their motion, and by how much they differ. */
  private readonly scale: number;
  private readonly difference: number;

  constructor(options: WheelOptions, tables: Tables, random: Random) {
    this.options = options;
    this.tables = tables;
    this.random = random;
    this.scale = random.normal(options.calibration);
    this.difference = random.normal(options.calibration * DIFFERENCE);
  }

  /** @param metres driven @param radians turned @param yaw heading, scene frame */
  move(metres: number, radians: number, yaw: number, tracks: boolean): void {
    if (tracks) this.track(metres, radians);
    else this.roll(metres, radians, yaw);
  }

  private track(metres: number, radians: number): void {
    const { noise, believed, random, tables } = this;
    const { yawMetre, yawRadian, metre } = tables.tracking;
    const doubt = square(tables.overconfidence.tracking);
    const turn = yawMetre * metres + yawRadian * radians;
    noise[0] = random.normal(Math.sqrt(metre * metres));
    noise[1] = random.normal(Math.sqrt(metre * metres));
    noise[2] = random.normal(Math.sqrt(turn));
    believed[0] = (metre * metres) / doubt;
    believed[1] = turn / doubt;
  }

  private roll(metres: number, radians: number, yaw: number): void {
    const { noise, believed, random, tables, scale, difference } = this;
    const { slip, calibration, track } = this.options;
    const doubt = square(tables.overconfidence.blind);
    const slip2 = slip * slip * SLIP_LENGTH;
    const rim = track * radians;
    const turn =
      (slip2 * (2 * metres * tables.wheels.driving + rim * tables.wheels.turning)) / (track * track);
    const along = random.normal(Math.sqrt((slip2 * metres) / 2)) + scale * metres;
    const across = random.normal(SIDEWAYS * Math.sqrt(slip2 * metres));
    const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
    noise[0] = c * along - s * across;
    noise[1] = s * along + c * across;
    noise[2] = random.normal(Math.sqrt(turn)) + (difference * metres) / track;
    const constant = calibration * calibration * HONEST_LENGTH * (metres + rim / 2);
    believed[0] = ((slip2 * metres) / 2 + constant) / (2 * doubt);
    believed[1] = (turn + (square(DIFFERENCE) * constant) / (track * track)) / doubt;
  }
}

function square(value: number): number {
  return value * value;
}
