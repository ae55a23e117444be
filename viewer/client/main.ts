import type { TelemetryMessage } from '../messages/types.ts';
import { Connection } from './connection.ts';
import { listenToHands } from './input.ts';
import { Keyframes } from './layers/keyframes.ts';
import { Paths } from './layers/paths.ts';
import { Plans } from './layers/plans.ts';
import { MapPoints } from './layers/points.ts';
import { Robots } from './layers/robots.ts';
import { Sightings } from './layers/sightings.ts';
import { Walls } from './layers/walls.ts';
import { Watching } from './layers/watching.ts';
import { byId } from './panel/dom.ts';
import { Feed } from './panel/feed.ts';
import { Help } from './panel/help.ts';
import { Labels } from './panel/labels.ts';
import { MetricsPlate } from './panel/metrics.ts';
import { MissionPlate } from './panel/mission.ts';
import { TeamPlates } from './panel/team.ts';
import { Stage } from './stage.ts';
import { Team } from './team.ts';
import { ViewControl } from './view-control.ts';

declare global {
  interface Window {
    /** What the page has taken in, for tests. */
    peerslam: { events: number; agents: number; points: number; time: number };
  }
}

// What there is: the team first, since the rest asks it for names, colours and places.
const team = new Team();
const points = new MapPoints(team);
const keyframes = new Keyframes(team);
const robots = new Robots(team);
const layers = [
  new Walls(),
  points,
  keyframes,
  new Paths(team),
  new Plans(team),
  robots,
  new Watching(team),
  new Sightings(team),
];
const stage = new Stage(byId<HTMLCanvasElement>('view'), layers);
const view = new ViewControl(stage.camera, stage.canvas, team);
const mission = new MissionPlate();
const metrics = new MetricsPlate();
const feed = new Feed(team);
const labels = new Labels(team);
const help = new Help();
const plates = new TeamPlates(
  team,
  { keyframes: (agent) => keyframes.countOf(agent), points: (agent) => points.countOf(agent) },
  (id) => view.follow(id),
);
listenToHands({ stage, view, robots, team, help });

// What comes in, as it comes.
window.peerslam = { events: 0, agents: 0, points: 0, time: 0 };
const receivers = [team, ...layers, view, mission, metrics, feed];
function take(message: TelemetryMessage): void {
  window.peerslam.events++;
  for (const receiver of receivers) receiver.apply(message);
}
const address = new URL('telemetry', location.href);
address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
const connection = new Connection(address.href, take);

// What is shown, once a frame.
stage.run((now, dt) => {
  for (const member of team.members.values()) member.glide(dt);
  view.update(dt);
  mission.update(now, connection.status);
  plates.update(view.followed);
  metrics.update();
  feed.update();
  labels.update(stage);
  Object.assign(window.peerslam, { agents: team.members.size, points: points.count, time: mission.time });
});
