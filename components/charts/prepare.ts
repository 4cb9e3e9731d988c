/** One measurement. `at` is epoch milliseconds, a step, or any number that grows to the right; null was not measured. */
export interface Point {
  at: number;
  value: number | null;
}

/** Lowest and highest of all values that one point of a thinned series represents. */
export interface BandPoint {
  at: number;
  low: number;
  high: number;
}

/** Range of measurements that are not finite numbers, labelled on the chart: "NaN". */
export interface Unplottable {
  from: number;
  to: number;
  word: string;
}

export interface Series {
  id: string;
  label: string;
  points: readonly Point[];
  /** Drawn behind the line. A gap of the points is a gap of the band. */
  band?: readonly BandPoint[] | undefined;
  /** Ranges whose measurements are not numbers: these are marked, not just omitted. */
  unplottable?: readonly Unplottable[] | undefined;
  /** Fixed looks of the roles in a release; others take colours and dashes in order. */
  role?: "stable" | "canary" | "realised" | undefined;
  /** Number of a version of a model, which has the same colour and dash in every chart (docs/spec/design.md section 9). */
  version?: number | undefined;
  /** Index (0 to 5) in the order of series, which keeps a series' colour and dash consistent across a screen. */
  index?: number | undefined;
  /** Own looks, for lines that a list beside the charts names. */
  style?: { colour: string; dash: string | undefined; opacity?: number } | undefined;
  /** Whether the band is the mean with its standard deviation, and not the lowest and highest value. */
  isDeviation?: boolean | undefined;
  /** Estimates are dashed, forecasts dotted. */
  kind?: "measured" | "estimate" | "forecast" | undefined;
  /** Faint, and neither named nor summed up: what was done again later, in the colour of the line at `index`. */
  isFaint?: boolean | undefined;
}

export interface Range {
  from: number;
  to: number;
}

/** Inserts a null between points that lie further apart than the grain allows, so that the line breaks there. */
export function markGaps(points: readonly Point[], grain: number): Point[] {
  return points.flatMap((point, index) => {
    const next = points[index + 1];
    if (!next || next.at - point.at <= grain * 1.5) return [point];
    return [point, { at: point.at + grain, value: null }];
  });
}

/**
 * Downsamples to at most `most` points: the first minimum and maximum of each bucket in their order, so that peaks survive.
 * A bucket without any value remains a gap.
 */
export function thin(points: readonly Point[], most: number): Point[] {
  if (points.length <= most) return [...points];
  const buckets = Math.max(1, Math.floor(most / 2));
  return Array.from({ length: buckets }, (_, bucket) => {
    const from = Math.floor((bucket * points.length) / buckets);
    const to = Math.floor(((bucket + 1) * points.length) / buckets);
    return extremes(points.slice(from, to));
  }).flat();
}

/** Returns whether a point can be drawn; NaN and infinity cannot. */
export function measured(point: Point): point is { at: number; value: number } {
  return point.value !== null && Number.isFinite(point.value);
}

function extremes(points: Point[]): Point[] {
  let low: { at: number; value: number } | undefined;
  let high: { at: number; value: number } | undefined;
  for (const point of points) {
    if (!measured(point)) continue;
    if (!low || point.value < low.value) low = point;
    if (!high || point.value > high.value) high = point;
  }
  if (!low || !high) return points.slice(0, 1);
  if (low === high) return [low];
  return low.at < high.at ? [low, high] : [high, low];
}

/** Returns the first and last `at` of all series; undefined without points. */
export function extent(series: readonly Series[]): Range | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { points } of series) {
    from = Math.min(from, points[0]?.at ?? from);
    to = Math.max(to, points.at(-1)?.at ?? to);
  }
  return from <= to ? { from, to } : undefined;
}

/** Widens a range to a minimum width, even for one point or none. */
export function widen(range: Range | undefined, least: number): Range {
  const { from, to } = range ?? { from: 0, to: least };
  return to > from ? { from, to } : { from: from - least / 2, to: to + least / 2 };
}

/** Returns the ranges without a value in any series that are wider than `share` of the complete range and are labelled on the chart. */
export function namedGaps(series: readonly Series[], fullRange: Range, share = 0.02): Range[] {
  const measured = series
    .flatMap(({ points }) => points.filter((point) => point.value !== null).map((point) => point.at))
    .sort((a, b) => a - b);
  const broken = series.flatMap(({ points }) =>
    points.filter((point) => point.value === null).map((point) => point.at),
  );
  return measured.flatMap((from, index) => {
    const to = measured[index + 1];
    if (to === undefined || to - from <= (fullRange.to - fullRange.from) * share) return [];
    // A line joins sparse points unless a null value between them marks a gap.
    return broken.some((at) => at > from && at < to) ? [{ from, to }] : [];
  });
}

/** Returns the last measured point. */
export function lastPoint(points: readonly Point[]): Point | undefined {
  return points.findLast((point) => point.value !== null);
}

/** Ranges in which the points are beyond `limit`, from the first such point to the first one back. */
export function rangesBeyond(points: readonly Point[], limit: number, side: "above" | "below"): Range[] {
  const ranges: Range[] = [];
  let from: number | undefined;
  let last = 0;
  for (const { at, value } of points) {
    const beyond = value !== null && (side === "above" ? value > limit : value < limit);
    if (beyond) {
      from ??= at;
    } else if (from !== undefined) {
      ranges.push({ from, to: value === null ? last : at });
      from = undefined;
    }
    last = at;
  }
  if (from !== undefined) ranges.push({ from, to: last });
  return ranges;
}

/** Returns the value of a series at `at`: the value there, or that of the last point within about one usual interval before it. */
export function valueAt(points: readonly Point[], at: number): number | null {
  const point = points.findLast((each) => each.at <= at);
  const grain = ((points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0)) / Math.max(1, points.length - 1);
  return point && at - point.at <= grain * 1.5 ? point.value : null;
}

/** Sums all series at each moment; null where none was measured. */
export function stackTops(series: readonly Series[]): Point[] {
  const tops = new Map<number, number | null>();
  for (const { points } of series) {
    for (const { at, value } of points)
      tops.set(at, value === null ? (tops.get(at) ?? null) : (tops.get(at) ?? 0) + value);
  }
  return [...tops].map(([at, value]) => ({ at, value }));
}
