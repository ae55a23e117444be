import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../base/random.ts';
import { readKernels } from '../../../bin/resources.ts';
import type { Kernels } from '../../../slam/kernels/kernels.ts';
import { loadMap, saveMap } from '../../../slam/map/file/map-file.ts';
import { Drive } from '../drive.ts';
import { CorridorWorld } from '../synthetic.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await readKernels();
});
const world = new CorridorWorld({ seed: 'corridor', density: 30, maxFeatures: 500 });
/** Metres along, out of sight of where everybody starts. */
const ELSEWHERE = 14;

const mono = (settings?: ConstructorParameters<typeof Drive>[3], options?: object) =>
  new Drive(world, kernels, false, settings, options, 'mono');
/** Its map holds so little that it is not worth finding again. */
const SMALL = { mostKeyframes: 4 };
const withSmallMap = () => mono(SMALL).go(2);
/** Keyframes that are in no part with what they share points with. */
const astray = ({ slam }: Drive) =>
  [...slam.map.keyframes()].filter(({ part, covisible }) =>
    [...covisible.keys()].some((other) => other.part !== part),
  );

describe('a single camera that is lost', () => {
  it('drops a small map, culled keyframes and all', () => {
    const drive = withSmallMap();
    expect(drive.slam.map.keyframeCount).toBeLessThan(5);
    expect(drive.slam.map.contents().graves.size).toBeGreaterThan(0);
    drive.go(0.1, true);
    expect(drive.slam.map.keyframeCount).toBe(0);
    expect(drive.slam.trajectory().times.length).toBe(0);
    expect(loadMap(saveMap(drive.slam.map), 'test').map.keyframeCount).toBe(0);
  });

  for (const localizeOnly of [true, false]) {
    it(`keeps a small map that it was given${localizeOnly ? ' only to find itself in' : ''}`, () => {
      const saved = saveMap(withSmallMap().slam.map);
      const { map } = loadMap(saved, 'test');
      const drive = mono(SMALL, { map, localizeOnly }).carryTo(1.5).go(0.3);
      expect(drive.last.state).toBe('tracking');
      drive.go(0.2, true);
      expect(drive.last.state).toBe('lost');
      expect(map.keyframeCount).toBe(4);
      if (localizeOnly) expect(Buffer.compare(saveMap(map), saved)).toBe(0);
    });
  }

  it('begins no map with what it saw when it was lost before', () => {
    const drive = mono().go(2.5).go(0.5, true);
    const random = new Random('standing');
    const standAt = (along: number) => {
      const pose = world.poseAt(along);
      drive.go(1.5, false, () => world.observe(pose, random));
    };
    standAt(ELSEWHERE);
    drive.carryTo(1.5).go(2);
    expect(drive.last.state).toBe('tracking');
    standAt(ELSEWHERE + 0.3);
    expect(drive.last.state).toBe('lost');
    expect(drive.slam.map.partSizes().size).toBe(1);
  });

  it('counts what it looks back at to the map that shows it, though it has found another again', () => {
    const drive = mono({ newMapFrames: 60 }).go(2.5).go(0.5, true).carryTo(ELSEWHERE);
    const { map } = drive.slam;
    for (let n = 0; map.partSizes().size < 2 && n < 100; n++) drive.go(0.05);
    const begun = map.partSizes().get(1)!;
    drive.carryTo(1.5).go(1.5);
    expect(drive.last.state).toBe('tracking');
    expect(map.part).toBe(0);
    expect(map.partSizes().get(1)).toBeGreaterThan(begun);
    expect(astray(drive)).toEqual([]);
  });
});
