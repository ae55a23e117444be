import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Random } from '../../base/random.ts';
import { decodeImages } from '../../bin/images.ts';
import { lensOf } from '../../slam/camera/model.ts';
import { FrontEnd } from '../../slam/features/front-end.ts';
import { PATTERN } from '../../slam/features/pattern.ts';
import { type Keypoints, toFull } from '../../slam/kernels/feature-kernels.ts';
import { loadKernels } from '../../slam/kernels/load.ts';
import { dataFolder, hasData } from '../data.ts';
import { features as oracle, pyramid } from '../oracle/features/extractor.ts';
import type { GreyImage } from '../oracle/features/pyramid.ts';
import { deadLeaves, uprightPatches } from '../oracle/orb-pattern.ts';
import { RIG } from './synthetic.ts';

const OPTIONS = { features: 500, levels: 8, scaleFactor: 1.2, initialThreshold: 20, minimumThreshold: 7 };
const kernels = await loadKernels(readFileSync('slam/kernels/build/kernels.wasm'));
const picture = deadLeaves(new Random('features/picture'));

function extract({ width, height, data }: GreyImage, options = OPTIONS): Keypoints {
  return kernels.features.newExtractor({ ...options, width, height }).extract(data);
}

/** What a camera with square pixels sees of an ideal scene: the mean of `scene` over each pixel. */
function draw(width: number, height: number, scene: (x: number, y: number) => number): GreyImage {
  const data = new Uint8Array(width * height);
  const fine = 8;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let j = 0; j < fine; j++)
        for (let i = 0; i < fine; i++) sum += scene(x + (i + 0.5) / fine - 0.5, y + (j + 0.5) / fine - 0.5);
      data[y * width + x] = Math.round(sum / (fine * fine));
    }
  }
  return { width, height, data };
}

/** The image turned by `angle` about its centre. */
function turned(image: GreyImage, angle: number): GreyImage {
  const [cx, cy] = [(image.width - 1) / 2, (image.height - 1) / 2];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return resampled(image, (x, y) => [
    cx + (x - cx) * cos + (y - cy) * sin,
    cy - (x - cx) * sin + (y - cy) * cos,
  ]);
}

function shifted(image: GreyImage, dx: number, dy: number): GreyImage {
  return resampled(image, (x, y) => [x - dx, y - dy]);
}

/** Bilinear; black where there is no source. */
function resampled(image: GreyImage, source: (x: number, y: number) => [number, number]): GreyImage {
  const { width, height, data } = image;
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = source(x, y);
      const [left, top] = [Math.floor(u), Math.floor(v)];
      if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height) continue;
      const [a, b] = [u - left, v - top];
      const i = top * width + left;
      const above = data[i] * (1 - a) + data[i + 1] * a;
      const below = data[i + width] * (1 - a) + data[i + width + 1] * a;
      out[y * width + x] = Math.round(above * (1 - b) + below * b);
    }
  }
  return { width, height, data: out };
}

function hamming(a: Uint8Array, i: number, b: Uint8Array, j: number): number {
  let distance = 0;
  for (let n = 0; n < 32; n++) {
    for (let bits = a[32 * i + n] ^ b[32 * j + n]; bits; bits &= bits - 1) distance++;
  }
  return distance;
}

function scaleOf(level: number): number {
  return level === 0 ? 1 : OPTIONS.scaleFactor * scaleOf(level - 1);
}

/** The image's top left part. */
function cropped(image: GreyImage, width: number, height: number): GreyImage {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++)
    data.set(image.data.subarray(y * image.width, y * image.width + width), y * width);
  return { width, height, data };
}

describe('the kernels equal the plain code bit for bit', () => {
  const RPY = 'tum_fr1_rpy_first150';
  const leaves = deadLeaves(new Random('features/equal'));
  const noise = new Random('features/noise');
  const images: [string, GreyImage][] = [
    ['leaves', leaves],
    ...[
      [33, 33],
      [47, 200],
      [131, 65],
      [257, 130],
      [479, 359],
    ].map(([w, h]): [string, GreyImage] => [`leaves of ${w}×${h}`, cropped(leaves, w, h)]),
    [
      'noise, black and white',
      {
        width: 211,
        height: 97,
        data: Uint8Array.from({ length: 211 * 97 }, () => (noise.chance(0.5) ? 255 : 0)),
      },
    ],
    ['nothing', { width: 120, height: 80, data: new Uint8Array(9600).fill(255) }],
  ];

  it.each(images)('on %s', (_, image) => {
    for (const options of [
      OPTIONS,
      { ...OPTIONS, features: 3000, initialThreshold: 40, minimumThreshold: 1 },
    ]) {
      const all = { ...options, width: image.width, height: image.height };
      expect(extract(image, options)).toEqual(oracle.newExtractor(all).extract(image.data));
    }
  });

  it.skipIf(!hasData(RPY))('on a real image', async () => {
    const [first] = readFileSync(`${dataFolder}/${RPY}/rgb.txt`, 'utf8')
      .split('\n')
      .filter((line) => line && !line.startsWith('#'));
    const image = await decodeImages.grey(readFileSync(`${dataFolder}/${RPY}/${first.split(' ')[1].trim()}`));
    const all = { ...OPTIONS, features: 1000, width: image.width, height: image.height };
    expect(extract(image, { ...OPTIONS, features: 1000 })).toEqual(
      oracle.newExtractor(all).extract(image.data),
    );
  });

  it('in the disparities of a pair', () => {
    const { width, height, data } = leaves;
    const other = shifted(leaves, -9.3, 0.4).data;
    for (const features of [300, 1500]) {
      const [ours, plain] = [kernels.features, oracle].map((kind) => {
        const extractor = kind.newExtractor({ ...OPTIONS, features, width, height });
        extractor.extract(data, 'left');
        extractor.extract(other, 'right');
        return extractor.matchStereo(300);
      });
      expect(ours.filter((d) => d > 0).length).toBeGreaterThan(0.4 * features);
      expect(ours).toEqual(plain);
    }
  });
});

describe('the detector', () => {
  it('finds the tip of a wedge within a third of a pixel, wherever between pixels it lies', () => {
    for (const [tipX, tipY] of [
      [60, 50],
      [60.3, 50.4],
      [59.75, 50.5],
      [60.5, 49.8],
    ]) {
      const wedge = draw(120, 100, (x, y) => (x > tipX && Math.abs(y - tipY) < 0.8 * (x - tipX) ? 220 : 30));
      const { count, x, y, octave } = extract(wedge);
      const errors = Array.from({ length: count }, (_, k) => k)
        .filter((k) => octave[k] === 0)
        .map((k) => [x[k] - tipX, y[k] - tipY]);
      const nearest = errors.sort((a, b) => Math.hypot(...a) - Math.hypot(...b))[0];
      expect(Math.abs(nearest[1])).toBeLessThan(0.34);
      // FAST peaks inside the wedge, by the same amount each time.
      expect(Math.abs(nearest[0] - 1.8)).toBeLessThan(1);
    }
  });

  it('moves a keypoint by the fraction of a pixel that the image moves', () => {
    const [dx, dy] = [0.4, -0.3];
    const before = extract(picture, { ...OPTIONS, levels: 1 });
    const after = extract(shifted(picture, dx, dy), { ...OPTIONS, levels: 1 });
    const errors: number[] = [];
    for (let k = 0; k < before.count; k++) {
      for (let j = 0; j < after.count; j++) {
        const error = Math.hypot(after.x[j] - before.x[k] - dx, after.y[j] - before.y[k] - dy);
        if (error < 1.5) errors.push(error);
      }
    }
    errors.sort((a, b) => a - b);
    expect(errors.length).toBeGreaterThan(0.7 * before.count);
    expect(errors[errors.length >> 1]).toBeLessThan(0.3);
  });

  it('places the coarse levels where the fine ones see the same thing', () => {
    const [cx, cy] = [80.2, 71.6];
    const blob = draw(160, 140, (x, y) => (Math.abs(x - cx) < 5 && Math.abs(y - cy) < 5 ? 20 : 200));
    const { count, x, y, octave } = extract(blob);
    const levels = new Set(octave);
    expect(levels.size).toBeGreaterThan(3);
    for (const level of levels) {
      const on = Array.from({ length: count }, (_, k) => k).filter((k) => octave[k] === level);
      const mean = (values: Float32Array) => on.reduce((sum, k) => sum + values[k], 0) / on.length;
      // The blob's corners lie evenly round its centre.
      if (on.length % 4 !== 0) continue;
      const pixel = blob.width / Math.round(blob.width / scaleOf(level));
      expect(Math.abs(mean(x) - cx)).toBeLessThan(0.24 * pixel);
      expect(Math.abs(mean(y) - cy)).toBeLessThan(0.24 * pixel);
    }
  });

  it('spreads keypoints over the image and over the levels', () => {
    const { count, x, y, octave } = extract(picture);
    expect(Math.abs(count - OPTIONS.features)).toBeLessThan(50);
    const cells = new Set(Array.from(x, (u, k) => `${Math.floor(u / 60)} ${Math.floor(y[k] / 60)}`));
    expect(cells.size).toBeGreaterThan(0.9 * 48);
    expect(new Set(octave).size).toBe(8);
  });

  it('falls back to the low threshold only where the high one finds nothing', () => {
    const dots = (contrast: (x: number) => number) =>
      draw(160, 96, (x, y) => 100 + (Math.abs(x) % 16 < 6 && Math.abs(y) % 16 < 6 ? contrast(x) : 0));
    const found = (image: GreyImage) => {
      const xs = [...extract(image, { ...OPTIONS, levels: 1 }).x];
      return [xs.filter((x) => x < 74).length, xs.filter((x) => x > 86).length];
    };
    const [faint, strong] = found(dots((x) => (x < 80 ? 12 : 80)));
    expect(faint).toBeGreaterThan(20);
    expect(strong).toBeGreaterThan(20);
    const [overshadowed] = found(dots((x) => (x % 32 < 16 ? 12 : 80)));
    expect(overshadowed).toBeLessThan(strong);
    const blank = draw(160, 96, (x) => (x < 80 ? 100 : 104));
    expect(extract(blank).count).toBe(0);
  });

  it('gives nothing for an image smaller than a patch', () => {
    expect(extract({ width: 20, height: 20, data: new Uint8Array(400) }).count).toBe(0);
  });
});

describe('descriptors', () => {
  it('stay alike when the camera rolls, and their angles roll along', () => {
    const before = extract(picture);
    for (const roll of [0.6, -1.7, 3]) {
      const after = extract(turned(picture, roll));
      const [cos, sin] = [Math.cos(roll), Math.sin(roll)];
      const [cx, cy] = [(picture.width - 1) / 2, (picture.height - 1) / 2];
      const distances: number[] = [];
      let rolled = 0;
      for (let k = 0; k < before.count; k++) {
        const u = cx + (before.x[k] - cx) * cos - (before.y[k] - cy) * sin;
        const v = cy + (before.x[k] - cx) * sin + (before.y[k] - cy) * cos;
        for (let j = 0; j < after.count; j++) {
          if (after.octave[j] !== before.octave[k] || Math.hypot(after.x[j] - u, after.y[j] - v) > 1.5)
            continue;
          distances.push(hamming(before.descriptors, k, after.descriptors, j));
          const off = after.angle[j] - before.angle[k] - roll;
          if (Math.abs(Math.atan2(Math.sin(off), Math.cos(off))) < 0.2) rolled++;
          break;
        }
      }
      distances.sort((a, b) => a - b);
      expect(distances.length).toBeGreaterThan(80);
      expect(distances[distances.length >> 1]).toBeLessThan(40);
      expect(rolled).toBeGreaterThan(0.9 * distances.length);
    }
  });

  it('of unlike corners are far apart: the tests are even, and differ', () => {
    const places = Array.from({ length: PATTERN.length / 2 }, (_, i) => {
      return [PATTERN[2 * i], PATTERN[2 * i + 1]] as const;
    });
    expect(Math.max(...places.map(([x, y]) => Math.hypot(x, y)))).toBeLessThanOrEqual(15);
    const patches = ['a', 'b', 'c'].flatMap((name) => uprightPatches(deadLeaves(new Random(name)), places));
    let expected = 0;
    for (let t = 0; t < 256; t++) {
      const share = patches.filter((patch) => patch[2 * t] < patch[2 * t + 1]).length / patches.length;
      expect(Math.abs(share - 0.5)).toBeLessThan(0.25);
      expected += 2 * share * (1 - share);
    }
    expect(expected).toBeGreaterThan(120);
  });

  it('are the same bytes for the same image, whatever came before', () => {
    const { width, height, data } = picture;
    const extractor = kernels.features.newExtractor({ ...OPTIONS, width, height });
    const first = extractor.extract(data);
    const other = deadLeaves(new Random('other')).data;
    extractor.extract(other);
    extractor.extract(other, 'right');
    kernels.features.newExtractor({ ...OPTIONS, width, height }).extract(other);
    expect(extractor.extract(data)).toEqual(first);
  });
});

describe('the pyramid', () => {
  it('shrinks by the factor, and keeps a ramp a ramp', () => {
    const ramp = draw(200, 100, (x) => x);
    pyramid(ramp.data, { ...OPTIONS, width: 200, height: 100 }).forEach(({ width, height, data }, level) => {
      const scale = 200 / width;
      expect(Math.abs(Math.log(scale) / Math.log(1.2) - level)).toBeLessThan(0.1);
      for (let x = 2; x < width - 2; x++) {
        const value = data[(height >> 1) * width + x];
        expect(Math.abs(value - toFull(x, width, 200))).toBeLessThan(1.2);
      }
    });
  });
});

describe('the front end', () => {
  it('undoes lens distortion: undistort and distort are inverse', () => {
    const distortion = [0.262383, -0.953104, -0.005358, 0.002628, 1.163314];
    const lens = lensOf({ ...RIG, fx: 517.3, fy: 516.5, cx: 318.6, cy: 255.3, distortion });
    const [ideal, raw] = [new Float64Array(2), new Float64Array(2)];
    for (const [u, v] of [
      [10, 10],
      [630, 20],
      [320, 240],
      [15, 470],
      [500, 400],
    ]) {
      lens.undistort(u, v, ideal);
      lens.distort(ideal[0], ideal[1], raw);
      expect(Math.hypot(raw[0] - u, raw[1] - v)).toBeLessThan(0.01);
    }
  });

  it('reads depth at the keypoint, and refuses images the rig does not deliver', () => {
    const { width, height, data: grey } = picture;
    const rig = { ...RIG, width, height };
    const depth = new Float32Array(width * height);
    for (let i = 0; i < depth.length; i++) depth[i] = i % width < 240 ? 1 + (i % width) / 100 : 0;
    const frontEnd = new FrontEnd(rig, kernels.features, { features: 300 });
    const frame = frontEnd.process({ kind: 'images', width, height, grey, depth });
    for (let k = 0; k < frame.count; k++) {
      if (Math.abs(frame.x[k] - 239.5) < 1) continue;
      if (frame.x[k] > 240) expect(frame.depth[k]).toBe(0);
      else expect(Math.abs(frame.depth[k] - 1 - frame.x[k] / 100)).toBeLessThan(0.011);
    }
    expect(() => frontEnd.process({ kind: 'images', width, height, grey })).toThrow(/without depth/);
    expect(() => frontEnd.process({ kind: 'images', width: 8, height, grey, depth })).toThrow(/8×360/);
  });

  it('measures the depth of a stereo pair from a disparity between pixels', () => {
    const { width, height, data: grey } = picture;
    const rig = { ...RIG, kind: 'stereo' as const, width, height, fx: 300, baseline: 0.2 };
    const disparity = 12.4;
    const right = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x + 13 < width; x++) {
        const i = y * width + x + 12;
        right[y * width + x] = Math.round(grey[i] * 0.6 + grey[i + 1] * 0.4);
      }
    }
    const frame = new FrontEnd(rig, kernels.features, { features: 500 }).process({
      kind: 'images',
      width,
      height,
      grey,
      right,
    });
    const off: number[] = [];
    frame.depth.forEach((z, k) => {
      if (z > 0) off.push(Math.abs((300 * 0.2) / z - disparity) / scaleOf(frame.octave[k]));
    });
    off.sort((a, b) => a - b);
    expect(off.length).toBeGreaterThan(0.5 * frame.count);
    expect(off[off.length >> 1]).toBeLessThan(0.2);
    expect(off[Math.floor(0.9 * off.length)]).toBeLessThan(0.6);
  });
});
