const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

export interface TimeRange {
  /** In the address: "3h". */
  key: string;
  /** For people: "3 h". */
  label: string;
  lengthMs: number;
  /** Width of one point of a chart. */
  stepSeconds: number;
  /** Interval at which the data is reloaded while the page is visible. */
  refreshMs: number;
}

/** From narrow to wide; each has 90 to 180 points. */
export const timeRanges: readonly TimeRange[] = [
  { key: "15m", label: "15 min", lengthMs: 15 * minute, stepSeconds: 10, refreshMs: 10 * second },
  { key: "1h", label: "1 h", lengthMs: hour, stepSeconds: 30, refreshMs: 10 * second },
  { key: "3h", label: "3 h", lengthMs: 3 * hour, stepSeconds: 60, refreshMs: 20 * second },
  { key: "24h", label: "24 h", lengthMs: day, stepSeconds: 600, refreshMs: minute },
  { key: "7d", label: "7 d", lengthMs: 7 * day, stepSeconds: 3600, refreshMs: 5 * minute },
];

const usual = timeRanges[1] as TimeRange;

/** Returns the range selected in a URL; one hour without a valid one. */
export function rangeOf(key: string | string[] | undefined): TimeRange {
  return timeRanges.find((range) => range.key === key) ?? usual;
}

/** Returns the range that ends now and starts at a step boundary, so that steps stay stable over time. */
export function spanOf({ lengthMs, stepSeconds }: TimeRange, now: number): { from: Date; to: Date } {
  const stepMs = stepSeconds * second;
  return { from: new Date(Math.floor((now - lengthMs) / stepMs) * stepMs), to: new Date(now) };
}

/** Returns the next wider (+1) or narrower (−1) of the ranges, which are sorted from narrow to wide; the same one at the ends. */
export function neighbour<Range extends { key: string }>(
  ranges: readonly Range[],
  key: string,
  step: 1 | -1,
): Range | undefined {
  const index = ranges.findIndex((range) => range.key === key);
  return ranges[index + step] ?? ranges[index];
}
