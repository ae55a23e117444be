import { AGENT_TABLE } from './agent-features.ts';
import type { Feature } from './feature.ts';
import { SPANS } from './memory.ts';
import { MISSION_TABLE } from './mission-features.ts';
import { AGENT_FEATURES, MISSION_FEATURES, OBSERVATION_VERSION, PAIR_FEATURES } from './observation.ts';
import { PAIR_TABLE } from './pair-features.ts';

/** `docs/observation.md`: every feature of the observation with its unit and how it is normalised. */
export function observationDocument(): string {
  return `# What a policy sees

Version ${OBSERVATION_VERSION}. Written by \`npx tsx rl/observation/write-document.ts\` from the tables in \`rl/observation/\`: change those.

A robot decides by what its own SLAM knows and what its radio has delivered, nothing else. Each feature takes two numbers: its value,
normalised to about 0…1, and 1 where it is known. Where it is not, both are 0: a SLAM, or a robot, may lack some. In training
\`dropFeatures\` takes features away at random, so that a policy learns to do without; those marked *always* no robot can lack.

Features marked *remembered* come three times: as they are, and as exponential averages over ${SPANS.short} s (\`.short\`) and
${SPANS.long} s (\`.long\`) of the normalised value, each report counting by the time since the one before.

A robot may choose to map, or to observe a teammate it has heard of that nobody else observes and that does not observe it, as long as
it has budget left. Of two that have begun the same thing without knowing of each other, the lower id may go on. Tasks of
robots that have been silent for 30 s do not count.

## Each robot: ${AGENT_FEATURES} numbers
${table(AGENT_TABLE)}
## Each ordered pair, observer and peer: ${PAIR_FEATURES} numbers
As the robot that decides believes it; nothing is known of a robot and itself.
${table(PAIR_TABLE)}
## The mission: ${MISSION_FEATURES} numbers
${table(MISSION_TABLE)}`;
}

function table<Source>(features: readonly Feature<Source>[]): string {
  const rows = features.map(({ name, unit, about, scale, always, remembered }) => {
    const notes = [always && 'always', remembered && 'remembered'].filter(Boolean).join(', ');
    return `| \`${name}\` | ${about} | ${unit || '–'} | ${scale.text} | ${notes} |\n`;
  });
  return `\n| feature | what it is | unit | normalised | |\n|---|---|---|---|---|\n${rows.join('')}`;
}
