import { Raycaster, Vector2 } from 'three';
import type { Robots } from './layers/robots.ts';
import type { Help } from './panel/help.ts';
import type { Stage } from './stage.ts';
import type { Team } from './team.ts';
import type { ViewControl } from './view-control.ts';

/** A pointer that moved less than this between down and up has clicked, not dragged. CSS pixels. */
const CLICK_SLACK = 4;

interface Hands {
  readonly stage: Stage;
  readonly view: ViewControl;
  readonly robots: Robots;
  readonly team: Team;
  readonly help: Help;
}

/** Joins keys and clicks to what they do: see `panel/help.ts`. */
export function listenToHands({ stage, view, robots, team, help }: Hands): void {
  const down = new Vector2();
  stage.canvas.addEventListener('pointerdown', ({ clientX, clientY }) => down.set(clientX, clientY));
  stage.canvas.addEventListener('pointerup', ({ clientX, clientY, button }) => {
    if (button !== 0 || down.distanceTo(new Vector2(clientX, clientY)) > CLICK_SLACK) return;
    const raycaster = new Raycaster();
    const place = new Vector2((2 * clientX) / stage.size.x - 1, 1 - (2 * clientY) / stage.size.y);
    raycaster.setFromCamera(place, stage.camera);
    const hit = robots.pick(raycaster);
    if (hit !== undefined) view.follow(hit);
  });
  window.addEventListener('keydown', ({ key, ctrlKey, metaKey, altKey }) => {
    if (ctrlKey || metaKey || altKey) return;
    const chosen = /^[1-9]$/.test(key) ? team.at(Number(key) - 1) : undefined;
    if (chosen) view.follow(chosen.id);
    else if (key === 'Escape') view.release();
    else if (key === 'f' || key === 'F') view.overview();
    else if (key === 't' || key === 'T') view.fromAbove();
    else if (key === '?') help.toggle();
  });
}
