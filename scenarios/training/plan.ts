import { closest } from 'fastest-levenshtein';
import { InputError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import type { Plays } from '../../rl/actors.ts';
import { POLICIES } from '../../rl/policies.ts';
import { type PlanOptions, scenariosAt } from '../experiment/plan.ts';
import type { Place } from '../experiment/schema.ts';
import type { Scenario } from '../schema.ts';
import { simOptions } from '../sim-options.ts';
import { parseYaml } from '../yaml.ts';
import { TRAINING, type Training } from './schema.ts';

/** Everything that decides what is learned, but for the code: plain data, so that threads can be told. */
export interface TrainingPlan {
  readonly training: Training;
  readonly scenes: Readonly<Record<Plays['list'], readonly Scenario[]>>;
}

/** A mission of one of the lists. */
export interface PlannedEpisode {
  readonly scenario: Scenario;
  readonly agents: number;
  readonly seed: number;
}

/** @throws InputError where the file, or a scenario it names, says something that cannot be */
export async function planTraining(
  text: string,
  { where, scenarioText }: Pick<PlanOptions, 'where' | 'scenarioText'>,
): Promise<TrainingPlan> {
  const training = parseYaml(text, where, TRAINING);
  const { teacher } = training.imitation;
  if (!Object.hasOwn(POLICIES, teacher)) {
    const names = Object.keys(POLICIES);
    const hint = `did you mean ${closest(teacher, names)}? There are ${names.join(', ')}`;
    throw new InputError(where, `imitation.teacher: there is no policy ${teacher}; ${hint}`);
  }
  const scenesOf = async (places: readonly Place[], key: string) => {
    const scenes: Scenario[] = [];
    for (const place of places) {
      const at = `${where}: ${key}, ${place.label ?? place.scenario}`;
      for (const scenario of await scenariosAt(place, at, scenarioText)) {
        // Says now what would end a mission hours from now.
        for (const agents of training.teamSizes) simOptions(scenario, { seed: 0, agents, where: at });
        scenes.push(scenario);
      }
    }
    return scenes;
  };
  const { scenarios, validation } = training;
  return {
    training,
    scenes: {
      training: await scenesOf(scenarios, 'scenarios'),
      validation: await scenesOf(validation.scenarios, 'validation.scenarios'),
    },
  };
}

/** An episode by its place in its list: training draws scene and team size, validation goes through all of them in turn. */
export function episodeAt(
  { training, scenes }: TrainingPlan,
  list: Plays['list'],
  id: number,
): PlannedEpisode {
  const { teamSizes } = training;
  const random = new Random(`training/${training.seed}/${list}/${id}`);
  if (list === 'training')
    return { scenario: random.pick(scenes.training), agents: random.pick(teamSizes), seed: random.word() };
  const scenario = scenes.validation[id % scenes.validation.length];
  const agents = teamSizes[Math.floor(id / scenes.validation.length) % teamSizes.length];
  // The same missions whatever the training's seed: so trainings can be compared.
  return { scenario, agents, seed: id };
}
