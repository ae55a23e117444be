import type { NativeOpenCv } from './native-opencv.ts';

const ROUNDS = 7;

export interface SideBySide {
  /** CPU milliseconds a call: medians over the rounds; NaN where there is no OpenCV. */
  readonly ours: number;
  readonly theirs: number;
  /** Median of the rounds' ratios. */
  readonly ratio: number;
}

/** Takes turns, so that both meet the same machine. One round is not counted: the engine is still compiling. */
export async function sideBySide(
  calls: number,
  ours: () => void,
  openCv: NativeOpenCv | null,
  args: readonly (string | number)[],
  stop: AbortSignal,
): Promise<SideBySide> {
  const rounds: SideBySide[] = [];
  for (let round = 0; round <= ROUNDS && !stop.aborted; round++) {
    const mine = cpuMs(calls, ours);
    const theirs = openCv ? await openCv.measure(...args, calls) : Number.NaN;
    if (round > 0) rounds.push({ ours: mine, theirs, ratio: mine / theirs });
  }
  const median = (key: keyof SideBySide) => {
    const values = rounds.map((round) => round[key]).sort((a, b) => a - b);
    return values[values.length >> 1] ?? Number.NaN;
  };
  return { ours: median('ours'), theirs: median('theirs'), ratio: median('ratio') };
}

function cpuMs(calls: number, call: () => void): number {
  const start = process.cpuUsage();
  for (let i = 0; i < calls; i++) call();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / calls;
}
