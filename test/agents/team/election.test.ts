import { describe, expect, it } from 'vitest';
import { Presence } from '../../../agents/team/presence.ts';
import { Crew } from './crew.ts';
import { STORM } from './links.ts';

function leaders(crew: Crew): number[] {
  return crew.radios.filter((_, id) => !crew.dead.has(id)).map(({ leader }) => leader);
}

describe('the leader', () => {
  it('is the lowest id, oneself before anyone was heard', () => {
    const crew = new Crew(3);
    crew.run(0.1);
    expect(leaders(crew)).toEqual([0, 1, 2]);
    crew.run(1);
    expect(leaders(crew)).toEqual([0, 0, 0]);
  });

  it('is the next when the first has died, within some seconds, and not before', () => {
    const crew = new Crew(3);
    crew.run(10);
    crew.dead.add(0);
    crew.run(3);
    expect(leaders(crew)).toEqual([0, 0]);
    crew.run(4);
    expect(leaders(crew)).toEqual([1, 1]);
    expect(crew.radios[2].living).toEqual([1, 2]);
  });

  it('is each of two parts that do not hear each other, and one again on return', () => {
    const crew = new Crew(4);
    crew.run(5);
    crew.link.reaches = (from, to) => from % 2 === to % 2;
    crew.run(8);
    expect(leaders(crew)).toEqual([0, 1, 0, 1]);
    crew.link.reaches = (from, to) => from === to;
    crew.run(8);
    expect(leaders(crew)).toEqual([0, 1, 2, 3]);
    crew.link.reaches = () => true;
    crew.run(2);
    expect(leaders(crew)).toEqual([0, 0, 0, 0]);
  });

  it('is the same for those who hear of it by others only, and they notice its death', () => {
    const crew = new Crew(4);
    crew.link.reaches = (from, to) => Math.abs(from - to) === 1;
    crew.run(6);
    expect(leaders(crew)).toEqual([0, 0, 0, 0]);
    crew.dead.add(0);
    crew.run(12);
    expect(leaders(crew)).toEqual([1, 1, 1]);
  });

  it('does not change in a storm', () => {
    const crew = new Crew(4, STORM);
    crew.run(5);
    const seen = new Set<string>();
    crew.run(60, (radio) => seen.add(`${radio.leader}`));
    expect([...seen]).toEqual(['0']);
  });
});

describe('signs of life', () => {
  it('are news once: what others go on telling of the dead is none', () => {
    const presence = new Presence(3);
    presence.hear(1, 10, 50);
    expect(presence.hearOf(1, 10, 52)).toBe(false);
    expect(presence.hearOf(1, 9, 53)).toBe(false);
    expect(presence.living(54)).toEqual([1, 3]);
    expect(presence.living(56)).toEqual([3]);
    expect(presence.hearOf(1, 10.5, 57)).toBe(true);
    expect(presence.leader(57)).toBe(1);
    expect(presence.hears(1, 57)).toBe(false);
  });

  it('of late messages do not bring back an older time stamp', () => {
    const presence = new Presence(3);
    presence.hear(1, 10, 50);
    presence.hear(1, 9, 51);
    expect(presence.signOf(1, 51)).toEqual({ beat: 10, echo: { sentAt: 10, held: 1 } });
    presence.hearOf(1, 11, 52);
    expect(presence.signOf(1, 52)).toEqual({ beat: 11, echo: { sentAt: 10, held: 2 } });
  });
});
