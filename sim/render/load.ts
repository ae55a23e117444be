import { drawAtlas } from './glyphs.ts';
import { Renderer } from './renderer.ts';
import type { Stage } from './stage.ts';

type Entry = (...args: number[]) => number;

/** What render.wasm exports. */
export interface RenderExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly memoryStart: () => number;
  readonly drawScene: Entry;
  readonly shadeImage: Entry;
  readonly softenEdges: Entry;
  readonly smearMotion: Entry;
  readonly exposeGrey: Entry;
  readonly measureDepth: Entry;
}

/** Makes renderers, each with a memory of its own. */
export interface RenderKernels {
  /** @param pixels of the largest image it will be asked for; @param rows of the highest */
  newRenderer(stage: Stage, pixels: number, rows: number): Renderer;
}

/** @param wasm the bytes of render.wasm, which the caller reads or fetches */
export async function loadRenderKernels(wasm: Uint8Array | ArrayBuffer): Promise<RenderKernels> {
  const { module } = await engine.instantiate(wasm, {});
  const atlas = drawAtlas();
  return {
    newRenderer: (stage, pixels, rows) =>
      new Renderer(new engine.Instance(module, {}).exports, atlas, stage, pixels, rows),
  };
}

/** Node and browsers both have it; neither's types are loaded here, since this room belongs to neither. */
const engine = (
  globalThis as unknown as {
    WebAssembly: {
      instantiate(bytes: Uint8Array | ArrayBuffer, imports: object): Promise<{ module: object }>;
      readonly Instance: new (module: object, imports: object) => { readonly exports: RenderExports };
    };
  }
).WebAssembly;
