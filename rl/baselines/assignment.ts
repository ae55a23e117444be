/**
 * The assignment of rows to columns of the greatest sum, by the Hungarian method with shortest augmenting paths (Kuhn, 1955;
 * Jonker and Volgenant, 1987). O(n³).
 * @param values n × n, row-major, finite
 * @returns of each row its column
 */
export function bestAssignment(values: Float64Array, n: number): Int32Array {
  const rowPrice = new Float64Array(n);
  const columnPrice = new Float64Array(n);
  const rowOf = new Int32Array(n).fill(-1);
  for (let row = 0; row < n; row++) augment(values, n, row, rowPrice, columnPrice, rowOf);
  const columnOf = new Int32Array(n);
  for (let column = 0; column < n; column++) columnOf[rowOf[column]] = column;
  return columnOf;
}

/** Gives a row a column, moving others along the path of least reduced cost. */
function augment(
  values: Float64Array,
  n: number,
  start: number,
  rowPrice: Float64Array,
  columnPrice: Float64Array,
  rowOf: Int32Array,
): void {
  const distance = new Float64Array(n).fill(Infinity);
  const before = new Int32Array(n).fill(-1);
  const done = new Uint8Array(n);
  let row = start;
  let reached = -1;
  let length = 0;
  for (;;) {
    let nearest = -1;
    for (let column = 0; column < n; column++) {
      if (done[column]) continue;
      const through = length - values[n * row + column] - rowPrice[row] - columnPrice[column];
      if (through < distance[column]) {
        distance[column] = through;
        before[column] = reached;
      }
      if (nearest < 0 || distance[column] < distance[nearest]) nearest = column;
    }
    reached = nearest;
    length = distance[reached];
    if (rowOf[reached] < 0) break;
    done[reached] = 1;
    row = rowOf[reached];
  }
  rowPrice[start] += length;
  for (let column = 0; column < n; column++) {
    if (!done[column]) continue;
    rowPrice[rowOf[column]] += length - distance[column];
    columnPrice[column] -= length - distance[column];
  }
  for (let column = reached; column >= 0; column = before[column])
    rowOf[column] = before[column] >= 0 ? rowOf[before[column]] : start;
}
