import {
  Color,
  DirectionalLight,
  Fog,
  HemisphereLight,
  PerspectiveCamera,
  Scene,
  Vector2,
  WebGLRenderer,
} from 'three';
import type { Layer } from './layers/layer.ts';
import { SCENE_COLOURS } from './palette.ts';

const FIELD_OF_VIEW = 42;
const LONGEST_STEP = 0.25;
/** The three-dimensional scene, drawn once per animation frame however many messages have come since. */
export class Stage {
  readonly camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, 0.05, 1000);
  readonly canvas: HTMLCanvasElement;
  readonly size = new Vector2(1, 1);
  private readonly scene = new Scene();
  private readonly renderer: WebGLRenderer;
  private readonly layers: readonly Layer[];

  constructor(canvas: HTMLCanvasElement, layers: readonly Layer[]) {
    this.canvas = canvas;
    this.layers = layers;
    this.renderer = new WebGLRenderer({ canvas, antialias: true, powerPreference: 'high-performance' });
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio, 2));
    this.scene.background = new Color(SCENE_COLOURS.background);
    this.scene.fog = new Fog(SCENE_COLOURS.background, 60, 260);
    const sun = new DirectionalLight('#ffffff', 2);
    sun.position.set(-6, -10, 18);
    this.scene.add(new HemisphereLight('#dbe7ff', '#20262f', 1.6), sun, ...layers.map(({ root }) => root));
    this.camera.up.set(0, 0, 1);
  }

  /** @param before called ahead of each drawing, with the seconds since the page opened and since the last one */
  run(before: (now: number, dt: number) => void): void {
    let last = performance.now() / 1000;
    const draw = () => {
      requestAnimationFrame(draw);
      const now = performance.now() / 1000;
      const dt = Math.min(now - last, LONGEST_STEP);
      last = now;
      this.fit();
      before(now, dt);
      for (const layer of this.layers) layer.update({ now, dt, size: this.size, camera: this.camera });
      this.renderer.render(this.scene, this.camera);
    };
    draw();
  }

  private fit(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (width === this.size.x && height === this.size.y) return;
    this.size.set(width, height);
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
  }
}
