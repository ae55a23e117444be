import * as z from 'zod';
import type { TrainingConfig } from '../../rl/training-config.ts';
import { listed, named, place, ranged, withEach } from '../experiment/schema.ts';
import type { FileKind } from '../yaml.ts';

/** The training file: what is learned, where, and how. */

const share = z.number().min(0).max(1);
const count = z.int().min(1);
const notNegative = z.number().min(0);
const width = z.int().min(1).max(4096);

const network = z
  .strictObject({
    reads: z
      .enum(['team', 'pair', 'own'])
      .describe(
        "What a choice is judged by: the whole team through attention, the two robots concerned, or one's own row",
      )
      .default('team'),
    credit: z
      .enum(['team', 'own'])
      .describe("team: robots' Q sum to the team's value; own: each is learned by itself")
      .default('team'),
    dueling: z.boolean().describe('Q(observe j) is Q(map) and what more it is worth').default(true),
    hidden: width.describe("Width of the encoder's hidden layer").default(64),
    embedding: width.describe('Numbers that stand for a robot').default(48),
    pair: width.describe('Numbers that stand for a pair').default(16),
    head: width.describe("Width of the heads' hidden layers").default(64),
    attention: z.int().min(1).max(16).describe('Heads of attention').default(1),
  })
  .describe('The network')
  .prefault({});

const learner = z
  .strictObject({
    learningRate: z.number().positive().describe("Adam's").default(1e-3),
    gradientNorm: z.number().positive().describe('Longer gradients are shortened to it').default(5),
    targetRate: share.describe('How far the target network follows at each step').default(0.01),
    doubleQ: z.boolean().describe('The learned network chooses, the target network values').default(true),
    margin: notNegative
      .describe("By how much a teacher's choice is to be above the others, tenths of the score")
      .default(0.1),
    marginWeight: notNegative.describe('What falling short of that counts; 0: nothing').default(0),
  })
  .describe('How a step is learned')
  .prefault({});

const places = z.array(place).min(1);

export const trainingSchema = z
  .strictObject({
    name: z.string().min(1).describe('Short name, used in titles and folders'),
    description: z.string().describe('One sentence: what it is to show').default(''),
    policy: z.enum(['mas-dqn', 'independent-dqn']).describe('What the model is called').default('mas-dqn'),
    scenarios: places.describe('Where it learns: names or files, or keys for more than a name'),
    teamSizes: z
      .array(z.int().min(1).max(64))
      .min(1)
      .describe('Numbers of robots it learns with; also for validation')
      .default([3, 4, 5, 6]),
    fidelity: z
      .enum(['statistical', 'features'])
      .describe('Where missions are played')
      .default('statistical'),
    duration: z
      .number()
      .positive()
      .max(86_400)
      .describe('Seconds, instead of what the scenarios say')
      .optional(),
    seed: z.int().min(0).describe('Of the weights, of what is explored and remembered').default(1),
    rounds: count.describe('A round: `episodes` are played, then `steps` are learned').default(400),
    episodes: count.describe('Missions a round').default(16),
    steps: count.describe('Steps of learning a round').default(32),
    network,
    learner,
    batch: count.describe('Team decisions a step').default(256),
    horizon: notNegative.describe('Seconds of rewards taken as they came; 0: one interval').default(15),
    replay: count.describe('Team decisions remembered').default(20_000),
    priority: z
      .strictObject({
        exponent: share.describe('0: all alike; else what surprised more is drawn more often').default(0),
        correction: share.describe('How far weights make up for that').default(0.6),
      })
      .describe('What is drawn from the memory')
      .prefault({}),
    exploration: z
      .strictObject({
        start: share.describe('Chance of a choice by lot at first').default(0.5),
        end: share.describe('and at last').default(0.03),
        rounds: count.describe('Within so many rounds').default(150),
        hold: notNegative.describe('Seconds such a choice is held on average').default(20),
      })
      .describe('How curiously missions are played')
      .prefault({}),
    dropFeatures: share.describe('Chance of a feature to be missing throughout a mission').default(0.05),
    imitation: z
      .strictObject({
        teacher: z.string().min(1).describe('A policy').default('lookahead'),
        rounds: z.int().min(0).describe('Rounds that it plays at the beginning').default(0),
      })
      .describe('Whom to learn from first')
      .prefault({}),
    validation: z
      .strictObject({
        scenarios: places.describe('Where it is judged while it learns: none of those it learns in'),
        every: count.describe('Rounds between').default(10),
        episodes: count.describe('Missions each time').default(40),
      })
      .describe('What decides which weights are kept'),
  })
  .describe('A peerslam training');

/** A training with every default filled in. */
export type Training = z.output<typeof trainingSchema>;

/** What of it the learning loop takes. */
export function configOf(training: Training): TrainingConfig {
  return training;
}

export const TRAINING: FileKind<Training> = {
  name: 'training',
  schema: trainingSchema,
  least: 'a name, scenarios and validation with scenarios',
  spellOut: (content) =>
    isRecord(content)
      ? withEach(content, {
          scenarios: placesOf,
          teamSizes: ranged,
          validation: (value) => (isRecord(value) ? withEach(value, { scenarios: placesOf }) : value),
        })
      : content,
};

function placesOf(value: unknown): unknown {
  return listed(value).map((entry) => {
    const spelled = named(entry, 'scenario');
    return isRecord(spelled) ? withEach(spelled, { layouts: ranged }) : spelled;
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
