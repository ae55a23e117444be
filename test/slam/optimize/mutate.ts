import type { Random } from '../../../base/random.ts';

const SPLINTERS = [
  '-',
  '1e308',
  'NaN',
  '',
  ' ',
  '\n',
  '0',
  '99999999999',
  '-7',
  '0x1f',
  '\u0000',
  'EDGE_SE2',
  '1.5.2',
];

/** A text damaged a little: cut short, a piece removed, doubled or replaced, or a character changed. */
export function mutate(random: Random, text: string): string {
  let damaged = text;
  for (let k = random.int(3); k >= 0; k--) {
    const at = random.int(damaged.length + 1);
    const end = Math.min(damaged.length, at + 1 + random.int(12));
    const [before, piece, after] = [damaged.slice(0, at), damaged.slice(at, end), damaged.slice(end)];
    switch (random.int(5)) {
      case 0:
        damaged = before;
        break;
      case 1:
        damaged = before + after;
        break;
      case 2:
        damaged = before + piece + piece + after;
        break;
      case 3:
        damaged = before + random.pick(SPLINTERS) + after;
        break;
      default:
        damaged = before + String.fromCharCode(32 + random.int(95)) + damaged.slice(at + 1);
    }
  }
  return damaged;
}
