import type { Task } from '../base/allocation.ts';
import type { Random } from '../base/random.ts';
import type { Observation } from './observation/observation.ts';

/** A choice by its number, 0 to map, 1 + row to observe the robot of that row, and as a task. */
export function taskOf({ ids }: Observation, action: number): Task {
  return action === 0 ? { kind: 'map' } : { kind: 'observe', peer: ids[action - 1] };
}

/** The number of a task; 0, to map, of one that is not allowed. */
export function actionOf({ ids, allowed }: Observation, task: Task): number {
  if (task.kind === 'map') return 0;
  const action = 1 + ids.indexOf(task.peer);
  return allowed[action] ? action : 0;
}

/** The choice of the highest value, of equals the first; NaN stands for what is not allowed. */
export function bestAction(values: ArrayLike<number>): number {
  let best = 0;
  for (let action = 1; action < values.length; action++) if (values[action] > values[best]) best = action;
  return best;
}

/** A choice drawn with p ∝ e^(value / temperature). */
export function softAction(values: ArrayLike<number>, temperature: number, random: Random): number {
  const most = values[bestAction(values)];
  const weights = Array.from(values, (value) =>
    Number.isNaN(value) ? 0 : Math.exp((value - most) / temperature),
  );
  let rest = random.uniform(
    0,
    weights.reduce((sum, weight) => sum + weight, 0),
  );
  const drawn = weights.findIndex((weight) => {
    rest -= weight;
    return rest < 0;
  });
  return Math.max(0, drawn);
}
