import { between, distance, type Pose } from '../../base/se3.ts';
import type { CameraFrame } from '../../base/sensors.ts';
import type { RobotProfile } from '../../base/world.ts';
import { BoardSpotter as Boards } from '../markers/sightings.ts';
import type { Spotter, Teammate, TrueSighting } from './sightings.ts';

/** The `images` fidelity: teammates are known by the boards that are read in the image, and by nothing else. */
export class BoardSpotter implements Spotter {
  private readonly boards: Boards;

  constructor({ rig }: RobotProfile) {
    this.boards = new Boards(rig);
  }

  look(
    self: Teammate,
    team: readonly Teammate[],
    ids: readonly number[],
    frame: CameraFrame,
  ): TrueSighting[] {
    const others = team.filter(({ id }) => id !== self.id);
    if (frame.kind !== 'images' || others.length === 0) return [];
    return this.boards.look(frame, self.id, ids).map((sighting) => ({
      sighting,
      actual: nearest(sighting.bodyFromPeer, self, others),
    }));
  }
}

/** Who really stands where a sighting says that somebody does. */
function nearest(bodyFromPeer: Pose, self: Teammate, others: readonly Teammate[]): number {
  const away = (mate: Teammate) => distance(between(self.sceneFromBody, mate.sceneFromBody), bodyFromPeer);
  return others.reduce((best, mate) => (away(mate) < away(best) ? mate : best)).id;
}
