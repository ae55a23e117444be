import { InputError } from '../base/errors.ts';
import { Random } from '../base/random.ts';
import type { Plan, PlanSolid } from './layouts/plan.ts';
import type { AppearanceOptions } from './options.ts';
import type { BareArea, Material, Scene } from './scene.ts';

const WALLS = ['wall rich', 'wall', 'wall poor'] as const;
const REPEATING = ['tiles', 'panels'] as const;

/** Gives every surface of a plan a material, and says where there is nothing to see. */
export function dress(plan: Plan, appearance: AppearanceOptions): Scene {
  check(appearance);
  const materials = palette(appearance.texture);
  const index = (name: string) => materials.findIndex((material) => material.name === name);
  const random = new Random(appearance.seed).fork('appearance');
  const solids = plan.solids.map((solid, id) => {
    const name = materialOf(solid, plan, appearance, random.fork(`solid${id}`));
    const { pattern: _, ...geometry } = solid;
    return { ...geometry, id, material: index(name) };
  });
  return {
    bounds: plan.bounds,
    ceiling: plan.ceiling,
    floorMaterial: index('floor'),
    ceilingMaterial: index(plan.openAir ? 'bare' : 'ceiling'),
    materials,
    solids,
    persons: plan.persons,
    starts: plan.starts,
    light: appearance.light,
    bareAreas: bareAreas(plan, appearance, random.fork('bare')),
    textureSeed: appearance.seed,
  };
}

/** Densities relative to a well-textured wall: posters and signs on walls, things on shelves, little on floors. */
function palette(texture: number): Material[] {
  return [
    { name: 'bare', texture: 0, contrast: 0 },
    { name: 'floor', texture: 0.25 * texture, contrast: 0.35 },
    { name: 'ceiling', texture: 0.15 * texture, contrast: 0.4, repeat: 1.2 },
    { name: 'wall rich', texture: 1.4 * texture, contrast: 0.6 },
    { name: 'wall', texture, contrast: 0.5 },
    { name: 'wall poor', texture: 0.6 * texture, contrast: 0.4 },
    { name: 'tiles', texture, contrast: 0.5, repeat: 0.8 },
    { name: 'panels', texture: 0.8 * texture, contrast: 0.5, repeat: 1.5 },
    { name: 'rack', texture: 1.2 * texture, contrast: 0.6, repeat: 2.7 },
    { name: 'furniture', texture: 1.2 * texture, contrast: 0.6 },
    { name: 'door', texture: 0.5 * texture, contrast: 0.5 },
    { name: 'clutter', texture: 1.5 * texture, contrast: 0.7 },
  ];
}

function materialOf(solid: PlanSolid, plan: Plan, appearance: AppearanceOptions, random: Random): string {
  if (solid.kind !== 'wall') return solid.pattern ? 'rack' : solid.kind;
  if (plan.zones.length === 0 && random.chance(appearance.bare)) return 'bare';
  return random.pick(random.chance(appearance.repeated) ? REPEATING : WALLS);
}

/** Whole zones left bare by chance, those plain by their nature, and those the options spell out. */
function bareAreas(plan: Plan, appearance: AppearanceOptions, random: Random): BareArea[] {
  const byChance = plan.zones.filter(() => random.chance(appearance.bare));
  return [
    ...[...byChance, ...plan.plain].map((zone) => ({ ...zone, everything: false })),
    ...appearance.bareAreas.map(([minX, minY, maxX, maxY]) => ({
      minX,
      minY,
      maxX,
      maxY,
      everything: true,
    })),
  ];
}

function check(appearance: AppearanceOptions): void {
  if (!(appearance.texture >= 0)) {
    throw new InputError('appearance.texture', `${appearance.texture} corners/m² is negative; use 0 or more`);
  }
  for (const key of ['bare', 'repeated', 'light'] as const) {
    if (!(appearance[key] >= 0 && appearance[key] <= 1)) {
      throw new InputError(`appearance.${key}`, `${appearance[key]} must lie between 0 and 1`);
    }
  }
}
