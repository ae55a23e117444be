import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Rooms whose code decides what a mission does, so must give the same bytes on every machine and Node version. */
const DECIDING = ['base', 'slam', 'sim', 'rl', 'agents'];

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['build', 'node_modules'].includes(entry.name) ? [] : sources(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

/** Places where a pattern stands in code rather than in a comment or string. */
function uses(pattern: RegExp): string[] {
  return DECIDING.flatMap(sources).flatMap((path) =>
    readFileSync(path, 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
      .split('\n')
      .flatMap((line, i) =>
        pattern.test(line.replace(/\/\/.*|'[^']*'|`[^`]*`/g, '')) ? [`${path}:${i + 1}`] : [],
      ),
  );
}

describe('conventions', () => {
  it('never raises to a power: Math.pow and ** give other bits on Node 24 than on 20', () => {
    expect(uses(/\*\*|Math\.pow/)).toEqual([]);
  });

  it('draws no randomness but from named, seeded streams', () => {
    expect(uses(/Math\.random|randomBytes|getRandomValues/)).toEqual([]);
  });

  it('never asks for the date', () => {
    expect(uses(/Date\.now|new Date/)).toEqual([]);
  });
});
