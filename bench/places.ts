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

/** Not those that place recognition was tuned on (1, 2). */
const SEEDS = [11, 12, 13];
const DURATION = 200;
/** A place seen less than this ago is no loop, seconds. */
const AGO = 20;

/** Place recognition in simulated offices, held against matching each view with all earlier ones. */
export const placesBench: Bench = {
  name: 'places',
  about:
    'places recognised in simulated offices, own and of a teammate: recall at 100 % precision (≥ 80 %), and at the score that counts',
  async run(context) {
    const rows: (string | number)[][] = [];
    for (const seed of SEEDS) {
      if (context.stop.aborted) break;
      rows.push(...(await office(context, seed)));
    }
    return {
      head: [
        'office',
        'places of',
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

async function office(context: BenchContext, seed: number): Promise<(string | number)[][]> {
  context.say(`places: office ${seed}`);
  const { rig, robots } = await officeViews(context, seed, DURATION);
  const rows: (string | number)[][] = [];
  for (const [whose, queries, ago] of [
    ['its own', robots[0], AGO],
    ['a teammate', robots[1], Number.NEGATIVE_INFINITY],
  ] as const) {
    for (const recogniser of [
      indexed(),
      verified(context.kernels, rig, false),
      verified(context.kernels, rig, true),
      bruteForce(context.kernels, rig),
    ]) {
      const { answers, cpuMs } = ask(recogniser, queries, robots[0], ago);
      rows.push([
        seed,
        whose,
        recogniser.by,
        answers.length,
        answers.filter(({ possible }) => possible).length,
        fixed(100 * recallAtFullPrecision(answers), 1),
        fixed(100 * recallAbove(answers, recogniser.enough), 1),
        fixed(100 * precisionAbove(answers, recogniser.enough), 1),
        fixed(cpuMs / answers.length, 2),
      ]);
    }
  }
  return rows;
}

/** Each view is asked about once all places seen at least `ago` seconds before are known. */
function ask(recogniser: Recogniser, queries: readonly TrueView[], places: readonly TrueView[], ago: number) {
  const answers: Answer[] = [];
  let known = 0;
  let cpuMs = 0;
  for (let q = 0; q < queries.length; q += recogniser.every) {
    const query = queries[q];
    while (known < places.length && places[known].time <= query.time - ago) recogniser.add(places[known++]);
    const before = process.cpuUsage();
    const answer = recogniser.recognise(query);
    const { user, system } = process.cpuUsage(before);
    cpuMs += (user + system) / 1000;
    answers.push(answer(places.slice(0, known)));
  }
  return { answers, cpuMs };
}
