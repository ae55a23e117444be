import type { Material } from '../scene.ts';
import { PATCHES, POSTERS } from './glyphs.ts';

/** How the texture of a material is made: layers of cells with marks in some of them, coarse to fine. */
export interface Look {
  readonly layers: readonly Layer[];
}

export interface Layer {
  /** Cells a metre. */
  readonly cells: number;
  /** Cells after which it repeats; 0: never. */
  readonly period: number;
  /** 0…1: share of cells with a mark in them. */
  readonly share: number;
  /** Grey levels of the strongest mark. */
  readonly amplitude: number;
  /** 0…1: how far marks are turned. */
  readonly turn: number;
  /** First of the tiles that its marks are taken from. */
  readonly tile: number;
}

/**
 * Edges of the cells, metres; what stands in them; how strong it is beside the others; and `Material.texture` at which every cell has
 * one. The finer the marks, the more there are, but not as many more as would fit, as the features fidelity has it.
 */
const CELLS = [
  { edge: 0.8, tile: POSTERS, turn: 0, strength: 0.9, full: 180 },
  { edge: 0.2, tile: PATCHES, turn: 1, strength: 1, full: 320 },
  { edge: 0.07, tile: PATCHES, turn: 1, strength: 1, full: 1000 },
];
/** Nobody hangs posters on these. */
const FLAT = new Set(['floor', 'ceiling']);
const LYING = CELLS.map((cell) => ({ ...cell, tile: PATCHES, turn: 1 }));
const FAINTEST = 30;
const CONTRAST = 70;

export function lookOf({ name, texture, contrast, repeat }: Material): Look {
  if (texture === 0) return { layers: [] };
  return {
    layers: (FLAT.has(name) ? LYING : CELLS).map(({ edge, tile, turn, strength, full }) => {
      const period = repeat === undefined ? 0 : Math.round(repeat / edge) || 1;
      return {
        cells: period > 0 ? period / repeat! : 1 / edge,
        period,
        share: Math.min(1, texture / full),
        amplitude: strength * (FAINTEST + CONTRAST * contrast),
        turn,
        tile,
      };
    }),
  };
}

/** Grey of a material under full light, before its texture: by name, since a scene says no more of it. */
const GREYS: Readonly<Record<string, readonly [number, number]>> = {
  bare: [165, 200],
  floor: [120, 120],
  ceiling: [225, 225],
  furniture: [75, 160],
  rack: [90, 120],
  door: [85, 115],
  clutter: [80, 160],
};
const WALLS = [155, 195] as const;

/** @param share 0…1: where in the material's range a surface lies */
export function greyOf({ name }: Material, share: number): number {
  const [low, high] = GREYS[name] ?? WALLS;
  return low + share * (high - low);
}

/** Share of the light that a surface throws back, by its outward normal: from above most, and one side more than the other. */
export function lightOn(nx: number, ny: number, nz: number): number {
  return 0.84 + 0.12 * nz + 0.08 * nx + 0.05 * ny;
}
