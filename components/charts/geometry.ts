/** Position of the plot inside its box, in px. */
export interface Plot {
  left: number;
  top: number;
  width: number;
  height: number;
  domain: readonly [number, number];
  values: readonly [number, number];
  /** The values are laid out by their logarithm. */
  log?: boolean | undefined;
}

const axisHeight = 22;

/** Returns the width for tick labels of 11 px: digits take 7 px, the percent sign 10 px, and a gap follows. */
export function axisWidth(labels: readonly string[]): number {
  const widths = labels.map((label) => label.length * 7 + (label.includes("%") ? 3 : 0));
  return Math.max(...widths) + 8;
}

/** Returns the plot of a box with axes on the left and bottom. */
export function placePlot(
  box: { width: number; height: number },
  room: { left: number; right: number; top: number },
  domain: readonly [number, number],
  values: readonly [number, number],
  log?: boolean,
): Plot {
  return {
    left: room.left,
    top: room.top,
    width: Math.max(0, box.width - room.left - room.right),
    height: Math.max(0, box.height - room.top - axisHeight),
    domain,
    values,
    log,
  };
}

/** Returns the distance of a moment from the left edge of the box. */
export function xOf(plot: Plot, at: number): number {
  const [from, to] = plot.domain;
  return plot.left + (to > from ? ((at - from) / (to - from)) * plot.width : 0);
}

/** Returns the moment at a distance from the left edge of the box, never outside the plot. */
export function atOf(plot: Plot, x: number): number {
  const [from, to] = plot.domain;
  const share = plot.width > 0 ? (x - plot.left) / plot.width : 0;
  return from + Math.min(1, Math.max(0, share)) * (to - from);
}

/** Returns the distance of a value from the top of the box. */
export function yOf(plot: Plot, value: number): number {
  const [low, high] = plot.values;
  if (plot.log) return logOf(plot, value);
  return plot.top + (high > low ? (1 - (value - low) / (high - low)) * plot.height : plot.height);
}

function logOf(plot: Plot, value: number): number {
  const [low, high] = plot.values.map(Math.log) as [number, number];
  const position = Math.log(Math.max(value, Number.MIN_VALUE));
  return plot.top + (high > low ? (1 - (position - low) / (high - low)) * plot.height : plot.height);
}

/** Moves labels apart so that their middles are at least `distance` px from each other, in their order. */
export function spreadLabels(middles: readonly number[], distance: number): number[] {
  const order = middles.map((middle, index) => ({ middle, index })).sort((a, b) => a.middle - b.middle);
  const placed = [...middles];
  let before = Number.NEGATIVE_INFINITY;
  for (const { middle, index } of order) {
    before = Math.max(middle, before + distance);
    placed[index] = before;
  }
  return placed;
}
