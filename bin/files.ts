import { access, readFile } from 'node:fs/promises';
import type { FileSource } from '../slam/datasets/recording.ts';

export const nodeFiles: FileSource = {
  text: (path) => readFile(path, 'utf8'),
  bytes: (path) => readFile(path),
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
};
