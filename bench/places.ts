import { Random } from '../base/random.ts';
import { describePlace } from '../slam/team/places.ts';
import { PlaceRecogniser } from '../slam/team/recognition.ts';
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
import { recordedViews, SAME_WAY } from './places/recording.ts';
import { judgePeerLoop, teammates, trueViews } from './places/teammates.ts';
import { officeViews, SHARED_SURFACE, type TrueView } from './places/views.ts';

/** Not those that place recognition was tuned on (1, 2, 3). */
const SEEDS = [11, 12, 13];
/** Shares of walls whose pattern repeats. */
const REPEATED = [0, 0.1];
/** A place seen less than this ago is no loop, seconds. */
const AGO = 20;
/** Real images: a recording, and how much earlier what is looked for was seen, seconds. */
const RECORDING = 'tum_fr1_rpy_first150';
const NOT_ADJACENT = 1;

type Row = (string | number)[];

/**
 * Place recognition in simulated offices, held against matching each view with all earlier ones; and of one robot's keyframes in
 * another's map.
 */
export const placesBench: Bench = {
  name: 'places',
  about:
    'places recognised on rounds of simulated offices: recall at 100 % precision (≥ 80 %), and at the score that counts',
  async run(context) {
    const rows: Row[] = [...(await room(context))];
    for (const repeated of REPEATED) {
      for (const seed of SEEDS) {
        if (context.stop.aborted) break;
        rows.push(...(await office(context, seed, repeated)));
      }
    }
    return {
      head: ['where', 'by', 'views', 'known', 'recall at 100 %', 'recall %', 'precision %', 'CPU ms'],
      rows,
    };
  },
};

async function office(context: BenchContext, seed: number, repeated: number): Promise<Row[]> {
  context.say(`places: office ${seed}, ${100 * repeated} % of walls alike`);
  const { kernels } = context;
  const { rig, views } = await officeViews(context, seed, repeated);
  const where = `office ${seed}, ${100 * repeated} % alike`;
  const alone = [
    indexed(SHARED_SURFACE),
    verified(kernels, rig, SHARED_SURFACE, false),
    verified(kernels, rig, SHARED_SURFACE, true),
    bruteForce(kernels, rig, SHARED_SURFACE, 24),
  ].map((recogniser) => row(where, recogniser, views, AGO));
  return [...alone, await together(context, where, seed, repeated)];
}

/** Whether one robot's map knows the places that another describes. */
async function together(context: BenchContext, where: string, seed: number, repeated: number): Promise<Row> {
  const [own, peer] = await teammates(context, seed, repeated);
  const recogniser = new PlaceRecogniser(own.map, peer.rig, context.kernels, new Random('bench/teammates'));
  const places = trueViews(own);
  const answers: Answer[] = [];
  let cpuMs = 0;
  for (const query of trueViews(peer)) {
    const place = describePlace(peer.map, query.id);
    const before = process.cpuUsage();
    const loop = recogniser.recognise(place);
    cpuMs += cpuMsSince(before);
    answers.push(judgePeerLoop(loop, own, peer, query, places));
  }
  return rowOf(where, "another robot's keyframes", answers, 1, cpuMs);
}

/** A room seen by a hand-held camera that mostly turns: the ways it looks are the places. */
async function room({ kernels, say }: BenchContext): Promise<Row[]> {
  const recorded = await recordedViews(RECORDING, kernels);
  if (!recorded) {
    say(`places: ${RECORDING} is not there, its rows are left out`);
    return [];
  }
  const { rig, views } = recorded;
  return [
    indexed(SAME_WAY),
    verified(kernels, rig, SAME_WAY, false),
    bruteForce(kernels, rig, SAME_WAY, 5),
  ].map((recogniser) => row(RECORDING, recogniser, views, NOT_ADJACENT));
}

function row(where: string, recogniser: Recogniser, views: readonly TrueView[], ago: number): Row {
  const { answers, cpuMs } = ask(recogniser, views, ago);
  return rowOf(where, recogniser.by, answers, recogniser.enough, cpuMs);
}

/** @param enough score from which an answer is believed */
function rowOf(where: string, by: string, answers: readonly Answer[], enough: number, cpuMs: number): Row {
  return [
    where,
    by,
    answers.length,
    answers.filter(({ possible }) => possible).length,
    fixed(100 * recallAtFullPrecision(answers), 1),
    fixed(100 * recallAbove(answers, enough), 1),
    fixed(100 * precisionAbove(answers, enough), 1),
    fixed(cpuMs / answers.length, 2),
  ];
}

/** Each view is asked about once all places seen at least `ago` seconds before are known. */
function ask(recogniser: Recogniser, views: readonly TrueView[], ago: number) {
  const answers: Answer[] = [];
  let known = 0;
  let cpuMs = 0;
  for (let q = 0; q < views.length; q += recogniser.every) {
    const query = views[q];
    while (views[known].time <= query.time - ago) recogniser.add(views[known++]);
    const before = process.cpuUsage();
    const answer = recogniser.recognise(query);
    cpuMs += cpuMsSince(before);
    answers.push(answer(views.slice(0, known)));
  }
  return { answers, cpuMs };
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
