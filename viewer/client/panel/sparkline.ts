/**
 * Draws a small plot over the whole of a canvas: a filled line from the first time to the last, a dot at its end.
 *
 * @param top value at the upper edge; by default the largest
 */
export function drawSparkline(
  canvas: HTMLCanvasElement,
  times: readonly number[],
  values: readonly number[],
  colour: string,
  top = Math.max(...values.filter(Number.isFinite), 1e-9),
): void {
  const ratio = window.devicePixelRatio;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  const points = pointsOf(times, values, width - 6, height - 6, top);
  if (!context || points.length < 2) return;
  context.scale(ratio, ratio);
  context.translate(3, 3);

  const line = new Path2D();
  for (const [x, y] of points) line.lineTo(x, y);
  const area = new Path2D(line);
  area.lineTo(points[points.length - 1][0], height - 3);
  area.lineTo(points[0][0], height - 3);
  const fill = context.createLinearGradient(0, 0, 0, height);
  fill.addColorStop(0, `${colour}55`);
  fill.addColorStop(1, `${colour}00`);
  context.fillStyle = fill;
  context.fill(area);
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.lineJoin = 'round';
  context.stroke(line);
  context.fillStyle = colour;
  context.beginPath();
  context.arc(...points[points.length - 1], 2.5, 0, 2 * Math.PI);
  context.fill();
}

/** Pixels of the finite samples. */
function pointsOf(
  times: readonly number[],
  values: readonly number[],
  width: number,
  height: number,
  top: number,
): [number, number][] {
  const first = times[0];
  const span = Math.max(times[times.length - 1] - first, 1e-9);
  return values.flatMap((value, i): [number, number][] =>
    Number.isFinite(value)
      ? [[((times[i] - first) / span) * width, height * (1 - Math.min(1, value / top))]]
      : [],
  );
}
