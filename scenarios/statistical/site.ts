import type { RobotProfile } from '../../base/world.ts';
import type { SimOptions } from '../../sim/options.ts';
import { Floor } from './floor.ts';
import { Ground } from './ground.ts';
import { Search } from './search.ts';

/** Where a team works: all that stays the same from mission to mission. */
export class Site {
  readonly ground: Ground;
  readonly floor: Floor;
  readonly search: Search;
  /** By square of the ground the place on the floor it lies in; −1: none. */
  readonly placeOf: Int32Array;
  readonly profiles: readonly RobotProfile[];
  readonly options: SimOptions;

  constructor(options: SimOptions) {
    const { scene, robots } = options;
    const starts = robots.map(({ pose: [x, y] }) => [x, y] as const);
    this.options = options;
    this.profiles = robots.map(({ profile }) => profile);
    this.ground = new Ground(scene, starts);
    this.floor = new Floor(scene, Math.max(...this.profiles.map(({ radius }) => radius)), starts);
    this.search = new Search(this.floor);
    const { ground, floor } = this;
    this.placeOf = Int32Array.from({ length: ground.columns * ground.rows }, (_, cell) =>
      floor.at(ground.x(cell), ground.y(cell)),
    );
  }

  /** A robot's place in the team. */
  indexOf(agent: number): number {
    return this.profiles.findIndex(({ id }) => id === agent);
  }

  /** 0 where something stands between two points that shows from ground that is `seen`, else the share of the way that is seen. */
  openness(ax: number, ay: number, bx: number, by: number, seen: Uint8Array): number {
    const { ground, placeOf } = this;
    let [known, all, before] = [0, 0, 0];
    const isOpen = ground.walk(ax, ay, bx, by, (cell, opaque) => {
      if (opaque) return before === 0;
      const place = placeOf[cell];
      before = place >= 0 ? seen[place] : before;
      known += before;
      all++;
      return true;
    });
    return isOpen && all > 0 ? known / all : 0;
  }

  /** A point of the scene in the team frame: the first robot's at the start. */
  toTeam(x: number, y: number): [number, number] {
    const [x0, y0, yaw] = this.options.robots[0].pose;
    const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
    return [c * (x - x0) + s * (y - y0), -s * (x - x0) + c * (y - y0)];
  }

  /** The other way round. */
  fromTeam(x: number, y: number): [number, number] {
    const [x0, y0, yaw] = this.options.robots[0].pose;
    const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
    return [x0 + c * x - s * y, y0 + s * x + c * y];
  }
}
