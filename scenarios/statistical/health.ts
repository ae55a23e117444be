import type { SlamHealth } from '../../base/allocation.ts';
import type { Camera } from './camera.ts';
import type { Tables } from './tables.ts';

/** Spans of exponential averages, seconds, as an agent's SLAM has them. */
const GROWTH_SPAN = 5;
const SPEED_SPAN = 2;

/** What one robot's SLAM would tell of its map and its health. Times are mission time, seconds. */
export class Health {
  mapPoints = 0;
  keyframes = 1;
  timeLost = 0;
  readonly ticks = { tracked: 0, lost: 0 };
  /** When a teammate last measured where it is. */
  observedAt = 0;
  private readonly tables: Tables;
  private readonly camera: Camera;
  private time = 0;
  private tracked = true;
  private metres = 0;
  private keyframeAt = 0;
  private foundAt = 0;
  private growth = 0;
  private speed = 0;

  constructor(tables: Tables, camera: Camera) {
    this.tables = tables;
    this.camera = camera;
  }

  /** Takes in a tick. @param metres driven @param faces seen for the first time, with something on them */
  follow(time: number, metres: number, faces: number): void {
    const seconds = time - this.time;
    this.time = time;
    const { tracks } = this.camera;
    const points = tracks ? this.tables.pointsPerFace * faces : 0;
    this.mapPoints += points;
    this.growth = averaged(this.growth, points / seconds, seconds / GROWTH_SPAN);
    this.speed = averaged(this.speed, metres / seconds, seconds / SPEED_SPAN);
    if (tracks) this.metres += metres;
    else this.timeLost += seconds;
    this.ticks[tracks ? 'tracked' : 'lost']++;
    const keyframes = 1 + Math.floor(this.metres * this.tables.keyframesPerMetre);
    if (keyframes > this.keyframes) this.keyframeAt = time;
    this.keyframes = keyframes;
    if (tracks && !this.tracked) this.foundAt = time;
    this.tracked = tracks;
  }

  report(): SlamHealth {
    const { camera, time } = this;
    return {
      inlierRatio: camera.sample('inlierRatio'),
      referenceShare: camera.sample('referenceShare'),
      covisibility: camera.sample('covisibility'),
      residual: camera.sample('residual'),
      sinceKeyframe: time - this.keyframeAt,
      sinceRelocalisation: time - this.foundAt,
      sinceObserved: time - this.observedAt,
      mapGrowth: this.growth,
      speed: this.speed,
    };
  }
}

/** An exponential average, moved on by `share` of its span. */
function averaged(average: number, value: number, share: number): number {
  return average + (1 - Math.exp(-share)) * (value - average);
}
