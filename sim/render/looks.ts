import type { Material } from '../scene.ts';

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
}

/** Edges of the cells, metres, and how strong their marks are beside each other. */
const CELLS = [
  { edge: 0.64, strength: 0.7 },
  { edge: 0.21, strength: 1 },
  { edge: 0.07, strength: 0.9 },
];
/** `Material.texture` at which every cell has a mark. */
const FULL = 170;
const FAINTEST = 30;
const CONTRAST = 70;

export function lookOf({ texture, contrast, repeat }: Material): Look {
  const share = Math.min(1, texture / FULL);
  if (share === 0) return { layers: [] };
  return {
    layers: CELLS.map(({ edge, strength }) => {
      const period = repeat === undefined ? 0 : Math.round(repeat / edge) || 1;
      return {
        cells: period > 0 ? period / repeat! : 1 / edge,
        period,
        share,
        amplitude: strength * (FAINTEST + CONTRAST * contrast),
      };
    }),
  };
}

/** Grey of a material under full light, before its texture: by name, since a scene says no more of it. */
const GREYS: Readonly<Record<string, readonly [number, number]>> = {
  bare: [150, 180],
  floor: [105, 105],
  ceiling: [185, 185],
  furniture: [70, 140],
  rack: [90, 120],
  door: [85, 115],
  clutter: [80, 160],
};
const WALLS = [140, 180] as const;

/** @param share 0…1: where in the material's range a surface lies */
export function greyOf({ name }: Material, share: number): number {
  const [low, high] = GREYS[name] ?? WALLS;
  return low + share * (high - low);
}

/** Share of the light that a surface throws back, by its outward normal: from above most, and one side more than the other. */
export function lightOn(nx: number, ny: number, nz: number): number {
  return 0.84 + 0.12 * nz + 0.08 * nx + 0.05 * ny;
}
