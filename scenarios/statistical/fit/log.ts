import type { MissionListener } from '../../../agents/events.ts';
import type { AgentReport, Allocator } from '../../../base/allocation.ts';
import { wrapAngle, yawOf } from '../../../base/se3.ts';
import type { RunOptions } from '../../run.ts';
import { runScenario } from '../../run.ts';
import { simOptions } from '../../sim-options.ts';
import { Site } from '../site.ts';

/** Seconds between two samples. */
export const PERIOD = 0.5;
const SAME_TIME = 1e-6;

/** What one robot's SLAM made of a moment, and where it truly was: scene frame, metres and radians. */
export interface Sample {
  readonly time: number;
  readonly tracks: boolean;
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
  readonly errorX: number;
  readonly errorY: number;
  readonly errorYaw: number;
  readonly sigma: number;
  /** Metres driven and radians turned since the sample before. */
  readonly metres: number;
  readonly radians: number;
  /** The team has put its map elsewhere since then. */
  readonly corrected: boolean;
  readonly report?: AgentReport;
}

/** A mission in the `features` fidelity, as the tables are fitted to it. */
export interface MissionLog {
  readonly scenario: string;
  readonly policy: string;
  readonly seed: number;
  readonly hash: string;
  readonly site: Site;
  /** By robot. */
  readonly samples: readonly (readonly Sample[])[];
}

/** Runs a mission and writes down what the tables need of it. Decisions come every second, so that robots report as often. */
export async function logMission(options: RunOptions): Promise<MissionLog> {
  const { scenario, seed, policy, agents, where } = options;
  const site = new Site(simOptions(scenario, { seed, agents, where }));
  const recorder = new Recorder(site);
  const { metrics } = await runScenario({
    ...options,
    scenario: { ...scenario, decision: { ...scenario.decision, epoch: 2 * PERIOD } },
    allocator: (random) => recorder.around(options.allocator(random)),
    listener: recorder.listener,
  });
  return { scenario: scenario.name, policy, seed, hash: metrics.hash, site, samples: recorder.samples };
}

class Recorder {
  readonly samples: Sample[][];
  private readonly site: Site;
  private readonly told = new Map<
    number,
    { readonly tracks: boolean; readonly sigma: number; readonly pose: Float64Array }
  >();
  private readonly way: {
    x: number;
    y: number;
    yaw: number;
    metres: number;
    radians: number;
    corrected: boolean;
  }[];
  private readonly reports = new Map<number, AgentReport>();

  constructor(site: Site) {
    this.site = site;
    this.samples = site.profiles.map(() => []);
    this.way = site.options.robots.map(({ pose: [x, y, yaw] }) => ({
      x,
      y,
      yaw,
      metres: 0,
      radians: 0,
      corrected: false,
    }));
  }

  readonly listener: MissionListener = (event) => {
    if (event.type === 'pose') {
      const { agent, state, positionSigma, worldFromBody } = event;
      this.told.set(agent, {
        tracks: state === 'tracking',
        sigma: positionSigma,
        pose: worldFromBody.slice(),
      });
    } else if (event.type === 'team') this.way[event.agent].corrected = true;
    else if (event.type === 'truth') this.take(event.agent, event.time, event.worldFromBody);
  };

  /** The same policy, overheard. */
  around(allocator: Allocator): Allocator {
    return {
      name: allocator.name,
      decide: (view) => {
        this.reports.set(view.self.agent, view.self);
        return allocator.decide(view);
      },
    };
  }

  private take(agent: number, time: number, truth: Float64Array): void {
    const way = this.way[agent];
    const [x, y] = this.site.fromTeam(truth[0], truth[1]);
    const yaw = yawOf(truth) + this.site.options.robots[0].pose[2];
    way.metres += Math.hypot(x - way.x, y - way.y);
    way.radians += Math.abs(wrapAngle(yaw - way.yaw));
    Object.assign(way, { x, y, yaw });
    const periods = time / PERIOD;
    if (Math.abs(periods - Math.round(periods)) > SAME_TIME) return;
    const { tracks, sigma, pose } = this.told.get(agent)!;
    const [estimatedX, estimatedY] = this.site.fromTeam(pose[0], pose[1]);
    const report = this.reports.get(agent);
    const { metres, radians, corrected } = way;
    this.samples[agent].push({
      time,
      tracks,
      x,
      y,
      yaw,
      errorX: estimatedX - x,
      errorY: estimatedY - y,
      errorYaw: wrapAngle(yawOf(pose) - yawOf(truth)),
      sigma,
      metres,
      radians,
      corrected,
      ...(report && { report }),
    });
    this.reports.delete(agent);
    Object.assign(way, { metres: 0, radians: 0, corrected: false });
  }
}
