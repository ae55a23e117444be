import type { CameraRig, ImageFrame, PeerSighting } from '../../base/sensors.ts';
import { faceOf, robotOf } from './board.ts';
import { MarkerDetector } from './detect.ts';
import { PeerPose, type SeenFace } from './pose.ts';

/** Sees teammates by the boards they wear in the images of one camera, whose distortion must have been taken out. */
export class BoardSpotter {
  private readonly detector: MarkerDetector;
  private readonly pose: PeerPose;

  constructor(rig: CameraRig) {
    this.detector = new MarkerDetector(rig.width, rig.height);
    this.pose = new PeerPose(rig);
  }

  /**
   * The teammates in an image, by rising id.
   * @param self the robot that looks; @param team ids of the whole team: whatever else is read is dropped
   */
  look(
    { width, height, grey }: Pick<ImageFrame, 'width' | 'height' | 'grey'>,
    self: number,
    team: readonly number[],
  ): PeerSighting[] {
    const seen = new Map<number, SeenFace[]>();
    for (const { code, corners, sigma } of this.detector.detect({ width, height, data: grey })) {
      const peer = robotOf(code);
      if (peer === self || !team.includes(peer)) continue;
      const faces = seen.get(peer) ?? [];
      faces.push({ face: faceOf(code), corners, sigma });
      seen.set(peer, faces);
    }
    return [...seen].flatMap(([peer, faces]) => {
      const estimate = this.pose.estimate(faces);
      return estimate ? [{ peer, bodyFromPeer: estimate.bodyFromPeer, covariance: estimate.covariance }] : [];
    });
  }
}
