import { Vector3 } from 'three';
import type { Frame } from '../layers/layer.ts';
import { STATES } from '../palette.ts';
import type { Member, Team } from '../team.ts';
import { byId, element, setText } from './dom.ts';

const HEIGHT = 0.75;

/** The robots' names, floating over them as page text: always upright, always sharp. */
export class Labels {
  private readonly host = byId('labels');
  private readonly labels = new Map<Member, HTMLElement>();
  private readonly at = new Vector3();
  private readonly team: Team;

  constructor(team: Team) {
    this.team = team;
  }

  update({ camera, size }: Pick<Frame, 'camera' | 'size'>): void {
    const members = [...this.team.members.values()];
    if (members.length !== this.labels.size || members.some((member) => !this.labels.has(member)))
      this.rebuild(members);
    for (const [member, label] of this.labels) {
      this.at.copy(member.shownPosition);
      this.at.z += HEIGHT;
      this.at.project(camera);
      const isVisible = member.pose !== undefined && this.at.z < 1;
      label.style.visibility = isVisible ? 'visible' : 'hidden';
      if (!isVisible) continue;
      const { sign, colour } = STATES[member.pose!.state];
      const x = ((this.at.x + 1) / 2) * size.x;
      const y = ((1 - this.at.y) / 2) * size.y;
      label.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) translate(-50%, -100%)`;
      const [mark, task] = label.children as unknown as HTMLElement[];
      setText(mark, sign);
      mark.style.color = colour;
      setText(task, member.task.kind === 'observe' ? ` watches ${this.team.nameOf(member.task.peer)}` : '');
    }
  }

  private rebuild(members: Member[]): void {
    this.labels.clear();
    for (const member of members) {
      const label = element('span', 'label', [element('i'), member.profile.name, element('small')]);
      label.style.setProperty('--agent', member.colour);
      this.labels.set(member, label);
    }
    this.host.replaceChildren(...this.labels.values());
  }
}
