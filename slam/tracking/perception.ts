import type { Pose } from '../../base/se3.ts';
import type { CameraFrame, CameraRig } from '../../base/sensors.ts';
import { FrontEnd } from '../features/front-end.ts';
import { type PixelBox, withoutBoxes } from '../features/hidden.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { Frame } from './frame.ts';

/** Makes frames of what a camera delivers: pixels become keypoints; what the simulator's front end delivers already is. */
export class Perception {
  private readonly rig: CameraRig;
  private readonly kernels: Kernels;
  private readonly features: number;
  private frontEnd: FrontEnd | null = null;

  /** @param features most keypoints of an image */
  constructor(rig: CameraRig, kernels: Kernels, features: number) {
    this.rig = rig;
    this.kernels = kernels;
    this.features = features;
  }

  /** @param moving parts of the image to be left out */
  perceive(
    time: number,
    camera: CameraFrame,
    cameraFromWorld: Pose,
    moving: readonly PixelBox[] = [],
  ): Frame {
    const seen = camera.kind === 'images' ? this.extractor().process(camera) : camera;
    return new Frame(time, withoutBoxes(seen, moving), this.rig, cameraFromWorld);
  }

  private extractor(): FrontEnd {
    this.frontEnd ??= new FrontEnd(this.rig, this.kernels.features, { features: this.features });
    return this.frontEnd;
  }
}
