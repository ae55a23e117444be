import { Color } from 'three';
import type { TrackingState } from '../../base/allocation.ts';

/**
 * Agents take the colours of Okabe and Ito ("Color Universal Design", 2008), told apart with any kind of colour
 * vision, less the black; after eight they come round again, and the name tells which.
 */
const AGENT_COLOURS = [
  '#56b4e9',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#f0e442',
  '#d55e00',
  '#0072b2',
  '#b8c4d6',
];

export const SCENE_COLOURS = {
  background: '#0b0f16',
  floor: '#10161f',
  grid: '#1a2330',
  wall: '#7f93b2',
  wallEdge: '#6b82a8',
  truth: '#dfe7f2',
};

/** A state is told by its shape and its word as well as by its colour. */
export const STATES: Readonly<Record<TrackingState, { sign: string; word: string; colour: string }>> = {
  initialising: { sign: '○', word: 'initialising', colour: '#9aa7b8' },
  tracking: { sign: '●', word: 'tracking', colour: '#4fc3a1' },
  blind: { sign: '◐', word: 'blind', colour: '#f0b64a' },
  lost: { sign: '✕', word: 'lost', colour: '#ff6b5e' },
};

/** @param place the agent's place in the team, from 0 */
export function agentColour(place: number): string {
  return AGENT_COLOURS[place % AGENT_COLOURS.length];
}

/** A colour mixed towards another by a share in 0…1. */
export function mixed(colour: string, towards: string, share: number): Color {
  return new Color(colour).lerp(new Color(towards), share);
}
