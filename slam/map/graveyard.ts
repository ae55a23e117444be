import { between, compose, type Pose } from '../../base/se3.ts';
import { scaledStep } from '../camera/scaled-step.ts';
import type { Grave } from './contents.ts';

/** Where culled keyframes are remembered: what hung on them still has a place to hang on. */
export class Graveyard {
  private readonly graves: Map<number, Grave>;

  constructor(graves?: ReadonlyMap<number, Grave>) {
    this.graves = new Map(graves);
  }

  get all(): ReadonlyMap<number, Grave> {
    return this.graves;
  }

  bury(id: number, parent: number, parentFromBody: Pose): void {
    this.graves.set(id, { parent, parentFromBody });
  }

  /** The keyframe that one hangs on in the end and that is not buried here: itself, where it is none of these. */
  standing(id: number): number {
    let at = id;
    for (let grave = this.graves.get(at); grave; grave = this.graves.get(at)) at = grave.parent;
    return at;
  }

  /** A culled keyframe hung straight on the one that it hangs on in the end; undefined where it is not here. */
  grounded(id: number): Grave | undefined {
    const grave = this.graves.get(id);
    for (let next = grave && this.graves.get(grave.parent); grave && next; ) {
      compose(next.parentFromBody, grave.parentFromBody, grave.parentFromBody);
      grave.parent = next.parent;
      next = this.graves.get(grave.parent);
    }
    return grave;
  }

  /** Each culled keyframe is so many times as far now from what it hangs on. */
  rescale(scaleAbout: (standing: number) => number, bodyFromCamera: Pose): void {
    for (const { parent, parentFromBody } of this.graves.values())
      parentFromBody.set(scaledStep(parentFromBody, scaleAbout(this.standing(parent)), bodyFromCamera));
  }

  /** Those that hang, through however many others, on none that lives go. */
  dropLoose(lives: (id: number) => boolean): void {
    for (const id of [...this.graves.keys()]) if (!lives(this.standing(id))) this.graves.delete(id);
  }

  /** Puts a culled keyframe elsewhere in the world; those that hang on it come along. */
  move(id: number, worldFromBody: Pose, worldFromStanding: Pose): void {
    this.grounded(id)?.parentFromBody.set(between(worldFromStanding, worldFromBody));
  }
}
