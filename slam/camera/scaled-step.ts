import { compose, inverse, type Pose } from '../../base/se3.ts';

/** The step from one body to another in a map that has grown: its camera's way grows, but not the arm that carries the camera. */
export function scaledStep(bodyFromBody: Pose, scale: number, bodyFromCamera: Pose): Pose {
  if (scale === 1) return bodyFromBody.slice();
  const cameraFromBody = inverse(bodyFromCamera);
  const cameraFromCamera = compose(compose(cameraFromBody, bodyFromBody), bodyFromCamera);
  for (let i = 0; i < 3; i++) cameraFromCamera[i] *= scale;
  return compose(compose(bodyFromCamera, cameraFromCamera), cameraFromBody);
}
