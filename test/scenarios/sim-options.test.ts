import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inverse, transformPoint, yawOf } from '../../base/se3.ts';
import { parseScenario } from '../../scenarios/load.ts';
import { simOptions } from '../../scenarios/sim-options.ts';

const folder = join(import.meta.dirname, '../../scenarios');

const ROOM = `
name: room
layout:
  kind: explicit
  bounds: [0, 0, 10, 8]
  solids:
    - { kind: wall, x: 5, y: 4, hx: 0.1, hy: 2, hz: 1.3 }
    - { kind: furniture, x: 2, y: 2, z: 0.75, hx: 1, hy: 1, hz: 0.03 } # a table top
  starts: [[1, 1, 0], [1, 3, 1.5707963267948966], [1, 5, 0]]
`;

function set(more: string, choices = {}) {
  return simOptions(parseScenario(ROOM + more, 'f.yaml'), { seed: 7, where: 'f.yaml', ...choices });
}

describe('the scenarios that come along', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

  it('are six', () => {
    expect(files.sort()).toEqual(
      ['corridors', 'crowd', 'office', 'plaza', 'rescue', 'warehouse'].map((name) => `${name}.yaml`),
    );
  });

  it.each(files)('%s: can be run, is called like its file, and names its schema', (file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./scenario.schema.json');
    const scenario = parseScenario(text, file);
    expect(`${scenario.name}.yaml`).toBe(file);
    expect(scenario.description).not.toBe('');
    expect(simOptions(scenario, { seed: 1, where: file }).robots).toHaveLength(4);
  });

  it('office has at least 600 m²; in rescue one robot starts where nothing has texture', () => {
    const load = (name: string) => {
      const text = readFileSync(join(folder, `${name}.yaml`), 'utf8');
      return simOptions(parseScenario(text, name), { seed: 1 });
    };
    const { minX, maxX, minY, maxY } = load('office').scene.bounds;
    expect((maxX - minX) * (maxY - minY)).toBeGreaterThanOrEqual(600);
    const { robots, scene } = load('rescue');
    const inTheBare = robots.filter(({ pose: [x, y] }) =>
      scene.bareAreas.some((a) => a.everything && x > a.minX && x < a.maxX && y > a.minY && y < a.maxY),
    );
    expect(inTheBare.map(({ profile }) => profile.name)).toEqual(['stranded']);
  });
});

describe('robots', () => {
  it('stand where the layout has starts, the first frame being the team frame', () => {
    const { robots } = set('team: { agents: 2 }');
    expect(robots.map(({ pose }) => pose)).toEqual([
      [1, 1, 0],
      [1, 3, Math.PI / 2],
    ]);
    expect([...robots[0].profile.start!.slice(0, 3)]).toEqual([0, 0, 0]);
    const second = robots[1].profile.start!;
    expect([...second.slice(0, 2)]).toEqual([0, 2]);
    expect(yawOf(second)).toBeCloseTo(Math.PI / 2, 12);
  });

  it('are told nothing of their start where initial poses are unknown', () => {
    const { robots } = set('team: { agents: 2 }\ninitialPoses: unknown');
    for (const { profile } of robots) expect('start' in profile).toBe(false);
  });

  it('may each differ in what is spelled out, and in nothing else', () => {
    const { robots } = set(`
team:
  agents: 2
  robots:
    - {}
    - { name: tall, start: [8, 4, 0], diesAt: 60, mass: 20, camera: { rateHz: 5, mount: { height: 0.9 } } }
`);
    expect(robots[1]).toMatchObject({ pose: [8, 4, 0], diesAt: 60, mass: 20 });
    expect(robots[1].profile).toMatchObject({ name: 'tall', cameraRateHz: 5, radius: 0.22 });
    expect(robots[1].profile.rig.bodyFromCamera[2]).toBeCloseTo(0.9, 12);
    expect(robots[1].profile.rig.bodyFromCamera[0]).toBeCloseTo(0.1, 12);
    expect(robots[0].profile).toMatchObject({ name: 'robot 0', cameraRateHz: 10 });
    expect(robots[0].diesAt).toBeUndefined();
  });

  it('may be as many as the command line says', () => {
    expect(set('', { agents: 3 }).robots).toHaveLength(3);
  });

  it('have a camera that looks ahead, and down where it is pitched', () => {
    const rig = (more: string) =>
      set(`team: { agents: 1 }\nrobot: { camera: { ${more} } }`).robots[0].profile.rig;
    const level = inverse(rig('width: 320, height: 240').bodyFromCamera);
    // 2 m ahead of the camera, 0.5 m left, 0.25 m up: optical x right, y down, z ahead.
    const seen = transformPoint(level, [2.1, 0.5, 0.6]);
    expect([...seen].map((v) => Math.round(v * 1e9) / 1e9)).toEqual([-0.5, -0.25, 2]);
    expect(rig('width: 320, height: 240')).toMatchObject({ cx: 159.5, cy: 119.5 });
    const pitched = inverse(rig('mount: { pitch: 0.5 }').bodyFromCamera);
    expect(transformPoint(pitched, [2.1, 0, 0.35])[1]).toBeCloseTo(-2 * Math.sin(0.5), 12);
  });

  it('may stand under a table, since solids stand on the floor unless they say how high', () => {
    const { scene, robots } = set('team: { agents: 1, robots: [{ start: [2, 2, 0] }] }');
    expect(scene.solids[0].z).toBe(1.3);
    expect(robots[0].pose).toEqual([2, 2, 0]);
  });
});

describe('robots that cannot be', () => {
  it.each([
    [
      'in a wall',
      'team: { agents: 2, robots: [{}, { start: [4.8, 5, 0] }] }',
      'f.yaml: team.robots[1].start is [4.8, 5, 0], inside wall 0 (0.2 m × 4 m at 5, 4); it should be 0.22 m or more clear of everything',
    ],
    [
      'outside',
      'team: { agents: 1, robots: [{ start: [9.9, 5, 0] }] }',
      'f.yaml: team.robots[0].start is [9.9, 5, 0], outside the floor (x 0 to 10, y 0 to 8); it should be 0.22 m or more inside',
    ],
    [
      'on top of each other',
      'team: { agents: 2, robots: [{}, { start: [1.3, 1, 0] }] }',
      'f.yaml: team.robots[1].start is [1.3, 1, 0], where robot 0 stands; robots should not overlap',
    ],
    [
      'too many',
      'team: { agents: 4 }',
      'f.yaml: no place for robot 3: the layout has places for 3 robots to start; take fewer (team.agents), spell out team.robots[…].start, or choose a larger layout',
    ],
  ])('%s: one clear message', (_, more, message) => {
    expect(() => set(more)).toThrow(expect.objectContaining({ name: 'InputError', message }));
  });

  it('none at all, by the command line: a clear message', () => {
    expect(() => set('', { agents: 0 })).toThrow(/0 robots/);
  });

  it('in a building too small for its kind: the file is named', () => {
    const small = parseScenario('name: x\nlayout: { kind: office, width: 9, depth: 9 }', 'f.yaml');
    expect(() => simOptions(small, { seed: 1, where: 'f.yaml' })).toThrow(/^f\.yaml: layout/);
  });
});
