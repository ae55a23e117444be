import { describe, expect, it } from 'vitest';
import type { AllocationView, Task } from '../../base/allocation.ts';
import { Random } from '../../base/random.ts';
import type { TeamEnvironment, TeamStep } from '../../rl/environment.ts';
import type { Parameters, Values } from '../../rl/parameters.ts';
import { fromUnit, toUnit, valuesOf } from '../../rl/parameters.ts';
import { play } from '../../scenarios/tune/play.ts';
import { type TuneOptions, tune } from '../../scenarios/tune/tune.ts';
import { report, viewsOf } from '../rl/reports.ts';

const PARAMETERS: Parameters = {
  drift: { about: 'drift', unit: 'm²/s', default: 0.1, low: 0.001, high: 1, scale: 'log' },
  dark: { about: 'time', unit: 's', default: 10, low: 0, high: 60 },
  epochs: { about: 'steps', unit: '', default: 2, low: 1, high: 8, scale: 'whole' },
};

/** Best at 0.01, 40 and 6, and off by luck that depends on the seed only. */
function score({ drift, dark, epochs }: Values, seed: number): number {
  const [a, b, c] = [Math.log(drift / 0.01) / 7, (dark - 40) / 60, (epochs - 6) / 7];
  return 10 * Math.sin(seed) - a * a - b * b - c * c;
}

function search(more: Partial<TuneOptions> = {}) {
  return tune({
    parameters: PARAMETERS,
    effort: { generations: 25, population: 20, elite: 5, missions: 3 },
    seeds: [1, 2, 3, 4, 5, 6, 7],
    random: new Random('tune'),
    play: score,
    ...more,
  });
}

describe('values in their ranges', () => {
  it('go to shares and back', () => {
    for (const [name, parameter] of Object.entries(PARAMETERS)) {
      const { low, high } = parameter;
      expect([toUnit(parameter, low), toUnit(parameter, high)]).toEqual([0, 1]);
      expect(fromUnit(parameter, toUnit(parameter, parameter.default))).toBeCloseTo(parameter.default, 12);
      for (const unit of [-1, 0, 0.3, 0.5, 1, 2])
        expect(() => valuesOf(PARAMETERS, { [name]: fromUnit(parameter, unit) })).not.toThrow();
    }
  });

  it('must be what they should be', () => {
    expect(valuesOf(PARAMETERS, { dark: 5 })).toEqual({ drift: 0.1, dark: 5, epochs: 2 });
    for (const epochs of [2.5, 9, Number.NaN, 'two', null])
      expect(() => valuesOf(PARAMETERS, { epochs }, 'tuned.json')).toThrow(
        /tuned\.json: epochs is .* a whole number from 1 to 8/,
      );
    expect(() => valuesOf(PARAMETERS, { drif: 1 }, 'tuned.json')).toThrow(
      'there is no drif; there are drift, dark, epochs',
    );
  });
});

describe('tuning', () => {
  it('finds better values than the defaults, and says by how much', async () => {
    const { values, found, defaults } = await search();
    expect(Math.abs(Math.log(values.drift / 0.01))).toBeLessThan(0.7);
    expect(Math.abs(values.dark - 40)).toBeLessThan(6);
    expect(values.epochs).toBe(6);
    expect(found).toBeGreaterThan(defaults + 0.3);
  });

  it('keeps the defaults where it finds nothing better', async () => {
    const { values } = await search({
      play: (candidate, seed) => score(candidate, seed) - (candidate.dark === 10 ? 0 : 5),
    });
    expect(values).toEqual(valuesOf(PARAMETERS));
  });

  it('tries all of a generation on the same missions, takes the missions in turn, and as many for every policy', async () => {
    const played = new Map<string, number[]>();
    const { missions } = await search({
      effort: { generations: 3, population: 4, elite: 2, missions: 3 },
      play(values, seed) {
        const key = JSON.stringify(values);
        played.set(key, [...(played.get(key) ?? []), seed]);
        return score(values, seed);
      },
    });
    expect(missions).toBe(3 * 4 * 3 + 2 * 7);
    const turns = [
      [1, 2, 3],
      [4, 5, 6],
      [7, 1, 2],
    ];
    const all = [1, 2, 3, 4, 5, 6, 7];
    expect([...played.values()]).toEqual([...turns.flatMap((turn) => [turn, turn, turn, turn]), all, all]);
  });

  it('of what leaves nothing open plays it only', async () => {
    const { values, found, defaults } = await search({ parameters: {}, play: () => 1 });
    expect([values, found, defaults]).toEqual([{}, 1, 1]);
  });
});

/** Three decisions; who watches gets nothing, who maps one point each. */
class Toy implements TeamEnvironment {
  agents: number[] = [];
  closed = 0;
  private earned = 0;
  private time = 0;

  reset(seed: number) {
    this.agents = [0, 1];
    [this.earned, this.time] = [seed, 0];
    return { time: 0, views: this.views() };
  }

  step(tasks: ReadonlyMap<number, Task>): TeamStep {
    this.time += 5;
    const reward = [...tasks.values()].filter(({ kind }) => kind === 'map').length;
    this.earned += reward;
    const truncated = this.time >= 15;
    return {
      time: this.time,
      views: truncated ? new Map() : this.views(),
      reward,
      dt: 5,
      terminated: false,
      truncated,
      info: {
        accurateCoverage: 0,
        accurateCoverageAuc: this.earned,
        ateRmse: null,
        timeLostS: 0,
        observeS: 0,
      },
    };
  }

  close(): void {
    this.closed++;
  }

  private views(): Map<number, AllocationView> {
    const team = [report(0, 0, { time: this.time }), report(1, 5, { time: this.time })];
    return new Map(viewsOf(team).map((view) => [view.self.agent, view]));
  }
}

describe('a mission that is played', () => {
  it('has an allocator of its own for each robot, all through, with its own view and stream', async () => {
    const toy = new Toy();
    const seen: { times: number[]; agent: number; luck: number }[] = [];
    const { accurateCoverageAuc } = await play(
      toy,
      (random) => {
        const own = { times: [] as number[], agent: -1, luck: random.uniform() };
        seen.push(own);
        return {
          name: 'test',
          decide({ time, self }) {
            own.times.push(time);
            own.agent = self.agent;
            return { task: self.agent === 1 && time === 5 ? { kind: 'observe', peer: 0 } : { kind: 'map' } };
          },
        };
      },
      7,
    );
    expect(accurateCoverageAuc).toBe(7 + 5);
    expect(seen.map(({ agent }) => agent)).toEqual([0, 1]);
    for (const { times } of seen) expect(times).toEqual([0, 5, 10]);
    expect(seen[0].luck).not.toBe(seen[1].luck);
    expect(toy.closed).toBe(1);
  });

  it('is closed when a policy fails', async () => {
    const toy = new Toy();
    const failing = {
      name: 'failing',
      decide() {
        throw new Error('no idea');
      },
    };
    await expect(play(toy, () => failing, 1)).rejects.toThrow('no idea');
    expect(toy.closed).toBe(1);
  });
});
