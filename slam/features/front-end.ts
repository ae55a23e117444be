import type { CameraRig, FeatureFrame, ImageFrame } from '../../base/sensors.ts';
import { type LensModel, lensOf } from '../camera/model.ts';
import { type Keypoints, OrbExtractor } from './extractor.ts';
import { matchStereo } from './stereo.ts';

export interface FrontEndOptions {
  /** Keypoints wanted an image. */
  readonly features: number;
  readonly initialThreshold?: number;
  readonly minimumThreshold?: number;
}

/** Pixels in, keypoints with depth out: extraction, undistortion, and depth from the depth image or the right one. */
export class FrontEnd {
  private readonly rig: CameraRig;
  private readonly lens: LensModel;
  private readonly left: OrbExtractor;
  private readonly right: OrbExtractor | null;
  private readonly pixel = new Float64Array(2);

  constructor(rig: CameraRig, options: FrontEndOptions) {
    this.rig = rig;
    this.lens = lensOf(rig);
    const extractor = () =>
      new OrbExtractor({
        features: options.features,
        ...rig.pyramid,
        initialThreshold: options.initialThreshold ?? 20,
        minimumThreshold: options.minimumThreshold ?? 7,
      });
    this.left = extractor();
    this.right = rig.kind === 'stereo' ? extractor() : null;
  }

  /** @throws RangeError where the image is not what the rig delivers */
  process(image: ImageFrame): FeatureFrame {
    this.check(image);
    const keypoints = this.left.extract(image.grey, image.width, image.height);
    const { count, octave, angle, descriptors } = keypoints;
    const x = new Float32Array(count);
    const y = new Float32Array(count);
    for (let k = 0; k < count; k++) {
      this.lens.undistort(keypoints.x[k], keypoints.y[k], this.pixel);
      x[k] = this.pixel[0];
      y[k] = this.pixel[1];
    }
    const depth = this.right ? this.stereoDepth(image, keypoints) : registeredDepth(image, keypoints);
    return { kind: 'features', count, x, y, octave, angle, depth, descriptors };
  }

  private check(image: ImageFrame): void {
    const { width, height, kind } = this.rig;
    if (image.width !== width || image.height !== height) {
      throw new RangeError(
        `the image is ${image.width}×${image.height}; the camera's are ${width}×${height}`,
      );
    }
    if (kind === 'rgbd' && !image.depth) throw new RangeError('an RGB-D frame came without depth');
    if (kind === 'stereo' && !image.right)
      throw new RangeError('a stereo frame came without its right image');
  }

  private stereoDepth(image: ImageFrame, keypoints: Keypoints): Float32Array {
    const right = this.right!.extract(image.right!, image.width, image.height);
    const { fx, baseline, pyramid } = this.rig;
    const levels = [this.left.levels, this.right!.levels] as const;
    return matchStereo(keypoints, right, ...levels, pyramid.scaleFactor, fx, baseline);
  }
}

/** Depth at each keypoint's raw pixel. */
function registeredDepth(image: ImageFrame, keypoints: Keypoints): Float32Array {
  const out = new Float32Array(keypoints.count);
  if (!image.depth) return out;
  for (let k = 0; k < keypoints.count; k++) {
    const u = Math.round(keypoints.x[k]);
    const v = Math.round(keypoints.y[k]);
    if (u < image.width && v < image.height) out[k] = image.depth[v * image.width + u];
  }
  return out;
}
