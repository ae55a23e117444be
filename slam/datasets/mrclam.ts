import { InputError } from '../../base/errors.ts';
import type { FileSource } from './recording.ts';
import { readText } from './text.ts';

/**
 * UTIAS MRCLAM, multi-robot cooperative localisation and mapping (Leung, Halpern, Barfoot, Liu, IJRR 2011): robots that know their
 * wheels, and range and bearing of whatever barcode they see, on a landmark or on each other. All move on one plane.
 */
export interface MrclamRecording {
  /** By rising id. */
  readonly robots: readonly MrclamRobot[];
  /** Position of each landmark by its subject number, metres. */
  readonly landmarks: ReadonlyMap<number, readonly [x: number, y: number]>;
}

export interface MrclamRobot {
  /** Its subject number. */
  readonly id: number;
  readonly odometry: Velocities;
  readonly sightings: Sightings;
  /** Barcodes it read that belong to nobody, or to itself. */
  readonly misread: number;
}

/** Each holds until the next. */
export interface Velocities {
  /** Seconds, rising. */
  readonly times: Float64Array;
  /** m/s ahead. */
  readonly forward: Float64Array;
  /** rad/s, positive to the left. */
  readonly turning: Float64Array;
}

export interface Sightings {
  /** Seconds, never falling: what one image shows has one time. */
  readonly times: Float64Array;
  /** Whom or what: the subject number its barcode stands for. */
  readonly subjects: Int32Array;
  /** Metres. */
  readonly ranges: Float64Array;
  /** Radians, positive to the left. */
  readonly bearings: Float64Array;
}

/** Poses on the plane over time. */
export interface PlanarTrajectory {
  /** Seconds, rising. */
  readonly times: Float64Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Radians, in (−π, π] or not. */
  readonly yaw: Float64Array;
}

const BARCODES = 'Barcodes.dat';
const LANDMARKS = 'Landmark_Groundtruth.dat';
const ROBOT_FILE = /^Robot(\d+)_Odometry\.dat$/;

/** Columns of a file: their names, for messages. */
const COLUMNS = {
  barcodes: ['subject', 'barcode'],
  landmarks: ['subject', 'x', 'y', 'standard deviation of x', 'of y'],
  odometry: ['time', 'forward velocity', 'angular velocity'],
  sightings: ['time', 'barcode', 'range', 'bearing'],
  truth: ['time', 'x', 'y', 'orientation'],
} as const;

/**
 * Reads what the robots of a recording had: never their true poses.
 * @throws InputError naming file and line where it is no such recording, or something in it makes no sense
 */
export async function readMrclam(folder: string, files: FileSource): Promise<MrclamRecording> {
  const ids = await robotsIn(folder, files);
  const subjectOf = await readBarcodes(files, `${folder}/${BARCODES}`);
  const landmarks = await readLandmarks(files, `${folder}/${LANDMARKS}`);
  const robots: MrclamRobot[] = [];
  for (const id of ids) {
    const odometry = await readOdometry(files, `${folder}/Robot${id}_Odometry.dat`);
    const path = `${folder}/Robot${id}_Measurement.dat`;
    robots.push({ id, odometry, ...(await readSightings(files, path, id, subjectOf)) });
  }
  return { robots, landmarks };
}

/**
 * Reads where a robot really was. It is for those who judge an estimate, and for a pose to begin at.
 * @throws InputError naming file and line
 */
export async function readMrclamTruth(
  folder: string,
  files: FileSource,
  robot: number,
): Promise<PlanarTrajectory> {
  const path = `${folder}/Robot${robot}_Groundtruth.dat`;
  const table = await readTable(files, path, COLUMNS.truth);
  requireRising(table);
  const [times, x, y, yaw] = table.columns;
  return { times, x, y, yaw };
}

async function robotsIn(folder: string, files: FileSource): Promise<number[]> {
  const right = 'it should hold Barcodes.dat, Landmark_Groundtruth.dat and Robot1_Odometry.dat and so on';
  if (!(await files.exists(folder))) throw new InputError(folder, `is not there; ${right}`);
  const names = await files.list(folder).catch((error: Error) => {
    throw new InputError(folder, `${error.message}; ${right}`);
  });
  const ids = names.map((name) => Number(ROBOT_FILE.exec(name)?.[1])).filter(Number.isInteger);
  if (ids.length === 0) throw new InputError(folder, `is no MRCLAM recording; ${right}`);
  return ids.sort((a, b) => a - b);
}

async function readBarcodes(files: FileSource, path: string): Promise<Map<number, number>> {
  const { columns, whereOf } = await readTable(files, path, COLUMNS.barcodes);
  const subjectOf = new Map<number, number>();
  const [subjects, barcodes] = columns;
  subjects.forEach((subject, i) => {
    const other = subjectOf.get(barcodes[i]);
    if (other !== undefined)
      throw new InputError(
        whereOf(i),
        `barcode ${barcodes[i]} is already that of subject ${other}; each should have its own`,
      );
    subjectOf.set(barcodes[i], subject);
  });
  return subjectOf;
}

async function readLandmarks(files: FileSource, path: string): Promise<Map<number, [number, number]>> {
  const { columns } = await readTable(files, path, COLUMNS.landmarks);
  const [subjects, x, y] = columns;
  return new Map(Array.from(subjects, (subject, i) => [subject, [x[i], y[i]]]));
}

async function readOdometry(files: FileSource, path: string): Promise<Velocities> {
  const table = await readTable(files, path, COLUMNS.odometry);
  requireRising(table);
  const [times, forward, turning] = table.columns;
  return { times, forward, turning };
}

async function readSightings(
  files: FileSource,
  path: string,
  robot: number,
  subjectOf: ReadonlyMap<number, number>,
): Promise<Pick<MrclamRobot, 'sightings' | 'misread'>> {
  const table = await readTable(files, path, COLUMNS.sightings, { mayBeEmpty: true });
  requireRising(table);
  const [times, barcodes, ranges, bearings] = table.columns;
  ranges.forEach((range, i) => {
    if (range <= 0)
      throw new InputError(table.whereOf(i), `range ${range} should be a distance above 0, in metres`);
    if (Math.abs(bearings[i]) > 2 * Math.PI)
      throw new InputError(table.whereOf(i), `bearing ${bearings[i]} should be an angle in radians`);
  });
  const known = Array.from(barcodes.keys()).filter((i) => {
    const subject = subjectOf.get(barcodes[i]);
    return subject !== undefined && subject !== robot;
  });
  const select = (column: Float64Array) => Float64Array.from(known, (i) => column[i]);
  return {
    sightings: {
      times: select(times),
      subjects: Int32Array.from(known, (i) => subjectOf.get(barcodes[i])!),
      ranges: select(ranges),
      bearings: select(bearings),
    },
    misread: times.length - known.length,
  };
}

interface Table {
  readonly columns: readonly Float64Array[];
  /** `path:line` of a row, for messages. */
  whereOf(row: number): string;
}

/** Numbers with blanks between them, a row a line, `#` begins a comment. */
async function readTable(
  files: FileSource,
  path: string,
  names: readonly string[],
  { mayBeEmpty = false } = {},
): Promise<Table> {
  const text = await readText(files, path, `it should hold a line for each of: ${names.join(', ')}`);
  const lines = text.split('\n');
  const columns = names.map(() => new Float64Array(lines.length));
  const lineOf = new Int32Array(lines.length);
  let rows = 0;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i].trim();
    if (line === '' || line.startsWith('#')) continue;
    const cells = line.split(/\s+/);
    const sound = cells.length === names.length && cells.every((cell) => Number.isFinite(Number(cell)));
    if (!sound) {
      const shown = line.length > 60 ? `${line.slice(0, 60)}…` : line;
      throw new InputError(
        `${path}:${i + 1}`,
        `"${shown}" should be ${names.length} numbers: ${names.join(', ')}`,
      );
    }
    columns.forEach((column, k) => {
      column[rows] = Number(cells[k]);
    });
    lineOf[rows++] = i + 1;
  }
  if (rows === 0 && !mayBeEmpty)
    throw new InputError(path, `is empty; it should hold lines of ${names.join(', ')}`);
  return {
    columns: columns.map((column) => column.slice(0, rows)),
    whereOf: (row) => `${path}:${lineOf[row]}`,
  };
}

/** @throws InputError where the time, in the first column, goes back */
function requireRising({ columns: [times], whereOf }: Table): void {
  for (let i = 1; i < times.length; i++) {
    if (times[i] < times[i - 1])
      throw new InputError(
        whereOf(i),
        `time ${times[i]} comes before the line above it, ${times[i - 1]}; times should rise`,
      );
  }
}
