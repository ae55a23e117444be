import type { DecisionRecord, TaskOptions } from '../../agents/tasks.ts';
import type { Allocator } from '../../base/allocation.ts';
import { Random } from '../../base/random.ts';
import type { TeamScore } from '../../rl/environment.ts';
import { JointEstimate } from './estimate.ts';
import { Mapping } from './mapping.ts';
import { Radio } from './radio.ts';
import { Robot } from './robot.ts';
import { Sightings } from './sightings.ts';
import type { Site } from './site.ts';
import type { Tables } from './tables.ts';
import { TeamMap } from './team-map.ts';

/** Seconds of a tick, and between two looks at the score. */
export const TICK = 0.5;
const SAMPLE = 1;
const SAME_TIME = 1e-9;

export interface StatisticalOptions {
  readonly site: Site;
  readonly tables: Tables;
  readonly seed: number;
  /** Makes one robot's allocator; `random` is that robot's own stream. */
  readonly allocator: (agent: number, random: Random) => Allocator;
  readonly duration: number;
  readonly task: Omit<TaskOptions, 'agent' | 'allocator' | 'duration'>;
  /** False: nobody recognises a teammate. */
  readonly relative?: boolean;
}

/** A mission without frames: what SLAM would make of them is drawn from tables. The same site, seed and policy give the same numbers. */
export class StatisticalMission {
  readonly robots: readonly Robot[];
  readonly sightings: Sightings;
  time = 0;
  private readonly options: StatisticalOptions;
  private readonly map: TeamMap;
  private readonly mapping: Mapping;
  private readonly radio: Radio;
  private readonly last = { time: 0, accurate: 0 };
  private area = 0;

  constructor(options: StatisticalOptions) {
    const { site, tables, duration, task } = options;
    const { robots, camera, sightings, radio } = site.options;
    const random = new Random(options.seed).fork('statistical');
    const estimate = new JointEstimate(robots.length);
    this.options = options;
    this.radio = new Radio(radio, site.ground, robots.length, random.fork('radio'));
    this.robots = robots.map((setup, index) => {
      const own = random.fork(`agent${setup.profile.id}`);
      const allocator = options.allocator(setup.profile.id, own.fork('policy'));
      return new Robot({
        ...task,
        duration,
        allocator,
        agent: setup.profile.id,
        site,
        estimate,
        tables,
        setup,
        index,
        radio: this.radio,
        random: own,
      });
    });
    const samples = robots.length * (Math.ceil(duration / SAMPLE) + 2);
    this.map = new TeamMap(site.ground, estimate, camera.depthSigma, samples, random.fork('depth'));
    this.mapping = new Mapping(
      site,
      tables,
      estimate,
      this.map,
      this.radio,
      this.robots,
      random.fork('mapping'),
    );
    this.sightings = new Sightings(sightings, site.ground, estimate, random.fork('sightings'));
  }

  get isOver(): boolean {
    return this.time >= this.options.duration - SAME_TIME || this.living.length === 0;
  }

  get living(): readonly Robot[] {
    return this.robots.filter((robot) => robot.isAlive(this.time));
  }

  /** Ticks until the mission is over, each robot deciding for itself. */
  run(): void {
    while (!this.isOver) {
      this.perceive();
      for (const robot of this.living) if (robot.due) robot.decide(robot.due);
      this.act();
    }
    this.finish();
  }

  /** The mission has ended: what was since the last look at the score counts, too. */
  finish(): void {
    if (this.time > this.last.time) this.sample();
  }

  /** The first part of a tick: robots move and sense. @returns whether a decision is due */
  perceive(): boolean {
    this.time = Math.min(this.options.duration, this.time + TICK);
    const { time, living } = this;
    for (const robot of living) robot.move(TICK);
    const fresh = living.map((robot) => this.mapping.look(robot, time, TICK));
    if (this.options.relative !== false) this.sightings.look(living, time);
    this.radio.deliver();
    living.forEach((robot, i) => {
      robot.perceive(time, TICK, fresh[i]);
    });
    return living.some(({ due }) => due);
  }

  /** The last part of a tick: robots set out, and tell of themselves. */
  act(): void {
    const { time, living } = this;
    for (const robot of living) robot.act();
    this.radio.tell(living, time);
    if (time - this.last.time >= SAMPLE - SAME_TIME) this.sample();
  }

  decisions(): DecisionRecord[] {
    const all = this.robots.flatMap(({ tasks }) => tasks.decisions);
    return all.sort((a, b) => a.time - b.time || a.agent - b.agent);
  }

  /** How the mission goes by now. */
  score(): TeamScore & { readonly coverage: number } {
    const { seen, accurate } = this.map.coverage();
    const sum = (of: (robot: Robot) => number) => this.robots.reduce((total, robot) => total + of(robot), 0);
    const ate = this.map.ateRmse();
    return {
      coverage: seen,
      accurateCoverage: accurate,
      accurateCoverageAuc: this.area / this.options.duration,
      ateRmse: Number.isFinite(ate) ? ate : null,
      timeLostS: sum(({ health }) => health.timeLost),
      observeS: sum(({ tasks }) => tasks.spent.observe),
    };
  }

  private sample(): void {
    for (const { index, driver, anchor } of this.living)
      this.map.follow({ robot: index, x: driver.x, y: driver.y, anchor });
    const { accurate } = this.map.coverage();
    this.area += 0.5 * (accurate + this.last.accurate) * (this.time - this.last.time);
    this.last.time = this.time;
    this.last.accurate = accurate;
  }
}
