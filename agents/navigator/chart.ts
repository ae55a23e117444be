import { wrapAngle } from '../../base/se3.ts';
import type { DepthScan } from '../../base/sensors.ts';
import { Explored } from './explored.ts';
import { OccupancyGrid } from './grid.ts';
import { ScanMapper } from './scan-mapper.ts';
import { SETTINGS } from './settings.ts';
import type { Situation } from './situation.ts';

const { worstSigma, fastestTurn, forget, jump, jumpTurn } = SETTINGS.grid;

/** The robot's own plan of the building: draws scans while the pose can be trusted, forgets, and moves along with the frame. */
export class Chart {
  readonly grid = new OccupancyGrid();
  readonly explored = new Explored();
  private readonly mapper: ScanMapper;
  private forgotAt = 0;
  private last = { x: 0, y: 0, yaw: 0, tracking: false };

  /** @param radius footprint of the robot, metres */
  constructor(radius: number) {
    this.mapper = new ScanMapper(this.grid, this.explored, radius);
  }

  /** @returns whether the frame has changed, and with it where everything is */
  update(s: Situation, scan: DepthScan | undefined): boolean {
    const moved = this.followFrame(s);
    const trusted = (s.state === 'tracking' || s.state === 'blind') && s.sigma < worstSigma;
    const steady = s.dt > 0 && Math.abs(s.odoTurned) / s.dt < fastestTurn;
    if (scan && trusted && steady) {
      this.mapper.draw(scan, s.x, s.y, s.yaw, s.contacts.positions(s.time), s.time);
    }
    if (s.time - this.forgotAt >= 1) {
      this.grid.forget(forget);
      this.forgotAt = s.time;
    }
    return moved;
  }

  /**
   * An estimate that leaps while tracking went on has been put into another frame, such as the team's: the map goes
   * with it. (After being lost it is only the pose that was wrong, and the map stays.)
   */
  private followFrame(s: Situation): boolean {
    const { last } = this;
    this.last = { x: s.x, y: s.y, yaw: s.yaw, tracking: s.state === 'tracking' };
    if (!last.tracking || s.state !== 'tracking') return false;
    const c = Math.cos(last.yaw);
    const sn = Math.sin(last.yaw);
    const expectedX = last.x + c * s.odoMoved;
    const expectedY = last.y + sn * s.odoMoved;
    const turn = wrapAngle(s.yaw - last.yaw - s.odoTurned);
    const leap = (s.x - expectedX) * (s.x - expectedX) + (s.y - expectedY) * (s.y - expectedY);
    if (leap < jump * jump && Math.abs(turn) < jumpTurn) return false;
    const ct = Math.cos(turn);
    const st = Math.sin(turn);
    this.move(s.x - ct * expectedX + st * expectedY, s.y - st * expectedX - ct * expectedY, turn);
    return true;
  }

  private move(dx: number, dy: number, yaw: number): void {
    const { grid, explored } = this;
    const c = Math.cos(yaw);
    const sn = Math.sin(yaw);
    const seen = explored.restart();
    for (const i of grid.move(dx, dy, yaw)) explored.noteKnown(grid.centreX(i), grid.centreY(i));
    for (const [x, y, time] of seen) explored.noteSeen(c * x - sn * y + dx, sn * x + c * y + dy, time);
  }
}
