import { beforeEach, describe, expect, it } from 'vitest';
import {
  compose,
  inverse,
  type Pose,
  quaternionOf,
  rotationMatrix,
  transformPoint,
} from '../../../base/se3.ts';
import { nodeFiles } from '../../../bin/files.ts';
import { lensOf } from '../../../slam/camera/model.ts';
import { rigOf } from '../../../slam/datasets/calibration.ts';
import { openEuroc } from '../../../slam/datasets/euroc.ts';
import { Folder, greyPng, problem, readAll, timesOf } from './folder.ts';

const SIZE: [number, number] = [188, 120];
/** The benchmark's own cameras, a quarter of the size. */
const CAMERAS = [
  {
    fromBody: [
      0.0148655429818, -0.999880929698, 0.00414029679422, -0.0216401454975, 0.999557249008, 0.0149672133247,
      0.025715529948, -0.064676986768, -0.0257744366974, 0.00375618835797, 0.999660727178, 0.00981073058949,
      0, 0, 0, 1,
    ],
    intrinsics: [114.66, 114.32, 91.8, 62.1],
    distortion: [-0.28340811, 0.07395907, 0.00019359, 0.0000176187114],
  },
  {
    fromBody: [
      0.0125552670891, -0.999755099723, 0.0182237714554, -0.0198435579556, 0.999598781151, 0.0130119051815,
      0.0251588363115, 0.0453689425024, -0.0253898008918, 0.0179005838253, 0.999517347078, 0.00786212447038,
      0, 0, 0, 1,
    ],
    intrinsics: [114.4, 114.03, 95, 63.8],
    distortion: [-0.28368365, 0.07451284, -0.00010473, -0.000035559],
  },
];
const START = 1403636579763555584n;
const STEP = 50_000_000n;

const poseOfCamera = ({ fromBody: m }: (typeof CAMERAS)[number]): Pose =>
  Float64Array.of(m[3], m[7], m[11], ...quaternionOf([0, 1, 2, 4, 5, 6, 8, 9, 10].map((i) => m[i])));

function sensorYaml({ fromBody, intrinsics, distortion }: (typeof CAMERAS)[number]): string {
  return `# General sensor definitions.
sensor_type: camera
comment: VI-Sensor (MT9M034)
T_BS:
  cols: 4
  rows: 4
  data: [${fromBody.join(', ')}]
rate_hz: 20
resolution: [${SIZE.join(', ')}]
camera_model: pinhole
intrinsics: [${intrinsics.join(', ')}] #fu, fv, cu, cv
distortion_model: radial-tangential
distortion_coefficients: [${distortion.join(', ')}]
`;
}

const WALL = 3;
/** Shade of a wall that stands across the body's view, where a ray from a camera meets it. */
function shadeSeen(bodyFromCamera: Pose, x: number, y: number): number {
  const r = rotationMatrix(bodyFromCamera);
  const [dx, dy, dz] = [0, 3, 6].map((row) => r[row] * x + r[row + 1] * y + r[row + 2]);
  const way = (WALL - bodyFromCamera[2]) / dz;
  const [a, b] = [bodyFromCamera[0] + way * dx, bodyFromCamera[1] + way * dy];
  return 128 + 60 * Math.sin(5 * a + 1) + 60 * Math.sin(4 * b + 2);
}

function rawImage(camera: (typeof CAMERAS)[number]): Promise<Buffer> {
  const [fx, fy, cx, cy] = camera.intrinsics;
  const lens = lensOf(
    rigOf('mono', { width: SIZE[0], height: SIZE[1], fx, fy, cx, cy, distortion: camera.distortion }),
  );
  const ideal = new Float64Array(2);
  const pose = poseOfCamera(camera);
  const shade = (u: number, v: number) => {
    lens.undistort(u, v, ideal);
    return Math.round(shadeSeen(pose, (ideal[0] - cx) / fx, (ideal[1] - cy) / fy));
  };
  return greyPng(shade, SIZE);
}

let folder: Folder;
beforeEach(async () => {
  folder = await Folder.create();
  for (const [i, camera] of CAMERAS.entries()) {
    const image = await rawImage(camera);
    let csv = '#timestamp [ns],filename\r\n';
    for (let k = 0n; k < 3n; k++) {
      const stamp = START + k * STEP;
      await folder.write(`mav0/cam${i}/data/${stamp}.png`, image);
      csv += `${stamp},${stamp}.png\r\n`;
    }
    await folder.write(`mav0/cam${i}/data.csv`, csv);
    await folder.write(`mav0/cam${i}/sensor.yaml`, sensorYaml(camera));
  }
});

const euroc = (sensor?: 'stereo' | 'mono' | 'rgbd') => openEuroc(folder.path, nodeFiles, sensor);

describe('an EuRoC recording', () => {
  it('has its times in seconds, from mav0 or its parent', async () => {
    const times = timesOf(await euroc());
    expect(times.length).toBe(3);
    expect(times[0]).toBeCloseTo(1403636579.763556, 5);
    expect(times[2] - times[0]).toBeCloseTo(0.1, 6);
    expect((await openEuroc(folder.at('mav0'), nodeFiles)).frames.length).toBe(3);
  });

  it('is rectified on reading: both images are what the rig’s cameras would see', async () => {
    const recording = await euroc();
    const { rig } = recording.format;
    expect(rig.kind).toBe('stereo');
    expect(rig.baseline).toBeCloseTo(0.1101, 4);
    // Rows run along the baseline: there the right camera stands, and nowhere else.
    const [x, y, z] = compose(inverse(rig.bodyFromCamera), poseOfCamera(CAMERAS[1]));
    for (const [value, wanted] of [
      [x, rig.baseline],
      [y, 0],
      [z, 0],
    ])
      expect(value).toBeCloseTo(wanted, 8);
    const [{ grey, right }] = (await readAll(recording)).images;
    const bodyFromRight = compose(rig.bodyFromCamera, Float64Array.of(rig.baseline, 0, 0, 0, 0, 0, 1));
    for (const [image, pose] of [
      [grey, rig.bodyFromCamera],
      [right!, bodyFromRight],
    ] as const) {
      let worst = 0;
      for (let i = 0; i < image.length; i++) {
        const x = ((i % rig.width) - rig.cx) / rig.fx;
        const y = (Math.floor(i / rig.width) - rig.cy) / rig.fy;
        worst = Math.max(worst, Math.abs(image[i] - shadeSeen(pose, x, y)));
      }
      expect(worst).toBeLessThan(2);
    }
  });

  it('keeps the view wide: not narrower than the raw cameras’, and with no pixel neither of them saw', async () => {
    const { rig, unrectified } = (await euroc()).format;
    expect(rig.fx).toBeLessThan(unrectified!.left.fx);
    expect(rig.fx).toBeGreaterThan(0.8 * unrectified!.left.fx);
  });

  it('speaks of the body its truth speaks of; a single camera of itself, and its truth is moved', async () => {
    const truth = 'mav0/state_groundtruth_estimate0/data.csv';
    await folder.write(truth, `${START},1,2,3,1,0,0,0,0,0,0,0,0,0,0,0,0\n`);
    const stereo = await euroc();
    expect(stereo.truth?.bodyFromTracked).toBeUndefined();
    // Rectifying turns the left camera, and leaves it where it is.
    const expected = poseOfCamera(CAMERAS[0]);
    expect([...stereo.format.rig.bodyFromCamera.slice(0, 3)]).toEqual(
      [...expected.slice(0, 3)].map((x) => expect.closeTo(x, 9)),
    );
    const [x, y] = transformPoint(compose(inverse(expected), stereo.format.rig.bodyFromCamera), [0, 0, 1]);
    expect(Math.hypot(x, y)).toBeLessThan(0.03);
    const mono = await euroc('mono');
    expect([...mono.format.rig.bodyFromCamera]).toEqual([0, 0, 0, 0, 0, 0, 1]);
    expect([...mono.truth!.bodyFromTracked!]).toEqual([...expected].map((value) => expect.closeTo(value, 9)));
  });

  it('pairs by time and counts what has no partner', async () => {
    await folder.write('mav0/cam1/data.csv', `${START + STEP},${START + STEP}.png\n`);
    const recording = await euroc();
    expect(recording.frames.length).toBe(1);
    expect(recording.skipped.length).toBe(2);
    expect(recording.skipped[0].reason).toMatch(/cam0\/data\/1403636579763555584\.png has no right image/);
    await folder.write('mav0/cam1/data.csv', '1,1.png\n');
    expect(await problem(euroc())).toMatch(/no image of cam0 has one of cam1 within/);
  });

  it('has one camera where there is no second', async () => {
    await folder.remove('mav0/cam1');
    const recording = await euroc();
    expect(recording.format.rig).toMatchObject({
      kind: 'mono',
      fx: 114.66,
      distortion: CAMERAS[0].distortion,
    });
    expect((await readAll(recording)).images.length).toBe(3);
    expect(await problem(euroc('stereo'))).toMatch(/has no right images/);
  });

  it('is refused where its calibration makes no sense', async () => {
    const file = 'mav0/cam0/sensor.yaml';
    const good = sensorYaml(CAMERAS[0]);
    for (const [from, to, said] of [
      ['0.999557249008', '2', /sensor\.yaml: the upper left 3×3 of T_BS should be a rotation/],
      ['114.66', '-114.66', /sensor\.yaml: fx is -114.66/],
      ['91.8', '500', /principal point \(500, 62.1\) lies outside the image/],
      ['-0.28340811', '-28', /distortion .* cannot be undone/],
      ['radial-tangential', 'equidistant', /distortion_model/],
      ['cols: 4', 'cols: [', /is no YAML/],
      ['resolution', 'size', /resolution/],
    ] as const) {
      await folder.write(file, good.replace(from, to));
      expect(await problem(euroc())).toMatch(said);
    }
    await folder.remove(file);
    expect(await problem(euroc())).toMatch(/cam0\/sensor\.yaml: is missing/);
  });

  it('is refused where the cameras are swapped', async () => {
    await folder.write('mav0/cam0/sensor.yaml', sensorYaml(CAMERAS[1]));
    await folder.write('mav0/cam1/sensor.yaml', sensorYaml(CAMERAS[0]));
    expect(await problem(euroc())).toMatch(/cam1\/sensor\.yaml: T_BS: the right camera stands at \(-0\.11/);
  });
});
