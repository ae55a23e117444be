import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from '../base/random.ts';
import { decodeImages } from '../bin/images.ts';

export interface Picture {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Where recordings may be, relative to where the bench runs; `PEERSLAM_DATA` names another place. */
const DATA = process.env.PEERSLAM_DATA ?? '../shared/data';
const FOLDERS = {
  'TUM fr1_rpy': 'tum_fr1_rpy_first150/rgb',
  'KITTI 00': 'kitti_00_first40/image_0',
};

/** The first image of each recording that is there, and a drawn one. */
export async function pictures(): Promise<Picture[]> {
  const real: Picture[] = [];
  for (const [name, folder] of Object.entries(FOLDERS)) {
    const path = join(DATA, folder);
    if (!existsSync(path)) continue;
    const [first] = (await readdir(path)).sort();
    real.push({ name, ...(await decodeImages.grey(await readFile(join(path, first)))) });
  }
  return [...real, drawn()];
}

/** Boxes of all sizes, many small and few large, over each other, and a little noise. */
function drawn(): Picture {
  const [width, height, boxes] = [640, 480, 2500];
  const random = new Random('bench/picture');
  const data = new Uint8Array(width * height);
  for (let n = 0; n < boxes; n++) {
    const side = 4 / Math.sqrt(random.uniform(0.0005, 1));
    const [left, top] = [Math.floor(random.uniform(-20, width)), Math.floor(random.uniform(-20, height))];
    const [right, bottom] = [left + side * random.uniform(0.5, 2), top + side];
    const grey = random.uniform(20, 230);
    for (let y = Math.max(0, top); y < Math.min(height, bottom); y++) {
      for (let x = Math.max(0, left); x < Math.min(width, right); x++) data[y * width + x] = grey;
    }
  }
  for (let i = 0; i < data.length; i++)
    data[i] = Math.max(0, Math.min(255, Math.round(data[i] + random.normal(2))));
  return { name: 'drawn boxes', width, height, data };
}
