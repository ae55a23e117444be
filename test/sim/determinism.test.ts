import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SensorPacket } from '../../base/sensors.ts';
import { buildScene } from '../../sim/build-scene.ts';
import type { SimWorld } from '../../sim/world.ts';
import { APPEARANCE, box, features, hall, makeWorld, QUIET, robot } from './worlds.ts';

function digest(packets: readonly SensorPacket[]): string {
  const hash = createHash('sha256');
  for (const packet of packets) {
    const { x, y, octave, angle, depth, descriptors } = features(packet);
    for (const column of [x, y, octave, angle, depth, descriptors]) hash.update(column);
    hash.update(packet.odometry.delta).update(packet.odometry.covariance).update(packet.scan!.ranges);
    for (const { peer, bodyFromPeer } of packet.sightings) hash.update(`${peer}`).update(bodyFromPeer);
    hash.update(`${packet.agent} ${packet.time} ${packet.bumped}`);
  }
  return hash.digest('hex');
}

/** Pushes boxes around, bumps and turns for a while. */
function play(world: SimWorld, only?: number): string {
  const packets: SensorPacket[] = [];
  for (let i = 0; i < 40; i++) {
    for (const body of world.bodies) {
      body.drive({ linear: 0.6, angular: 0.8 * Math.sin(0.1 * i + body.profile.id) });
    }
    packets.push(...world.step().filter(({ agent }) => only === undefined || agent === only));
  }
  return digest(packets);
}

function office(seed: number): SimWorld {
  const scene = buildScene(
    { kind: 'office', seed: 1, width: 18, depth: 14, clutter: 1, people: 2 },
    { ...APPEARANCE, texture: 10 },
  );
  const robots = [0, 1, 2].map((id) => robot(id, scene.starts[id]));
  return makeWorld(scene, robots, { seed, camera: { ...QUIET.camera, outlierShare: 0.1 } });
}

describe('the same options and commands', () => {
  it('give the same bytes; another seed gives others', () => {
    const first = play(office(1));
    const between = play(office(2));
    expect(play(office(1))).toBe(first);
    expect(between).not.toBe(first);
  });

  it('give a robot the same packets whoever else is in the building, out of its sight', () => {
    const boxes = [3.6, 9.6].map((x) => box('clutter', x, 5, 0.2, 0.2, 0.4, 3));
    const scene = hall([box('furniture', 6, 5, 0.06, 4.9, 2.6), ...boxes]);
    const alone = makeWorld(scene, [robot(0, [3, 5, 0])]);
    const accompanied = makeWorld(scene, [robot(0, [3, 5, 0]), robot(7, [9, 5, 0])]);
    expect(play(accompanied, 0)).toBe(play(alone, 0));
  });
});
