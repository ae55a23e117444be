import type { CameraRig } from '../../base/sensors.ts';
import type { RobotProfile } from '../../base/world.ts';
import type { Reader, Writer } from './wire.ts';

const CAMERA_KINDS = ['rgbd', 'stereo', 'mono'] as const;

export function writeProfile(writer: Writer, profile: RobotProfile): void {
  writer.i32(profile.id);
  writer.text(profile.name);
  writeRig(writer, profile.rig);
  writer.f64(profile.cameraRateHz);
  writer.f64(profile.radius);
  writer.f64(profile.maxSpeed);
  writer.f64(profile.maxTurnRate);
  writer.f64(profile.scan.fov);
  writer.f64(profile.scan.maxRange);
  writer.f64(profile.sighting.fov);
  writer.f64(profile.sighting.minRange);
  writer.f64(profile.sighting.maxRange);
  writer.u8(profile.start ? 1 : 0);
  if (profile.start) writer.pose(profile.start);
}

export function readProfile(reader: Reader): RobotProfile {
  const profile = {
    id: reader.i32('the id of an agent'),
    name: reader.text('the name of an agent'),
    rig: readRig(reader),
    cameraRateHz: reader.f64('cameraRateHz'),
    radius: reader.f64('radius'),
    maxSpeed: reader.f64('maxSpeed'),
    maxTurnRate: reader.f64('maxTurnRate'),
    scan: { fov: reader.f64('scan.fov'), maxRange: reader.f64('scan.maxRange') },
    sighting: {
      fov: reader.f64('sighting.fov'),
      minRange: reader.f64('sighting.minRange'),
      maxRange: reader.f64('sighting.maxRange'),
    },
  };
  return reader.u8('whether a start is known') === 1 ? { ...profile, start: reader.pose('start') } : profile;
}

function writeRig(writer: Writer, rig: CameraRig): void {
  writer.u8(CAMERA_KINDS.indexOf(rig.kind));
  writer.u32(rig.width);
  writer.u32(rig.height);
  for (const value of [rig.fx, rig.fy, rig.cx, rig.cy, rig.baseline, rig.closeDepth]) writer.f64(value);
  writer.u8(rig.distortion ? 1 : 0);
  if (rig.distortion) writer.array(Float64Array.from(rig.distortion));
  writer.pose(rig.bodyFromCamera);
  writer.u32(rig.pyramid.levels);
  writer.f64(rig.pyramid.scaleFactor);
}

function readRig(reader: Reader): CameraRig {
  const intrinsics = {
    kind: reader.choice('the kind of camera', CAMERA_KINDS),
    width: reader.u32('rig.width'),
    height: reader.u32('rig.height'),
    fx: reader.f64('rig.fx'),
    fy: reader.f64('rig.fy'),
    cx: reader.f64('rig.cx'),
    cy: reader.f64('rig.cy'),
    baseline: reader.f64('rig.baseline'),
    closeDepth: reader.f64('rig.closeDepth'),
  };
  const distorted = reader.u8('whether the camera distorts') === 1;
  const distortion = distorted ? { distortion: [...reader.f64Array('rig.distortion')] } : {};
  return {
    ...intrinsics,
    ...distortion,
    bodyFromCamera: reader.pose('rig.bodyFromCamera'),
    pyramid: { levels: reader.u32('pyramid.levels'), scaleFactor: reader.f64('pyramid.scaleFactor') },
  };
}
