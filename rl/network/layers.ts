/** What a network is told of: how many numbers each has. */
export interface FeatureSizes {
  readonly agent: number;
  readonly pair: number;
  readonly mission: number;
}

export interface NetworkConfig {
  /**
   * What a choice is judged by. `team`: every robot's row, through attention over the whole team; `pair`: the two rows
   * concerned; `own`: one's own row alone. All of them see the pair's features.
   */
  readonly reads: 'team' | 'pair' | 'own';
  /** `team`: the robots' Q sum to the team's value, and are learned as that sum; `own`: each is learned by itself. */
  readonly credit: 'team' | 'own';
  /** Q(observe j) is Q(map) and what watching j is worth more; otherwise each is a number by itself. */
  readonly dueling: boolean;
  /** Width of the encoder's hidden layer, of a robot's embedding, of a pair's, and of the heads' hidden layers. */
  readonly hidden: number;
  readonly embedding: number;
  readonly pair: number;
  readonly head: number;
  /** Heads of attention: ways to look for those of the team who matter. */
  readonly attention: number;
}

export interface Layer {
  readonly name: LayerName;
  readonly inputs: number;
  readonly outputs: number;
  /** Whether a bias is added. */
  readonly bias: boolean;
}

export type LayerName =
  | 'row1'
  | 'row2'
  | 'pair'
  | `likeness${number}`
  | `closeness${number}`
  | `mergeRobots${number}`
  | `mergePairs${number}`
  | 'map1'
  | 'map2'
  | 'watchOwn'
  | 'watchPeer'
  | 'watchPair'
  | 'watch2';

/** Where a layer's numbers are among all weights: a matrix [inputs × outputs], row by row, then the bias. */
export interface Slot extends Layer {
  readonly matrix: number;
  readonly biasAt: number;
}

/** Every layer there is, in the order of their weights. */
export function layersOf(config: NetworkConfig, sizes: FeatureSizes): readonly Layer[] {
  const { hidden, embedding, pair, head: width, attention, reads } = config;
  const dense = (name: LayerName, inputs: number, outputs: number, bias = true): Layer => {
    return { name, inputs, outputs, bias };
  };
  return [
    dense('row1', sizes.agent + sizes.mission, hidden),
    dense('row2', hidden, embedding),
    dense('pair', 2 * sizes.pair, pair),
    ...Array.from({ length: reads === 'team' ? attention : 0 }, (_, head): Layer[] => [
      dense(`likeness${head}`, embedding, embedding, false),
      dense(`closeness${head}`, pair, 1, false),
      dense(`mergeRobots${head}`, embedding, embedding, head === 0),
      dense(`mergePairs${head}`, pair, embedding, false),
    ]).flat(),
    dense('map1', embedding, width),
    dense('map2', width, 1),
    dense('watchOwn', embedding, width),
    ...(reads === 'own' ? [] : [dense('watchPeer', embedding, width, false)]),
    dense('watchPair', pair, width, false),
    dense('watch2', width, 1),
  ];
}

/** The layers by name, each with its place among the weights, and how many weights there are. */
export class NetworkLayout {
  readonly slots: readonly Slot[];
  readonly count: number;
  private readonly byName: ReadonlyMap<LayerName, Slot>;

  constructor(config: NetworkConfig, sizes: FeatureSizes) {
    let at = 0;
    this.slots = layersOf(config, sizes).map((layer) => {
      const matrix = at;
      const biasAt = matrix + layer.inputs * layer.outputs;
      at = biasAt + (layer.bias ? layer.outputs : 0);
      return { ...layer, matrix, biasAt };
    });
    this.count = at;
    this.byName = new Map(this.slots.map((slot) => [slot.name, slot]));
  }

  slot(name: LayerName): Slot {
    const slot = this.byName.get(name);
    if (!slot) throw new Error(`this network has no layer ${name}`);
    return slot;
  }
}
