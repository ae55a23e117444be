import type { Random } from '../base/random.ts';
import type { CameraRig } from '../base/sensors.ts';
import type { RobotProfile } from '../base/world.ts';
import type { Obstacles } from './geometry/obstacles.ts';
import { boardsOf } from './markers/board.ts';
import type { SimOptions } from './options.ts';
import type { RenderKernels } from './render/load.ts';
import { BoardSpotter } from './sensors/board-spotter.ts';
import { type Camera, FeatureCamera } from './sensors/camera.ts';
import { exposureIn } from './sensors/exposure.ts';
import { ImageCamera } from './sensors/image-camera.ts';
import { PicturedScene } from './sensors/pictured-scene.ts';
import { PeerDetector, type Spotter } from './sensors/sightings.ts';
import { TexturedScene } from './sensors/textured-scene.ts';

/** How true to life the cameras of a world are. */
export interface Fidelity {
  newCamera(rig: CameraRig, random: Random): Camera;
  newSpotter(profile: RobotProfile, random: Random): Spotter;
}

const NOBODY: Spotter = { look: () => [] };

/** Cameras deliver keypoints: landmarks projected, hidden, blurred, missed and mistaken. */
export function featuresFidelity(
  { scene, camera, sightings, strangers }: SimOptions,
  obstacles: Obstacles,
): Fidelity {
  const texture = new TexturedScene(scene, obstacles);
  const exposure = exposureIn(camera, scene);
  return {
    newCamera: (rig, random) => new FeatureCamera(rig, camera, scene, texture, obstacles, random),
    newSpotter: (profile, random) =>
      strangers ? NOBODY : new PeerDetector(profile, sightings, obstacles, exposure, random),
  };
}

/** Cameras deliver pixels: the scene drawn as they see it. */
export function imagesFidelity(
  { scene, camera, robots, strangers }: SimOptions,
  obstacles: Obstacles,
  render: RenderKernels,
): Fidelity {
  const team = robots.map(({ profile }) => profile).sort((a, b) => a.id - b.id);
  const rigs = team.map(({ rig }) => rig);
  const boards = team.map(({ id }) => boardsOf(id));
  const pictured = new PicturedScene(scene, obstacles, render, rigs, boards);
  return {
    newCamera: (rig, random) => new ImageCamera(rig, camera, scene, pictured, random),
    newSpotter: (profile) => (strangers ? NOBODY : new BoardSpotter(profile)),
  };
}
