import type { CameraRig } from '../base/sensors.ts';

/** Every default of the SLAM in one place. Thresholds follow ORB-SLAM2 (Mur-Artal, Tardós, T-RO 2017) unless they say why not. */
export interface SlamSettings {
  /** Keypoints that a first keyframe needs, with depth where the camera measures it. */
  readonly initialPoints: number;
  /** Inliers below which the camera is not believed; lower where wheels hold the pose. */
  readonly minimumInliers: number;
  readonly minimumInliersWithOdometry: number;
  /** Hamming distances a match may have: while tracking, and where the place itself is in question. */
  readonly matchDistance: number;
  readonly strictMatchDistance: number;
  /** Best over second best distance, local map and relocalisation. */
  readonly localMapRatio: number;
  /** Search windows, pixels at level 0: from the last frame, and into the local map. */
  readonly lastFrameRadius: number;
  readonly localMapRadius: number;
  /** Most keyframes of the local map, and of those the ones taken for being near rather than covisible. */
  readonly localKeyframes: number;
  readonly nearbyKeyframes: number;
  /** A keyframe is near within this distance (metres). */
  readonly nearbyDistance: number;
  /** New keyframe below this share of the reference keyframe's points that this many keyframes see. */
  readonly keyframeShare: number;
  readonly stableObservers: number;
  /** Fewest frames between keyframes while tracking holds. */
  readonly keyframeGap: number;
  /** With this share of its keypoints matched, no keyframe is made of a view the map has: one within this distance
   * (metres) and this cosine between viewing directions. */
  readonly knownViewShare: number;
  readonly knownViewDistance: number;
  readonly knownViewCosine: number;
  /** Most free and most fixed keyframes of local bundle adjustment, and its iterations. */
  readonly bundleFree: number;
  readonly bundleFixed: number;
  /** Keyframes up to which a map is young, and adjusted as a whole. */
  readonly bundleWhole: number;
  readonly bundleIterations: number;
  readonly bundleRefineIterations: number;
  /** Neighbours with which a new keyframe triangulates what neither has a point for. */
  readonly triangulationNeighbours: number;
  /** Neighbours whose points a new keyframe's are fused with. */
  readonly fusionNeighbours: number;
  /** Share of points seen thrice elsewhere that makes a keyframe redundant. */
  readonly redundantShare: number;
  /** What a robot that runs for ever can remember; beyond it the map thins out where it is densest. */
  readonly mostKeyframes: number;
  /** Frames with enough to see, none of it known, before the map goes on from the odometry-carried pose. */
  readonly freshStartFrames: number;
  /** Without wheels, such frames before a map of its own begins. */
  readonly newMapFrames: number;
  /** σ of the position beyond which a blind robot counts as lost, metres. */
  readonly lostSigma: number;
  /** What an odometry prior's covariance is multiplied by: slip has heavier tails than its model. */
  readonly odometryInflation: number;
  /** Whether places seen again are joined to what is there. */
  readonly loops: boolean;
  /** Shared points that make covisibility an edge of the essential graph. */
  readonly essentialPoints: number;
  /** The images front end. */
  readonly features: number;
}

export const DEFAULT_SETTINGS: SlamSettings = {
  initialPoints: 40,
  minimumInliers: 20,
  minimumInliersWithOdometry: 10,
  matchDistance: 100,
  strictMatchDistance: 60,
  localMapRatio: 0.9,
  lastFrameRadius: 15,
  localMapRadius: 12,
  localKeyframes: 20,
  nearbyKeyframes: 6,
  nearbyDistance: 4,
  keyframeShare: 0.9,
  stableObservers: 2,
  keyframeGap: 3,
  knownViewShare: 0.35,
  knownViewDistance: 0.5,
  knownViewCosine: 0.95,
  bundleFree: 8,
  bundleFixed: 20,
  bundleWhole: 0,
  bundleIterations: 4,
  bundleRefineIterations: 4,
  triangulationNeighbours: 10,
  fusionNeighbours: 12,
  redundantShare: 0.9,
  mostKeyframes: Number.POSITIVE_INFINITY,
  freshStartFrames: 5,
  newMapFrames: 20,
  lostSigma: 2,
  odometryInflation: 4,
  loops: true,
  essentialPoints: 100,
  features: 1000,
};

/**
 * What differs for a single camera: its points must be seen from ever new places before they are trusted, so it keeps many more
 * keyframes and adjusts more of them at a time, and lengths are in units of the median depth its map began with.
 */
const MONOCULAR: Partial<SlamSettings> = {
  initialPoints: 100,
  stableObservers: 3,
  keyframeGap: 1,
  knownViewDistance: 0.02,
  bundleFree: 12,
  bundleWhole: 12,
};

export function settingsFor(rig: CameraRig, overrides?: Partial<SlamSettings>): SlamSettings {
  return { ...DEFAULT_SETTINGS, ...(rig.kind === 'mono' ? MONOCULAR : {}), ...overrides };
}
