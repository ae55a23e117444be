import { STATES } from '../palette.ts';
import type { Member, Team } from '../team.ts';
import { byId, element, length, setText } from './dom.ts';

/** Sizes of an agent's map, which the layers know. */
export interface MapSizes {
  keyframes(agent: number): number;
  points(agent: number): number;
}

/** The plates on the right, one a robot: its task, how its camera does, how sure it is of its position, how big its map. */
export class TeamPlates {
  private readonly team: Team;
  private readonly sizes: MapSizes;
  private readonly plates = new Map<Member, Plate>();
  private readonly host = byId('team');

  /** @param choose called with the id of the robot whose plate was clicked */
  constructor(team: Team, sizes: MapSizes, choose: (id: number) => void) {
    this.team = team;
    this.sizes = sizes;
    this.host.addEventListener('click', (event) => {
      const plate = (event.target as HTMLElement).closest<HTMLElement>('[data-agent]');
      if (plate) choose(Number(plate.dataset.agent));
    });
  }

  update(followed: number | undefined): void {
    const members = [...this.team.members.values()];
    if (members.length !== this.plates.size || members.some((member) => !this.plates.has(member)))
      this.rebuild(members);
    for (const [member, plate] of this.plates)
      plate.show(member, taskOf(member, this.team), this.sizes, member.id === followed);
  }

  private rebuild(members: Member[]): void {
    this.plates.clear();
    members.forEach((member, place) => {
      this.plates.set(member, new Plate(member, place));
    });
    this.host.replaceChildren(...[...this.plates.values()].map(({ root }) => root));
  }
}

class Plate {
  readonly root: HTMLElement;
  private readonly state = element('span', 'state');
  private readonly task = element('p', 'task');
  private readonly bar = element('i');
  private readonly inliers = element('dd');
  private readonly sigma = element('dd');
  private readonly points = element('dd');
  private readonly keyframes = element('dd');

  constructor({ id, profile, colour }: Member, place: number) {
    const key = element('kbd', '', place < 9 ? String(place + 1) : '');
    const head = element('div', 'head', [element('b', '', profile.name), key, this.state]);
    const rows: [string, HTMLElement][] = [
      ['tracked', this.inliers],
      ['± 1σ', this.sigma],
      ['points', this.points],
      ['keyframes', this.keyframes],
    ];
    const list = element(
      'dl',
      '',
      rows.flatMap(([name, value]) => [element('dt', '', name), value]),
    );
    this.root = element('button', 'plate robot', [head, this.task, element('div', 'bar', [this.bar]), list]);
    this.root.dataset.agent = String(id);
    this.root.title = `Follow ${profile.name}`;
    this.root.style.setProperty('--agent', colour);
  }

  show({ id, pose }: Member, task: string, sizes: MapSizes, isFollowed: boolean): void {
    const state = STATES[pose?.state ?? 'initialising'];
    setText(this.state, `${state.sign} ${state.word}`);
    this.state.style.color = state.colour;
    this.root.dataset.state = pose?.state ?? 'initialising';
    this.root.setAttribute('aria-pressed', String(isFollowed));
    setText(this.task, task);
    const share = pose && pose.expected > 0 ? Math.min(1, pose.inliers / pose.expected) : 0;
    this.bar.style.transform = `scaleX(${share.toFixed(3)})`;
    setText(this.inliers, pose ? `${pose.inliers} / ${pose.expected}` : '–');
    setText(this.sigma, pose ? length(pose.positionSigma) : '–');
    setText(this.points, sizes.points(id).toLocaleString('en'));
    setText(this.keyframes, String(sizes.keyframes(id)));
  }
}

function taskOf({ task }: Member, team: Team): string {
  return task.kind === 'map' ? 'mapping' : `watching ${team.nameOf(task.peer)}`;
}
