import { Random } from '../base/random.ts';
import type { SensorPacket } from '../base/sensors.ts';
import type { Body, RobotProfile, World } from '../base/world.ts';
import { checkOptions } from './check.ts';
import { featuresFidelity, imagesFidelity } from './fidelity.ts';
import { Obstacles } from './geometry/obstacles.ts';
import type { SimOptions } from './options.ts';
import { Walker } from './physics/people.ts';
import { Physics } from './physics/physics.ts';
import { Radio } from './radio.ts';
import type { RenderKernels } from './render/load.ts';
import { cylinderOf, Robot } from './robot.ts';
import { GroundTruth } from './truth.ts';

/** A simulated building with robots in it. The same options and commands give the same bytes. */
export class SimWorld implements World {
  readonly tick: number;
  readonly link: Radio;
  readonly truth: GroundTruth;
  private readonly robots: readonly Robot[];
  private readonly physics: Physics;
  private ticks = 0;

  /**
   * @param render draws images: cameras deliver those, instead of features
   * @throws InputError where a robot cannot stand where it should, or its numbers make no sense
   */
  constructor(options: SimOptions, render?: RenderKernels) {
    checkOptions(options);
    const { scene } = options;
    const setups = [...options.robots].sort((a, b) => a.profile.id - b.profile.id);
    const ids = setups.map(({ profile }) => profile.id);
    const random = new Random(options.seed).fork('sim');
    const cylinders = setups.map(cylinderOf);
    const walkers = scene.persons.map((person) => new Walker(person));
    const obstacles = new Obstacles(scene, [...cylinders, ...walkers.map(({ cylinder }) => cylinder)]);

    this.tick = 1 / Math.max(...setups.map(({ profile }) => profile.cameraRateHz));
    this.physics = new Physics(scene, obstacles, setups, cylinders, walkers, options.wheels, this.tick);
    const fidelity = render
      ? imagesFidelity(options, obstacles, render)
      : featuresFidelity(options, obstacles);
    const around = { options, physics: this.physics, obstacles, fidelity, ids, now: () => this.time };
    this.robots = this.physics.robots.map(
      (body, i) => new Robot(body, setups[i], around, random.fork(`sensor/agent${ids[i]}`)),
    );
    this.link = new Radio(options.radio, scene, this.robots, random.fork('radio'));
    this.truth = new GroundTruth(scene, this.robots, obstacles, walkers);
  }

  get time(): number {
    return this.ticks * this.tick;
  }

  get bodies(): readonly Body[] {
    return this.living();
  }

  step(): SensorPacket[] {
    for (const robot of this.robots) robot.prepare(this.time);
    this.ticks++;
    this.physics.advance();
    const living = this.living();
    for (const robot of living) robot.locate();
    this.link.advance(this.time);
    return living.filter(({ profile }) => this.isDue(profile)).map((robot) => robot.sense(this.time, living));
  }

  private living(): Robot[] {
    return this.robots.filter((robot) => robot.isAlive);
  }

  /** Whether a robot's own rate has its next packet fall into this tick. */
  private isDue({ cameraRateHz }: RobotProfile): boolean {
    const packets = (ticks: number) => Math.floor(ticks * this.tick * cameraRateHz + 1e-9);
    return packets(this.ticks) > packets(this.ticks - 1);
  }
}
