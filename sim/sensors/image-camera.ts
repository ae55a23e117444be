import type { Random } from '../../base/random.ts';
import { compose, poseOf, transformPoint } from '../../base/se3.ts';
import type { CameraRig, ImageFrame } from '../../base/sensors.ts';
import type { CameraNoise } from '../options.ts';
import type { Scene } from '../scene.ts';
import type { Camera, CameraView } from './camera.ts';
import { exposureIn } from './exposure.ts';
import type { PicturedScene } from './pictured-scene.ts';

/** Metres below which there is no depth, and the share of pixels that have none by chance. */
const NEAREST = 0.15;
const DEPTH_DROPOUT = 0.03;
/** σ of a pixel in good light, grey levels. */
const GREY_SIGMA = 1.5;

/** The `images` fidelity of one robot's camera: the scene drawn from where it is, then blurred, darkened and noisy. */
export class ImageCamera implements Camera {
  private readonly rig: CameraRig;
  /** The right camera of a stereo pair. */
  private readonly right: CameraRig;
  private readonly noise: CameraNoise;
  private readonly pictured: PicturedScene;
  private readonly random: Random;
  private readonly light: number;
  private readonly exposure: number;

  constructor(rig: CameraRig, noise: CameraNoise, scene: Scene, pictured: PicturedScene, random: Random) {
    this.rig = rig;
    const leftFromRight = poseOf(rig.baseline, 0, 0);
    this.right = { ...rig, bodyFromCamera: compose(rig.bodyFromCamera, leftFromRight) };
    this.noise = noise;
    this.pictured = pictured;
    this.random = random;
    this.light = 0.4 + 0.6 * scene.light;
    this.exposure = exposureIn(noise, scene);
  }

  /** Pixels are new with each frame. */
  capture(view: CameraView): ImageFrame {
    const { width, height, kind } = this.rig;
    const grey = this.photograph(this.rig, view);
    const depth = kind === 'rgbd' ? this.measureDepth() : undefined;
    const right = kind === 'stereo' ? this.photograph(this.right, view) : undefined;
    return { kind: 'images', width, height, grey, ...(depth && { depth }), ...(right && { right }) };
  }

  private photograph(rig: CameraRig, { sceneFromBody, self, vx, vy, turnRate }: CameraView): Uint8Array {
    this.pictured.draw(rig, sceneFromBody, self);
    const [x, y] = transformPoint(sceneFromBody, rig.bodyFromCamera);
    this.pictured.renderer.blur({
      vx: vx - turnRate * (y - sceneFromBody[1]),
      vy: vy + turnRate * (x - sceneFromBody[0]),
      turnRate,
      exposure: this.exposure,
    });
    return this.pictured.renderer.readGrey(this.light, GREY_SIGMA / this.light, this.random.word());
  }

  private measureDepth(): Float32Array {
    const { depthSigma, maxDepth } = this.noise;
    return this.pictured.renderer.readDepth({
      sigma: depthSigma,
      nearest: NEAREST,
      farthest: maxDepth,
      dropout: DEPTH_DROPOUT,
      seed: this.random.word(),
    });
  }
}
