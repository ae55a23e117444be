/** Vertices looked at, in all, before the best clique so far is taken for the largest. */
const EFFORT = 1_000_000;

/**
 * The largest set of vertices that are all adjacent to each other, ascending: branch and bound, colours for a bound (Tomita and
 * Seki, "An efficient branch-and-bound algorithm for finding a maximum clique", 2003), from a greedy clique. Of equals the one found
 * first. Exact unless its effort is spent; then the best found, never smaller than the greedy one.
 * @param adjacent n×n, symmetric, 1 where adjacent
 */
export function maximumClique(n: number, adjacent: Uint8Array, effort = EFFORT): number[] {
  const order = byDegree(n, adjacent);
  let best = greedyClique(n, adjacent);
  let left = effort;
  const clique: number[] = [];
  const expand = (candidates: readonly number[]): void => {
    const { vertices, colours, looked } = coloured(candidates, n, adjacent);
    left -= looked;
    for (let k = vertices.length - 1; k >= 0; k--) {
      if (clique.length + colours[k] <= best.length || left <= 0) return;
      clique.push(vertices[k]);
      const row = n * vertices[k];
      const rest = vertices.slice(0, k).filter((vertex) => adjacent[row + vertex]);
      if (rest.length > 0) expand(rest);
      else if (clique.length > best.length) best = clique.slice();
      clique.pop();
    }
  };
  expand(order);
  return best.sort((a, b) => a - b);
}

/** Again and again the vertex with most neighbours among those still possible, the first of equals. */
function greedyClique(n: number, adjacent: Uint8Array): number[] {
  const neighbours = degrees(n, adjacent);
  const possible = new Uint8Array(n).fill(1);
  const clique: number[] = [];
  for (;;) {
    let best = -1;
    for (let i = 0; i < n; i++) if (possible[i] && (best < 0 || neighbours[i] > neighbours[best])) best = i;
    if (best < 0) return clique;
    clique.push(best);
    for (let i = 0; i < n; i++) {
      if (!possible[i] || (adjacent[n * best + i] && i !== best)) continue;
      possible[i] = 0;
      for (let k = 0; k < n; k++) neighbours[k] -= adjacent[n * i + k];
    }
  }
}

function degrees(n: number, adjacent: Uint8Array): Int32Array {
  const degree = new Int32Array(n);
  for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) degree[i] += adjacent[n * i + k];
  return degree;
}

function byDegree(n: number, adjacent: Uint8Array): number[] {
  const degree = degrees(n, adjacent);
  return Array.from({ length: n }, (_, i) => i).sort((a, b) => degree[b] - degree[a] || a - b);
}

/** Vertices by colour, no two of one colour adjacent: no clique among the first k has more than the k-th's colour. */
function coloured(candidates: readonly number[], n: number, adjacent: Uint8Array) {
  const classes: number[][] = [];
  let looked = 0;
  for (const vertex of candidates) {
    const row = n * vertex;
    let colour = 0;
    for (; colour < classes.length; colour++) {
      looked += classes[colour].length;
      if (!classes[colour].some((other) => adjacent[row + other])) break;
    }
    if (colour === classes.length) classes.push([]);
    classes[colour].push(vertex);
  }
  const vertices = classes.flat();
  const colours = classes.flatMap((members, colour) => members.map(() => colour + 1));
  return { vertices, colours, looked };
}
