import { type Bench, type BenchContext, fixed } from './bench.ts';
import {
  type Answer,
  bruteForce,
  indexed,
  precisionAbove,
  type Recogniser,
  recallAbove,
  recallAtFullPrecision,
  verified,
} from './places/recognition.ts';
import { officeViews, type TrueView } from './places/views.ts';

/** Not those that place recognition was tuned on (1, 2, 3). */
const SEEDS = [1, 2, 3];
/** Shares of walls whose pattern repeats. */
const REPEATED = [0, 0.1];
/** A place seen less than this ago is no loop, seconds. */
const AGO = 20;

/** Place recognition in simulated offices, held against matching each view with all earlier ones. */
export const placesBench: Bench = {
  name: 'places',
  about:
    'places recognised on rounds of simulated offices: recall at 100 % precision (≥ 80 %), and at the score that counts',
  async run(context) {
    const rows: (string | number)[][] = [];
    for (const repeated of REPEATED) {
      for (const seed of SEEDS) {
        if (context.stop.aborted) break;
        rows.push(...(await office(context, seed, repeated)));
      }
    }
    return {
      head: [
        'office',
        'alike',
        'by',
        'views',
        'known',
        'recall at 100 %',
        'recall %',
        'precision %',
        'CPU ms',
      ],
      rows,
    };
  },
};

async function office(context: BenchContext, seed: number, repeated: number): Promise<(string | number)[][]> {
  context.say(`places: office ${seed}, ${100 * repeated} % of walls alike`);
  const { rig, views } = await officeViews(context, seed, repeated);
  return [
    indexed(),
    verified(context.kernels, rig, false),
    verified(context.kernels, rig, true),
    bruteForce(context.kernels, rig),
  ].map((recogniser) => {
    const { answers, cpuMs } = ask(recogniser, views);
    return [
      seed,
      repeated,
      recogniser.by,
      answers.length,
      answers.filter(({ possible }) => possible).length,
      fixed(100 * recallAtFullPrecision(answers), 1),
      fixed(100 * recallAbove(answers, recogniser.enough), 1),
      fixed(100 * precisionAbove(answers, recogniser.enough), 1),
      fixed(cpuMs / answers.length, 2),
    ];
  });
}

/** Each view is asked about once all places seen at least `AGO` seconds before are known. */
function ask(recogniser: Recogniser, views: readonly TrueView[]) {
  const answers: Answer[] = [];
  let known = 0;
  let cpuMs = 0;
  for (let q = 0; q < views.length; q += recogniser.every) {
    const query = views[q];
    while (views[known].time <= query.time - AGO) recogniser.add(views[known++]);
    const before = process.cpuUsage();
    const answer = recogniser.recognise(query);
    const { user, system } = process.cpuUsage(before);
    cpuMs += (user + system) / 1000;
    answers.push(answer(views.slice(0, known)));
  }
  return { answers, cpuMs };
}
