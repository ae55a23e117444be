import type { Task, TrackingState } from '../../../base/allocation.ts';
import { sameTask } from '../../../base/allocation.ts';
import type { TelemetryMessage } from '../../messages/types.ts';
import { STATES } from '../palette.ts';
import type { Team } from '../team.ts';
import { byId, clock, element } from './dom.ts';

const LINES = 5;

/** The last things worth saying: who was given another task, whose camera lost its way or found it again, warnings. */
export class Feed {
  private readonly host = byId<HTMLOListElement>('feed');
  private readonly team: Team;
  private readonly states = new Map<number, TrackingState>();
  private lines: HTMLElement[] = [];
  private changed = false;

  constructor(team: Team) {
    this.team = team;
  }

  apply(message: TelemetryMessage): void {
    switch (message.type) {
      case 'reset':
      case 'start':
        this.states.clear();
        this.lines = [];
        this.changed = true;
        break;
      case 'task':
        if (!sameTask(message.decision.task, message.previous))
          this.say(message.time, message.agent, this.taskText(message.decision.task), '#dfe7f2');
        break;
      case 'pose':
        this.follow(message.time, message.agent, message.state);
        break;
      case 'log':
        if (message.level !== 'info')
          this.say(message.time, message.agent, message.text, STATES.blind.colour);
        break;
      default:
    }
  }

  update(): void {
    if (!this.changed) return;
    this.changed = false;
    this.host.replaceChildren(...this.lines);
  }

  private follow(time: number, agent: number, state: TrackingState): void {
    const before = this.states.get(agent);
    this.states.set(agent, state);
    if (!before || before === state || before === 'initialising') return;
    const { sign, word, colour } = STATES[state];
    this.say(time, agent, state === 'tracking' ? `${sign} tracks again` : `${sign} ${word}`, colour);
  }

  private taskText(task: Task): string {
    return task.kind === 'map' ? '→ back to mapping' : `→ watches ${this.team.nameOf(task.peer)}`;
  }

  private say(time: number, agent: number, text: string, colour: string): void {
    const name = element('b', '', this.team.nameOf(agent));
    name.style.color = this.team.members.get(agent)?.colour ?? '';
    const words = element('span', '', text);
    words.style.color = colour;
    this.lines = [...this.lines, element('li', '', [element('time', '', clock(time)), name, words])].slice(
      -LINES,
    );
    this.changed = true;
  }
}
