import { type Bench, fixed } from './bench.ts';
import { withOpenCv } from './native-opencv.ts';
import { pictures } from './pictures.ts';
import { sideBySide } from './side-by-side.ts';

const FEATURES = 1000;
const PYRAMID = { levels: 8, scaleFactor: 1.2 };
const THRESHOLDS = { initialThreshold: 20, minimumThreshold: 7 };
const CALLS = 20;

/** The pixel front end against OpenCV's on the same bytes. */
export const orbBench: Bench = {
  name: 'orb',
  about:
    'ORB, 1,000 features, 8 levels, one thread: CPU ms an image, beside native OpenCV (≤ 1.5×, aim ≤ 1.0×)',
  run: ({ kernels, say, stop }) =>
    withOpenCv(async (openCv) => {
      const rows: (string | number)[][] = [];
      for (const { name, width, height, data } of await pictures()) {
        say(`orb: ${name}`);
        const extractor = kernels.features.newExtractor({
          ...{ width, height, features: FEATURES },
          ...{ ...PYRAMID, ...THRESHOLDS },
        });
        const args = ['orb', (await openCv?.file('grey', data)) ?? '', width, height, FEATURES];
        const { ours, theirs, ratio } = await sideBySide(
          ...([CALLS, () => extractor.extract(data), openCv, args, stop] as const),
        );
        const found = extractor.extract(data).count;
        rows.push([
          ...[name, `${width}×${height}`, found, fixed(ours, 2)],
          ...[openCv ? fixed(theirs, 2) : 'not installed', fixed(ratio, 2)],
        ]);
        if (stop.aborted) break;
      }
      return { head: ['image', 'size', 'keypoints', 'ours ms', 'OpenCV ms', 'ratio'], rows };
    }),
};
