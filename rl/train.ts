import { InputError } from '../base/errors.ts';
import { Random } from '../base/random.ts';
import type { Actors, Plays } from './actors.ts';
import { Learner, type LearnerState } from './learner/learner.ts';
import { FEATURES } from './network/features.ts';
import { initialWeights } from './network/initialise.ts';
import { NetworkLayout } from './network/layers.ts';
import { batchOf } from './replay/batch.ts';
import type { Episode } from './replay/episode.ts';
import { Replay } from './replay/replay.ts';
import { explorationOf, type TrainingConfig } from './training-config.ts';

/** Where a training stands between two rounds: with its config, all it takes to go on to the bit. */
export interface Snapshot {
  /** Rounds done. */
  readonly round: number;
  readonly learner: LearnerState;
  /** Weights with which the next round's episodes are played. */
  readonly acting: Float32Array;
  readonly episodes: readonly Episode[];
  readonly chances: Float64Array;
  readonly best: Best;
}

/** What did best in validation so far, and how well; before the first validation, what a training begins with. */
export interface Best {
  readonly round: number;
  readonly score: number;
  readonly weights: Float32Array;
}

/** What a round came to. */
export interface RoundReport {
  /** Rounds done, this one included. */
  readonly round: number;
  /** Mean score of its episodes, and how curiously they were played; whether a teacher played them. */
  readonly score: number;
  readonly exploration: number;
  readonly taught: boolean;
  /** Means over its steps. */
  readonly loss: number;
  readonly error: number;
  /** Steps so far, and team decisions remembered. */
  readonly steps: number;
  readonly decisions: number;
  /** Mean score of the validation episodes, where it was their turn. */
  readonly validation: number | null;
}

export interface TrainingOptions {
  readonly config: TrainingConfig;
  readonly actors: Actors;
  /** From where to go on; null: from the beginning. */
  readonly from: Snapshot | null;
  /** Stops after the round under way. */
  readonly stop: AbortSignal;
  /** After every round; the next one waits for it. `fresh`: episodes that the snapshot before did not hold. */
  onRound(report: RoundReport, snapshot: Snapshot, fresh: readonly Episode[]): Promise<void>;
}

/**
 * The learning loop. Round by round a fixed list of episodes is played and learned from. While the steps of a round are learned,
 * the next round's episodes are played already, with the weights from before those steps: so nothing depends on who is faster, nor
 * on how many play.
 * @returns the weights that did best in validation
 * @throws InputError where a loss is no number any more
 */
export async function train({ config, actors, from, stop, onRound }: TrainingOptions): Promise<Best> {
  const start = from ?? beginning(config);
  const learner = new Learner(config.network, FEATURES, config.learner, start.learner);
  const replay = new Replay(config.replay, config.priority);
  replay.restore(start.episodes, start.chances);
  let best = start.best;
  let playing = play(actors, config, start.round, start.acting);
  for (let round = start.round; round < config.rounds && !stop.aborted; round++) {
    const fresh = await playing;
    for (const episode of fresh) replay.add(episode);

    const acting = await learner.weights();
    playing = play(actors, config, round + 1, acting);
    const learned = await learn(learner, replay, config, round);

    const learnerState = await learner.state();
    const validation = await validate(actors, config, round, learnerState.online);
    if (validation !== null && !(validation <= best.score))
      best = { round: round + 1, score: validation, weights: learnerState.online };

    const chances = replay.chances();
    const snapshot = {
      round: round + 1,
      learner: learnerState,
      acting,
      episodes: replay.episodes,
      chances,
      best,
    };
    const { exploration, taught } = playsOf(config, round, acting);
    const report = {
      round: round + 1,
      score: mean(fresh.map(({ score }) => score)),
      exploration,
      taught,
      ...learned,
      steps: learnerState.steps,
      decisions: replay.size,
      validation,
    };
    await onRound(report, snapshot, fresh);
  }
  learner.dispose();
  return best;
}

function beginning({ network, seed }: TrainingConfig): Snapshot {
  const layout = new NetworkLayout(network, FEATURES);
  const weights = initialWeights(layout, new Random(`training/${seed}/weights`));
  const zeros = new Float32Array(layout.count);
  return {
    round: 0,
    learner: { steps: 0, online: weights, target: weights, first: zeros, second: zeros },
    acting: weights,
    episodes: [],
    chances: Float64Array.of(1),
    best: { round: 0, score: Number.NaN, weights },
  };
}

/** Begins to play a round's episodes. */
function play(
  actors: Actors,
  config: TrainingConfig,
  round: number,
  weights: Float32Array,
): Promise<Episode[]> {
  if (round >= config.rounds) return Promise.resolve([]);
  const playing = actors.play(playsOf(config, round, weights));
  // Reported where it is waited for; a training that stops does not wait.
  playing.catch(() => {});
  return playing;
}

function playsOf(config: TrainingConfig, round: number, weights: Float32Array): Plays {
  const ids = Array.from({ length: config.episodes }, (_, i) => round * config.episodes + i);
  const taught = round < config.imitation.rounds;
  const exploration = explorationOf(config, round);
  return { list: 'training', ids, weights, exploration, dropFeatures: config.dropFeatures, taught };
}

interface Learned {
  readonly loss: number;
  readonly error: number;
}

async function learn(
  learner: Learner,
  replay: Replay,
  config: TrainingConfig,
  round: number,
): Promise<Learned> {
  const random = new Random(`training/${config.seed}/draws/round${round}`);
  const [losses, errors]: [number[], number[]] = [[], []];
  for (let step = 0; step < config.steps; step++) {
    const draws = replay.draw(config.batch, random);
    const result = await learner.step(batchOf(draws, config.horizon, config.network.reads, FEATURES));
    if (!Number.isFinite(result.loss)) throw lostItsWay(config, round, result.loss);
    if (config.priority.exponent > 0) replay.note(draws, result.errors);
    losses.push(result.loss);
    errors.push(mean(result.errors));
    await breathe();
  }
  return { loss: mean(losses), error: mean(errors) };
}

function lostItsWay({ learner }: TrainingConfig, round: number, loss: number): InputError {
  return new InputError(
    `round ${round + 1}`,
    `the loss became ${loss}; the checkpoint of round ${round} is whole. Lower learner.learningRate ` +
      `(${learner.learningRate}) or learner.gradientNorm (${learner.gradientNorm})`,
  );
}

/** @returns the mean score without exploration, or null where it is not the round for it */
async function validate(
  actors: Actors,
  { validation }: TrainingConfig,
  round: number,
  weights: Float32Array,
): Promise<number | null> {
  if ((round + 1) % validation.every !== 0) return null;
  const ids = Array.from({ length: validation.episodes }, (_, i) => i);
  const episodes = await actors.play({
    list: 'validation',
    ids,
    weights,
    exploration: 0,
    dropFeatures: 0,
    taught: false,
  });
  return mean(episodes.map(({ score }) => score));
}

/** Lets those who wait for an answer have it: a step of learning holds the thread. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function mean(numbers: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += numbers[i];
  return sum / Math.max(1, numbers.length);
}
