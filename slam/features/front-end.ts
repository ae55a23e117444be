import type { CameraRig, FeatureFrame, ImageFrame } from '../../base/sensors.ts';
import { type LensModel, lensOf } from '../camera/model.ts';
import type { Extractor, FeatureKernels, Keypoints } from '../kernels/feature-kernels.ts';

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
  private readonly extractor: Extractor;
  private readonly pixel = new Float64Array(2);

  constructor(rig: CameraRig, kernels: FeatureKernels, options: FrontEndOptions) {
    this.rig = rig;
    this.lens = lensOf(rig);
    this.extractor = kernels.newExtractor({
      width: rig.width,
      height: rig.height,
      features: options.features,
      ...rig.pyramid,
      initialThreshold: options.initialThreshold ?? 20,
      minimumThreshold: options.minimumThreshold ?? 7,
    });
  }

  /** @throws RangeError where the image is not what the rig delivers */
  process(image: ImageFrame): FeatureFrame {
    this.check(image);
    const keypoints = this.extractor.extract(image.grey);
    const { count, octave, angle, descriptors } = keypoints;
    const x = new Float32Array(count);
    const y = new Float32Array(count);
    for (let k = 0; k < count; k++) {
      this.lens.undistort(keypoints.x[k], keypoints.y[k], this.pixel);
      x[k] = this.pixel[0];
      y[k] = this.pixel[1];
    }
    const depth =
      this.rig.kind === 'stereo' ? this.stereoDepth(image.right!) : registeredDepth(image, keypoints);
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

  private stereoDepth(right: Uint8Array): Float32Array {
    this.extractor.extract(right, 'right');
    const { fx, baseline } = this.rig;
    // Nothing nearer than the baseline is looked for.
    const disparity = this.extractor.matchStereo(fx);
    return Float32Array.from(disparity, (pixels) => (pixels > 0 ? (fx * baseline) / pixels : 0));
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
