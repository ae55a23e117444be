import { describe, expect, it } from 'vitest';
import { Rescues } from '../../scenarios/evaluate/rescues.ts';

describe('rescues', () => {
  it('are robots astray without their camera that a correction brings back', () => {
    const rescues = new Rescues();
    rescues.note(1, 10, false, 0.6);
    rescues.note(1, 17.9, false, 0.7);
    rescues.help(1);
    rescues.note(1, 18, false, 0.2);
    expect(rescues.count()).toEqual({ lost: 1, recovered: 1, medianS: 8 });
  });

  it('are not those who find back by themselves, see where they are, or are hardly off', () => {
    const rescues = new Rescues();
    rescues.help(1);
    rescues.note(1, 10, false, 0.6);
    rescues.help(1);
    rescues.note(1, 17, false, 0.55);
    rescues.note(1, 18, true, 0.1);
    rescues.note(2, 10, true, 5);
    rescues.note(3, 10, false, 0.4);
    expect(rescues.count()).toEqual({ lost: 0, recovered: 0, medianS: null });
  });

  it('fail where help does not come in time, or does not help', () => {
    const rescues = new Rescues();
    rescues.note(1, 10, false, 0.6);
    rescues.help(1);
    rescues.note(1, 20, false, 0.4);
    expect(rescues.count()).toEqual({ lost: 1, recovered: 0, medianS: null });
    rescues.note(1, 71, false, 0.1);
    expect(rescues.count()).toEqual({ lost: 1, recovered: 0, medianS: null });
  });
});
