import { describe, expect, it } from 'vitest';
import { yawOf } from '../../base/se3.ts';
import type { Person } from '../../sim/scene.ts';
import { box, hall, makeWorld, profile, robot, run } from './worlds.ts';

/** A hall with nothing to see: cameras cost nothing in it. */
function dark(solids: Parameters<typeof hall>[0] = [], persons: readonly Person[] = []) {
  return hall(solids, { texture: 0 }, persons);
}

describe('a robot', () => {
  it('follows a command, within its limits', () => {
    const world = makeWorld(dark(), [robot(0, [2, 5, 0])]);
    run(world, 1.5, 0.5, 0);
    expect(world.truth.velocity(0).linear).toBeCloseTo(0.5, 2);
    run(world, 1.5, 9, 0);
    expect(world.truth.velocity(0).linear).toBeCloseTo(0.7, 2);
    run(world, 1.5, 0, -0.6);
    expect(world.truth.velocity(0).angular).toBeCloseTo(-0.6, 2);
    expect(world.truth.velocity(0).linear).toBeCloseTo(0, 2);
  });

  it('takes time to get going: torque is limited', () => {
    const world = makeWorld(dark(), [robot(0, [2, 5, 0])]);
    run(world, 0.1, 0.7, 0);
    expect(world.truth.velocity(0).linear).toBeGreaterThan(0.05);
    expect(world.truth.velocity(0).linear).toBeLessThan(0.4);
  });

  it('goes in circles of the radius commanded, without sliding sideways', () => {
    const world = makeWorld(dark(), [robot(0, [6, 4, 0])]);
    run(world, 1, 0.5, 0.5);
    const left = [];
    for (let i = 0; i < 100; i++) {
      run(world, 0.1, 0.5, 0.5);
      const pose = world.truth.sceneFromBody(0);
      left.push([pose[0] - Math.sin(yawOf(pose)), pose[1] + Math.cos(yawOf(pose))]);
    }
    for (const [x, y] of left) expect(Math.hypot(x - left[0][0], y - left[0][1])).toBeLessThan(0.03);
  });

  it('stops at a wall and feels it', () => {
    const world = makeWorld(dark(), [robot(0, [10, 5, 0])]);
    expect(run(world, 1, 0.5, 0)[0].bumped).toBe(false);
    const [packet] = run(world, 6, 0.5, 0);
    expect(packet.bumped).toBe(true);
    expect(world.truth.sceneFromBody(0)[0]).toBeGreaterThan(11.94 - 0.22 - 0.02);
    expect(world.truth.sceneFromBody(0)[0]).toBeLessThan(11.94 - 0.22 + 0.02);
    expect(run(world, 2, -0.3, 0)[0].bumped).toBe(false);
  });

  it('pushes a light box, and is stopped by a heavy one', () => {
    const light = makeWorld(dark([box('clutter', 4, 5, 0.2, 0.2, 0.4, 3)]), [robot(0, [3, 5, 0])]);
    run(light, 6, 0.4, 0);
    const [moved] = light.truth.loose();
    expect(moved.x).toBeGreaterThan(4.8);
    expect(light.truth.sceneFromBody(0)[0]).toBeLessThan(moved.x - 0.2);

    const heavy = makeWorld(dark([box('clutter', 4, 5, 0.2, 0.2, 0.4, 60)]), [robot(0, [3, 5, 0])]);
    const [packet] = run(heavy, 6, 0.4, 0);
    expect(packet.bumped).toBe(true);
    expect(heavy.truth.loose()[0].x).toBeLessThan(4.02);
    expect(heavy.truth.sceneFromBody(0)[0]).toBeLessThan(3.6);
  });

  it('does not push a box through a wall', () => {
    const world = makeWorld(dark([box('clutter', 11, 5, 0.2, 0.2, 0.4, 2)]), [robot(0, [10, 5, 0])]);
    run(world, 8, 0.5, 0);
    expect(world.truth.loose()[0].x).toBeLessThan(11.94 - 0.2 + 0.03);
  });

  it('stalls at a wall with weak motors; with strong ones its wheels spin and count what is not driven', () => {
    const counted = (maxTorque: number) => {
      const wheels = { track: 0.34, wheelRadius: 0.07, maxTorque, slip: 0, calibration: 0 };
      const world = makeWorld(dark(), [robot(0, [11.7, 5, 0])], { wheels });
      let travel = 0;
      for (let i = 0; i < 30; i++) travel += run(world, 0.1, 0.7, 0)[0].odometry.delta[0];
      expect(world.truth.sceneFromBody(0)[0]).toBeLessThan(11.75);
      return travel;
    };
    expect(counted(1)).toBeLessThan(0.05);
    expect(counted(8)).toBeGreaterThan(0.3);
  });

  it('stops half a second after the last command', () => {
    const world = makeWorld(dark(), [robot(0, [2, 5, 0])]);
    run(world, 2, 0.5, 0);
    for (let i = 0; i < 5; i++) world.step();
    expect(world.truth.velocity(0).linear).toBeGreaterThan(0.4);
    for (let i = 0; i < 10; i++) world.step();
    expect(Math.abs(world.truth.velocity(0).linear)).toBeLessThan(0.01);
  });

  it('vanishes when it dies: no packets, no body, out of the way', () => {
    const world = makeWorld(dark(), [robot(0, [4, 5, 0]), robot(1, [5, 5, 0], { diesAt: 1 })]);
    expect(run(world, 1).map(({ agent }) => agent)).toEqual([0, 1]);
    expect(world.step().map(({ agent }) => agent)).toEqual([0]);
    expect(world.bodies.map((body) => body.profile.id)).toEqual([0]);
    expect(world.truth.alive(1)).toBe(false);
    run(world, 4, 0.6, 0);
    expect(world.truth.sceneFromBody(0)[0]).toBeGreaterThan(5.5);
  });

  it('delivers packets at its own rate', () => {
    const slow = { ...robot(1, [4, 2, 0]), profile: profile(1, { cameraRateHz: 4 }) };
    const world = makeWorld(dark(), [robot(0, [4, 5, 0]), slow]);
    const count = [0, 0];
    for (let i = 0; i < 50; i++) for (const { agent } of world.step()) count[agent]++;
    expect(count).toEqual([50, 20]);
  });
});

describe('a person', () => {
  const route = [
    [2, 5],
    [9, 5],
  ] as const;

  it('walks to and fro', () => {
    const world = makeWorld(dark([], [{ route, speed: 1, offset: 0 }]), [robot(0, [2, 1, 0])]);
    run(world, 3);
    expect(world.truth.persons()[0].x).toBeCloseTo(5, 1);
    run(world, 7);
    expect(world.truth.persons()[0].x).toBeCloseTo(6, 1);
  });

  it('waits for a robot in the way, and goes on when it has left', () => {
    const world = makeWorld(dark([], [{ route, speed: 1, offset: 0 }]), [robot(0, [5, 5, Math.PI / 2])]);
    run(world, 4);
    const waiting = world.truth.persons()[0].x;
    expect(waiting).toBeGreaterThan(3.5);
    expect(waiting).toBeLessThan(5 - 0.22 - 0.25);
    run(world, 2, 0.7, 0);
    expect(world.truth.persons()[0].x).toBeGreaterThan(waiting + 0.3);
  });
});

describe('a world', () => {
  it.each([
    ['robots[0].pose', [robot(0, [0.1, 5, 0])]],
    ['robots[0].pose', [robot(0, [40, 5, 0])]],
    ['robots[1].pose', [robot(0, [4, 5, 0]), robot(1, [4.2, 5, 0])]],
    ['robots[1].pose', [robot(0, [4, 5, 0]), robot(0, [8, 5, 0])]],
    ['robots[0].mass', [robot(0, [4, 5, 0], { mass: 0 })]],
    ['robots:', []],
  ])('says what is wrong (%s)', (where, robots) => {
    expect(() => makeWorld(dark(), robots)).toThrow(where);
  });
});
