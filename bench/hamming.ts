import { Random } from '../base/random.ts';
import { type Bench, fixed } from './bench.ts';
import { withOpenCv } from './native-opencv.ts';
import { sideBySide } from './side-by-side.ts';

const COUNT = 1000;
const BYTES = 32;
const CALLS = 20;

/** Brute-force matching of binary descriptors against OpenCV's. Ours also applies the ratio test and the mutual check. */
export const hammingBench: Bench = {
  name: 'hamming',
  about:
    '1,000 × 1,000 descriptors, 2 nearest, one thread: CPU ms, beside native OpenCV (≤ 0.5×, aim ≤ 0.3×)',
  run: ({ kernels, stop }) =>
    withOpenCv(async (openCv) => {
      const random = new Random('bench/hamming');
      const [a, b] = [0, 1].map(() => Uint8Array.from({ length: COUNT * BYTES }, () => random.int(256)));
      const matches = new Int32Array(COUNT);
      const args = ['hamming', (await openCv?.file('a', a)) ?? '', (await openCv?.file('b', b)) ?? ''];
      const call = () => kernels.matchBruteForce(a, b, 8 * BYTES, 1, matches);
      const { ours, theirs, ratio } = await sideBySide(CALLS, call, openCv, args, stop);
      const baseline = openCv ? fixed(theirs, 2) : 'not installed';
      return {
        head: ['descriptors', 'ours ms', 'OpenCV ms', 'ratio'],
        rows: [[`${COUNT} × ${COUNT}`, fixed(ours, 2), baseline, fixed(ratio, 2)]],
      };
    }),
};
