import { InputError } from '../../base/errors.ts';
import type { BalProblem } from '../optimize/bundle/bal-problem.ts';

/** The least a number takes in a file: a digit and what separates it from the next. */
const LEAST_CHARACTERS = 2;

/**
 * A BAL file: three counts (cameras, points, observations); a line an observation, `camera point x y`; then 9 numbers a camera
 * and 3 a point. Observations come out sorted by point.
 * @param path for messages
 * @throws InputError that says which line is wrong and what would be right
 */
export function parseBal(text: string, path: string): BalProblem {
  const scanner = new Scanner(text, path);
  const [cameras, points, observations] = ['cameras', 'points', 'observations'].map((what) =>
    scanner.index(Number.MAX_SAFE_INTEGER, `a number of ${what}`),
  );
  if (cameras === 0 || points === 0 || observations === 0)
    throw scanner.error('the counts should be positive');
  const numbers = 4 * observations + 9 * cameras + 3 * points;
  if (LEAST_CHARACTERS * numbers - 1 > text.length) {
    throw scanner.error(
      `${cameras} cameras, ${points} points and ${observations} observations do not fit in the file`,
    );
  }
  const camera = new Int32Array(observations);
  const point = new Int32Array(observations);
  const pixels = new Float64Array(2 * observations);
  for (let o = 0; o < observations; o++) {
    camera[o] = scanner.index(cameras, 'a camera');
    point[o] = scanner.index(points, 'a point');
    pixels[2 * o] = scanner.number();
    pixels[2 * o + 1] = scanner.number();
  }
  const problem = {
    cameras: Float64Array.from({ length: 9 * cameras }, () => scanner.number()),
    points: Float64Array.from({ length: 3 * points }, () => scanner.number()),
    ...sortedByPoint(camera, point, pixels, points),
  };
  scanner.expectEnd();
  return problem;
}

/** The file of a problem, all numbers in full. */
export function formatBal(problem: BalProblem): string {
  const { cameras, points, observationCamera, observationPoint, observations } = problem;
  const lines = [`${cameras.length / 9} ${points.length / 3} ${observationPoint.length}`];
  for (let o = 0; o < observationPoint.length; o++) {
    lines.push(
      `${observationCamera[o]} ${observationPoint[o]} ${observations[2 * o]} ${observations[2 * o + 1]}`,
    );
  }
  for (const value of cameras) lines.push(String(value));
  for (const value of points) lines.push(String(value));
  return `${lines.join('\n')}\n`;
}

/** Counting sort, observations of one point in the order they came. */
function sortedByPoint(camera: Int32Array, point: Int32Array, pixels: Float64Array, points: number) {
  const next = new Int32Array(points + 1);
  for (const p of point) next[p + 1]++;
  for (let p = 0; p < points; p++) next[p + 1] += next[p];
  const observationCamera = new Int32Array(camera.length);
  const observationPoint = new Int32Array(camera.length);
  const observations = new Float64Array(pixels.length);
  for (let o = 0; o < camera.length; o++) {
    const at = next[point[o]]++;
    observationCamera[at] = camera[o];
    observationPoint[at] = point[o];
    observations[2 * at] = pixels[2 * o];
    observations[2 * at + 1] = pixels[2 * o + 1];
  }
  return { observationCamera, observationPoint, observations };
}

const SPACE = 32;
const NEWLINE = 10;

/** Words of a text one after the other, and the line they stand on. */
class Scanner {
  private readonly text: string;
  private readonly path: string;
  private at = 0;
  private line = 1;

  constructor(text: string, path: string) {
    this.text = text;
    this.path = path;
  }

  number(): number {
    const word = this.word();
    if (word === '') throw this.error('the file ends too early; a number should follow');
    const value = Number(word);
    if (!Number.isFinite(value)) throw this.error(`"${word}" should be a number`);
    return value;
  }

  /** A whole number from 0 to below `end`. */
  index(end: number, what: string): number {
    const value = this.number();
    if (Number.isInteger(value) && value >= 0 && value < end) return value;
    const range = end === Number.MAX_SAFE_INTEGER ? 'a whole number' : `from 0 to ${end - 1}`;
    throw this.error(`${value} is not ${what}; it should be ${range}`);
  }

  expectEnd(): void {
    const word = this.word();
    if (word !== '') throw this.error(`the file should end here, but "${word}" follows`);
  }

  error(what: string): InputError {
    return new InputError(`${this.path}:${this.line}`, what);
  }

  private word(): string {
    const { text } = this;
    let code = text.charCodeAt(this.at);
    while (code <= SPACE) {
      if (code === NEWLINE) this.line++;
      code = text.charCodeAt(++this.at);
    }
    const start = this.at;
    while (code > SPACE) code = text.charCodeAt(++this.at);
    return text.slice(start, this.at);
  }
}
