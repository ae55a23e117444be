import sharp from 'sharp';
import type { ImageDecoder } from '../slam/datasets/recording.ts';

/** Weights of red, green and blue in grey (ITU-R BT.601), in 1/16384. */
const [RED, GREEN, BLUE] = [4899, 9617, 1868];

/** PNG, JPEG and whatever else sharp reads; it decodes on its own threads. */
export const decodeImages: ImageDecoder = {
  async grey(bytes) {
    const { data, info } = await decoded(open(bytes).raw().toBuffer({ resolveWithObject: true }));
    const { width, height, channels } = info;
    if (channels < 3 && channels !== 1)
      throw new Error(`has ${channels} channels; an image should be grey or colour`);
    if (channels === 1) return { width, height, data };
    const grey = new Uint8Array(width * height);
    for (let i = 0, p = 0; i < grey.length; i++, p += channels) {
      grey[i] = (RED * data[p] + GREEN * data[p + 1] + BLUE * data[p + 2] + 8192) >> 14;
    }
    return { width, height, data: grey };
  },

  async depth(bytes) {
    const image = open(bytes);
    const { depth, channels } = await decoded(image.metadata());
    if (depth !== 'ushort' || channels !== 1) {
      throw new Error(
        `is ${depth} with ${channels} channel(s); a depth image should hold 16 bits in one channel`,
      );
    }
    const raw = image.toColourspace('grey16').raw({ depth: 'ushort' });
    const { data, info } = await decoded(raw.toBuffer({ resolveWithObject: true }));
    const values = new Uint16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));
    return { width: info.width, height: info.height, data: values };
  },
};

function open(bytes: Uint8Array) {
  return sharp(bytes, { failOn: 'truncated' });
}

/** The decoder's own words mean little to whoever only has a damaged file, and with several threads at work they vary. */
function decoded<T>(work: Promise<T>): Promise<T> {
  return work.catch((cause: Error) => {
    throw new Error('is no image, or only part of one', { cause });
  });
}
