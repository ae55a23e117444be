import { byId, element } from './dom.ts';

const KEYS: readonly [string, string][] = [
  ['drag', 'turn · right button: move · wheel: nearer'],
  ['click', 'a robot or its plate: follow it'],
  ['1 – 9', 'follow that robot'],
  ['Esc', 'stop following'],
  ['F', 'the whole scene'],
  ['T', 'from above'],
  ['?', 'this help'],
];

const SIGNS: readonly [string, string][] = [
  ['solid line', 'where a robot thinks it went'],
  ['dashed line, pale hoop', 'where it really went, and is'],
  ['dots', 'its map points, brighter with height'],
  ['small pyramids', 'keyframes: views its map is built from'],
  ['disc', 'two standard deviations of its position'],
  ['broad faint line, ring', 'the way it means to go'],
  ['arc with running beads', 'it watches that teammate'],
  ['white flash', 'it measured where a teammate is'],
  ['● ◐ ✕', 'camera tracks · wheels alone carry · lost'],
];

/** The overlay that explains keys and signs. */
export class Help {
  private readonly dialog = byId<HTMLDialogElement>('help');

  constructor() {
    this.dialog.append(
      element('h2', '', 'Moving about'),
      tableOf(KEYS, 'kbd'),
      element('h2', '', 'What you see'),
      tableOf(SIGNS, 'b'),
    );
    this.dialog.addEventListener('click', () => this.dialog.close());
  }

  toggle(): void {
    if (this.dialog.open) this.dialog.close();
    else this.dialog.showModal();
  }
}

function tableOf(rows: readonly [string, string][], tag: 'kbd' | 'b'): HTMLElement {
  return element(
    'dl',
    '',
    rows.flatMap(([name, meaning]) => [
      element('dt', '', [element(tag, '', name)]),
      element('dd', '', meaning),
    ]),
  );
}
