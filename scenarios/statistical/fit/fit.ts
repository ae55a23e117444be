import { digest } from '../../digest.ts';
import { quantile } from '../../metrics.ts';
import { mean } from '../../statistics.ts';
import { textureInView } from '../gaze.ts';
import { binOf, SAMPLED, type Sampled, type Tables } from '../tables.ts';
import { type MissionLog, PERIOD, type Sample } from './log.ts';

/** Bounds of the bins of texture in view. */
const TEXTURE = [0.05, 0.1, 0.2, 0.3, 0.45];
const BINS = TEXTURE.length + 1;
const DECILES = 10;
/** Of increments this share, the largest, are taken for corrections, not drift. */
const TRIMMED = 0.02;
/** Metres in a sample that count as driving, radians as turning. */
const DRIVING = 0.1;
const TURNING = 0.1;
/** Fewest samples that say anything. */
const ENOUGH = 20;

/** Two samples of one robot that follow each other, and the texture in view at the first. */
interface Step {
  readonly from: Sample;
  readonly to: Sample;
  readonly bin: number;
  readonly mission: MissionLog;
}

/** The tables that missions lead to. @param assumed what they do not tell */
export function fitTables(
  missions: readonly MissionLog[],
  durationS: number,
  assumed: Pick<Tables, 'recognises'>,
): Tables {
  const steps = missions.flatMap(stepsOf);
  const poses = missions.flatMap(({ samples }) => samples.flat());
  return {
    fitted: {
      missions: missions.map(({ scenario, policy, seed }) => ({ scenario, policy, seed })),
      durationS,
      poses: poses.length,
      hash: digest((update) => {
        for (const { hash } of missions) update(hash);
      }),
    },
    texture: TEXTURE,
    goesBlind: hazards(steps, true),
    sees: hazards(steps, false),
    tracking: trackingDrift(steps),
    wheels: wheelDrift(steps),
    overconfidence: { tracking: overconfidence(poses, true), blind: overconfidence(poses, false) },
    health: healthByBin(steps),
    persistence: persistence(missions),
    ...growth(missions, steps),
    speed: speedOf(steps),
    recognises: assumed.recognises,
  };
}

function stepsOf(mission: MissionLog): Step[] {
  return mission.samples.flatMap((samples, robot) =>
    samples.slice(1).map((to, i) => {
      const from = samples[i];
      const { fov, maxRange } = mission.site.profiles[robot].scan;
      const texture = textureInView(mission.site.ground, to, fov, maxRange);
      return { from, to, bin: binOf(TEXTURE, texture), mission };
    }),
  );
}

/** Changes a second from tracking to blind, or back, by bin; where hardly anything was seen, as in the bin beside. */
function hazards(steps: readonly Step[], tracking: boolean): number[] {
  const rates: number[] = [];
  for (let bin = 0; bin < BINS; bin++) {
    const at = steps.filter((step) => step.bin === bin && step.from.tracks === tracking);
    const changes = at.filter(({ to }) => to.tracks !== tracking).length;
    const share = Math.min(0.99, changes / at.length);
    rates.push(at.length < ENOUGH ? Number.NaN : -Math.log(1 - share) / PERIOD);
  }
  return rates.map((rate, bin) => round(Number.isNaN(rate) ? nearestKnown(rates, bin) : rate));
}

function nearestKnown(values: readonly number[], at: number): number {
  for (let away = 1; away < values.length; away++) {
    for (const k of [at - away, at + away]) if (Number.isFinite(values[k] ?? Number.NaN)) return values[k];
  }
  return 0;
}

/** What the heading error changed by, and the position error beside what the heading error explains. */
function increments({ from, to }: Step): { yaw: number; x: number; y: number } {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  return {
    yaw: Math.atan2(Math.sin(to.errorYaw - from.errorYaw), Math.cos(to.errorYaw - from.errorYaw)),
    x: to.errorX - from.errorX + dy * from.errorYaw,
    y: to.errorY - from.errorY - dx * from.errorYaw,
  };
}

/** Steps in which the SLAM went on in one state without being corrected. */
function quiet(steps: readonly Step[], tracking: boolean): Step[] {
  return steps.filter(({ from, to }) => from.tracks === tracking && to.tracks === tracking && !to.corrected);
}

function trackingDrift(steps: readonly Step[]): Tables['tracking'] {
  const all = quiet(steps, true);
  const driving = all.filter(({ to }) => to.metres > DRIVING);
  const turning = all.filter(({ to }) => to.metres < 0.02 && to.radians > TURNING);
  return {
    yawMetre: round(
      ratio(
        driving,
        (step) => increments(step).yaw,
        ({ to }) => to.metres,
      ),
    ),
    yawRadian: round(
      ratio(
        turning,
        (step) => increments(step).yaw,
        ({ to }) => to.radians,
      ),
    ),
    metre: round(
      ratio(
        driving,
        (step) => Math.hypot(increments(step).x, increments(step).y),
        ({ to }) => to.metres,
      ) / 2,
    ),
  };
}

function wheelDrift(steps: readonly Step[]): Tables['wheels'] {
  const all = quiet(steps, false);
  const driving = all.filter(({ to }) => to.metres > DRIVING);
  const turning = all.filter(({ to }) => to.metres < 0.02 && to.radians > TURNING);
  const expected = ({ to, mission }: Step) => {
    const { slip, track } = mission.site.options.wheels;
    return (slip * slip * 0.01 * (2 * to.metres + track * to.radians)) / (track * track);
  };
  const yaw = (step: Step) => increments(step).yaw;
  return { driving: round(ratio(driving, yaw, expected)), turning: round(ratio(turning, yaw, expected)) };
}

/** Mean square of one thing over the mean of another, without the largest squares. */
function ratio(steps: readonly Step[], of: (step: Step) => number, over: (step: Step) => number): number {
  const pairs = steps.map((step) => ({ square: of(step) * of(step), over: over(step) }));
  pairs.sort((a, b) => a.square / a.over - b.square / b.over);
  const kept = pairs.slice(0, Math.floor(pairs.length * (1 - TRIMMED)));
  return mean(kept.map(({ square }) => square)) / mean(kept.map((pair) => pair.over));
}

function overconfidence(samples: readonly Sample[], tracking: boolean): number {
  const some = samples.filter(({ tracks }) => tracks === tracking);
  const actual = mean(some.map(({ errorX, errorY }) => errorX * errorX + errorY * errorY));
  return round(Math.sqrt(actual / mean(some.map(({ sigma }) => sigma * sigma))));
}

function healthByBin(steps: readonly Step[]): Tables['health'] {
  return Array.from({ length: BINS }, (_, bin) => {
    const reports = steps.flatMap(({ to, bin: at }) =>
      at === bin && to.tracks && to.report ? [to.report] : [],
    );
    const told = (name: Sampled) =>
      reports.map((report) =>
        name in report.health ? report.health[name as never] : report[name as 'inliers'],
      );
    return Object.fromEntries(
      SAMPLED.map((name) => {
        const values = told(name).filter(Number.isFinite);
        return [name, values.length < ENOUGH ? [] : deciles(values)];
      }),
    ) as unknown as Tables['health'][number];
  });
}

function deciles(values: readonly number[]): number[] {
  return Array.from({ length: DECILES + 1 }, (_, k) => round(quantile(values, k / DECILES)));
}

/** Correlation of the inliers told with those told a second later. */
function persistence(missions: readonly MissionLog[]): number {
  const pairs = missions.flatMap(({ samples }) =>
    samples.flatMap((own) => {
      const told = own.flatMap(({ report }) => (report?.state === 'tracking' ? [report] : []));
      return told
        .slice(1)
        .flatMap((to, i) => (to.time - told[i].time < 1.1 ? [[told[i].inliers, to.inliers]] : []));
    }),
  );
  const [a, b] = [mean(pairs.map(([from]) => from)), mean(pairs.map(([, to]) => to))];
  const product = mean(pairs.map(([from, to]) => (from - a) * (to - b)));
  const spread = mean(pairs.map(([from]) => (from - a) * (from - a)));
  return round(Math.max(0.01, product / spread));
}

/** How much map there is in the end for what was seen, and keyframes for the way that was tracked. */
function growth(
  missions: readonly MissionLog[],
  steps: readonly Step[],
): Pick<Tables, 'pointsPerFace' | 'keyframesPerMetre'> {
  let [points, faces, keyframes] = [0, 0, 0];
  for (const { site, samples } of missions) {
    samples.forEach((own, robot) => {
      const last = own.findLast(({ report }) => report !== undefined)?.report;
      points += last?.mapPoints ?? 0;
      keyframes += last?.keyframes ?? 0;
      const { fov, maxRange } = site.profiles[robot].scan;
      const seen = new Set<number>();
      for (const sample of own) textureInView(site.ground, sample, fov, maxRange, (face) => seen.add(face));
      faces += [...seen].filter((face) => site.ground.isTextured(face)).length;
    });
  }
  const metres = steps.filter(({ to }) => to.tracks).reduce((sum, { to }) => sum + to.metres, 0);
  return { pointsPerFace: round(points / faces), keyframesPerMetre: round(keyframes / metres) };
}

/** The median while driving straight on, as a share of the greatest speed. */
function speedOf(steps: readonly Step[]): number {
  const driving = steps.filter(({ to }) => to.metres > DRIVING && to.radians < TURNING);
  return round(
    quantile(
      driving.map(({ to, mission }) => to.metres / PERIOD / mission.site.profiles[0].maxSpeed),
      0.5,
    ),
  );
}

/** Four digits are as many as the fit is good for. */
function round(value: number): number {
  return Number(value.toPrecision(4));
}
