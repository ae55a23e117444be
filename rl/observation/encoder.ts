import type { AgentReport, AllocationView } from '../../base/allocation.ts';
import { AGENT_TABLE } from './agent-features.ts';
import { mayObserve } from './allowed.ts';
import { AGENT_COLUMNS, MISSION_COLUMNS, PAIR_COLUMNS, WIDTH } from './columns.ts';
import { Memory } from './memory.ts';
import { MISSION_TABLE } from './mission-features.ts';
import { AGENT_FEATURES, MISSION_FEATURES, type Observation, PAIR_FEATURES } from './observation.ts';
import { PAIR_TABLE } from './pair-features.ts';

/** Turns what one robot knows into numbers, and remembers some of them: one encoder a robot and mission. */
export class ObservationEncoder {
  private readonly memories = new Map<number, Memory>();

  /** Called at each decision; called again with the same view it gives the same. */
  encode(view: AllocationView): Observation {
    const team = [view.self, ...view.peers].sort((a, b) => a.agent - b.agent);
    return {
      team: team.length,
      ids: Int32Array.from(team, ({ agent }) => agent),
      self: team.indexOf(view.self),
      agents: this.encodeAgents(view, team),
      pairs: encodePairs(view, team),
      mission: encodeMission(view),
      allowed: Uint8Array.of(1, ...team.map((peer) => (mayObserve(view, peer) ? 1 : 0))),
    };
  }

  private encodeAgents(view: AllocationView, team: readonly AgentReport[]): Float32Array {
    const out = new Float32Array(team.length * AGENT_FEATURES);
    team.forEach((report, row) => {
      const memory = this.memoryOf(report.agent);
      const values = AGENT_TABLE.map(({ scale, read }) => scale.of(read({ view, report })));
      values.forEach((value, feature) => {
        if (AGENT_TABLE[feature].remembered) memory.note(feature, value, report.time);
      });
      AGENT_COLUMNS.forEach(({ feature, span }, column) => {
        const value = span ? memory.average(feature, span) : values[feature];
        put(out, row * AGENT_FEATURES + WIDTH * column, value);
      });
    });
    return out;
  }

  private memoryOf(agent: number): Memory {
    let memory = this.memories.get(agent);
    if (!memory) {
      memory = new Memory(AGENT_TABLE.length);
      this.memories.set(agent, memory);
    }
    return memory;
  }
}

function encodePairs({ pairs }: AllocationView, team: readonly AgentReport[]): Float32Array {
  const out = new Float32Array(team.length * team.length * PAIR_FEATURES);
  team.forEach((observer, i) => {
    const known = pairs.filter((pair) => pair.observer === observer.agent);
    team.forEach((peer, j) => {
      if (i === j) return;
      const source = { observer, peer, pair: known.find((pair) => pair.peer === peer.agent) };
      const start = (i * team.length + j) * PAIR_FEATURES;
      PAIR_COLUMNS.forEach(({ feature }, column) => {
        const { scale, read } = PAIR_TABLE[feature];
        put(out, start + WIDTH * column, scale.of(read(source)));
      });
    });
  });
  return out;
}

function encodeMission(view: AllocationView): Float32Array {
  const out = new Float32Array(MISSION_FEATURES);
  MISSION_COLUMNS.forEach(({ feature }, column) => {
    const { scale, read } = MISSION_TABLE[feature];
    put(out, WIDTH * column, scale.of(read(view)));
  });
  return out;
}

/** A value and that it is known; 0 and 0 where it is not. */
function put(out: Float32Array, at: number, value: number): void {
  if (Number.isNaN(value)) return;
  out[at] = value;
  out[at + 1] = 1;
}
