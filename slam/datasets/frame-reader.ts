import type { ImageFrame } from '../../base/sensors.ts';
import { Rectifier } from '../camera/remap.ts';
import type { FileSource, FrameFiles, FrameFormat, ImageDecoder } from './recording.ts';

/** Reads the files of one moment and makes of them what the rig delivers. */
export class FrameReader {
  private readonly format: FrameFormat;
  private readonly files: FileSource;
  private readonly decoder: ImageDecoder;
  private readonly rectifier: Rectifier | null;

  constructor(format: FrameFormat, files: FileSource, decoder: ImageDecoder) {
    this.format = format;
    this.files = files;
    this.decoder = decoder;
    this.rectifier = format.unrectified ? new Rectifier(format.unrectified, format.rig) : null;
  }

  /** @throws Error that names the file and says what is wrong with it */
  async read(frame: FrameFiles): Promise<ImageFrame> {
    const [grey, right, depth] = await Promise.all([
      this.image(frame.image, this.decoder.grey),
      frame.right === undefined ? undefined : this.image(frame.right, this.decoder.grey),
      frame.depth === undefined ? undefined : this.image(frame.depth, this.decoder.depth),
    ]);
    const { width, height } = this.format.rig;
    return {
      kind: 'images',
      width,
      height,
      grey: this.rectifier ? this.rectifier.left(grey) : grey,
      ...(right && { right: this.rectifier ? this.rectifier.right(right) : right }),
      ...(depth && { depth: inMetres(depth, this.format.depthUnit!) }),
    };
  }

  private async image<T>(
    path: string,
    decode: (bytes: Uint8Array) => Promise<{ width: number; height: number; data: T }>,
  ): Promise<T> {
    const { width, height } = this.format.unrectified?.left ?? this.format.rig;
    const image = await this.files
      .bytes(path)
      .then(decode)
      .catch((error: Error) => {
        throw new Error(`${path}: ${error.message}`, { cause: error });
      });
    if (image.width === width && image.height === height) return image.data;
    throw new Error(`${path} is ${image.width}×${image.height}; the camera's images are ${width}×${height}`);
  }
}

function inMetres(raw: Uint16Array, unit: number): Float32Array {
  const metres = new Float32Array(raw.length);
  for (let i = 0; i < metres.length; i++) metres[i] = raw[i] * unit;
  return metres;
}
