const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A range that ends now, or one between two moments. */
export interface TimeRange {
  /** In the address: "3h"; of a fixed one both moments. */
  key: string;
  /** Its length for people: "3 h". */
  label: string;
  /** In a sentence: "last 3 h", "42 min from 2 Dec 2026, 14:20 UTC". */
  words: string;
  lengthMs: number;
  /** Width of one point of a chart. */
  stepSeconds: number;
  /** Interval at which the data is reloaded while the page is visible; false for a fixed range. */
  refreshMs: number | false;
  /** Milliseconds since 1970; undefined for a range that ends now. */
  fixed?: { from: number; to: number };
}

function relative(key: string, label: string, lengthMs: number, stepSeconds: number, refreshMs: number): TimeRange {
  return { key, label, words: `last ${label}`, lengthMs, stepSeconds, refreshMs };
}

/** From narrow to wide; each has 90 to 180 points. */
export const timeRanges: readonly TimeRange[] = [
  relative("15m", "15 min", 15 * minute, 10, 10 * second),
  relative("1h", "1 h", hour, 30, 10 * second),
  relative("3h", "3 h", 3 * hour, 60, 20 * second),
  relative("24h", "24 h", day, 600, minute),
  relative("7d", "7 d", 7 * day, 3600, 5 * minute),
];

const usual = timeRanges[1] as TimeRange;
const widest = timeRanges.at(-1) as TimeRange;

/** Widths of a point, each a multiple of the 10 s that gateways count. */
const steps = [10, 30, 60, 300, 600, 1800, 3600];
const maxPoints = 180;
const minFixedMs = minute;
const [earliest, latest] = [Date.UTC(2000), Date.UTC(2200)];

type Search = Record<string, string | string[] | undefined>;

/**
 * Returns the range selected in a URL: `from` and `to` (ISO 8601), or `range`; one hour without a valid one. A fixed range is at most as long as
 * the widest other one.
 */
export function rangeOf(search: Search): TimeRange {
  const fixed = fixedOf(search);
  return fixed
    ? fixedRange({ from: Math.max(fixed.from, fixed.to - widest.lengthMs), to: fixed.to })
    : (timeRanges.find(({ key }) => key === search.range) ?? usual);
}

/** Returns the two moments of an address, in milliseconds since 1970; undefined where it names none that are a minute apart. */
export function fixedOf({ from, to }: Search): { from: number; to: number } | undefined {
  const [start, end] = [from, to].map((text) => (typeof text === "string" ? Date.parse(text) : Number.NaN));
  if (start === undefined || end === undefined || !(end - start >= minFixedMs)) return undefined;
  // Postgres and charts know no other years, and nothing was counted in them.
  if (start < earliest || end > latest) return undefined;
  return { from: start, to: end };
}

/** Returns the range between two moments, in milliseconds since 1970. */
function fixedRange({ from, to }: { from: number; to: number }): TimeRange {
  const lengthMs = to - from;
  const stepSeconds = steps.find((step) => lengthMs / second / step <= maxPoints) ?? 3600;
  const label = lengthLabel(lengthMs);
  return {
    key: keyOf({ from, to }),
    label,
    words: wordsOf({ from, to }),
    lengthMs,
    stepSeconds,
    refreshMs: false,
    fixed: { from, to },
  };
}

/** Returns the text that identifies a range between two moments. */
export function keyOf({ from, to }: { from: number; to: number }): string {
  return `${iso(from)}..${iso(to)}`;
}

/** Describes a range between two moments within a sentence: "42 min from 2 Dec 2026, 14:20 UTC". */
export function wordsOf({ from, to }: { from: number; to: number }): string {
  return `${lengthLabel(to - from)} from ${startFormat.format(from)} UTC`;
}

const startFormat = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
});

/** Formats the length of a range: "42 min", "2 d 3 h". */
export function lengthLabel(ms: number): string {
  const minutes = Math.round(ms / minute);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return rest > 0 ? `${hours} h ${rest} min` : `${hours} h`;
  return `${rest} min`;
}

function iso(at: number): string {
  return new Date(Math.round(at / second) * second).toISOString().replace(".000Z", "Z");
}

/** Parameters of an address that a range is in; `back` is the relative one that Z returns to. */
export const rangeParameters = ["range", "from", "to", "back", "since"] as const;

/** Returns the parameters of an address that a range is in, for links that keep it on the same tab. */
export function heldRange(search: Search): Record<string, string> {
  return Object.fromEntries(
    [...rangeParameters, "exact"].flatMap((name) => {
      const value = search[name];
      // The moments of "since" are resolved for each page.
      const isResolved = search.since !== undefined && (name === "from" || name === "to");
      return typeof value === "string" && !isResolved ? [[name, value]] : [];
    }),
  );
}

/** Returns the parameters of an address with another range, and all others as they are. */
function withRange(
  query: URLSearchParams,
  range: Partial<Record<(typeof rangeParameters)[number], string>>,
): URLSearchParams {
  const changed = new URLSearchParams(query);
  for (const name of rangeParameters) {
    const value = range[name];
    if (value === undefined) changed.delete(name);
    else changed.set(name, value);
  }
  return changed;
}

/** Returns the parameters of an address for a relative range. */
export function withRelative(query: URLSearchParams, key: string): URLSearchParams {
  return withRange(query, { range: key });
}

/** Returns the parameters of an address between two moments, in milliseconds since 1970, from which Z leads back to the relative range. */
export function withFixed(query: URLSearchParams, { from, to }: { from: number; to: number }): URLSearchParams {
  const back = query.get("back") ?? query.get("range");
  return withRange(query, { from: iso(from), to: iso(to), ...(back !== null && { back }) });
}

/** Returns the parameters of an address for the time since the last deployment, which `resolveSince` reads. */
export function withSinceDeploy(query: URLSearchParams): URLSearchParams {
  const back = query.get("back") ?? query.get("range");
  return withRange(query, { since: "deploy", ...(back !== null && { back }) });
}

/** Returns the parameters of an address with the two moments of `since=deploy`. @param now milliseconds since 1970 */
export function resolveSince(search: Search, deployedAt: Date | undefined, now = Date.now()): Search {
  if (search.since !== "deploy" || !deployedAt || now - deployedAt.getTime() < minFixedMs) return search;
  return { ...search, from: deployedAt.toISOString(), to: new Date(now).toISOString() };
}

/** Returns the parameters of an address after a zoom is undone, without a range where none was chosen before; undefined where nothing was zoomed. */
export function withoutZoom(query: URLSearchParams): URLSearchParams | undefined {
  if (!query.has("from") && !query.has("since")) return undefined;
  const back = query.get("back");
  return withRange(query, back === null ? {} : { range: back });
}

/** Returns the moments half a range earlier (−1) or later (+1), none of them after `now`. */
export function shifted(
  range: Pick<TimeRange, "lengthMs" | "fixed">,
  step: 1 | -1,
  now: number,
): { from: number; to: number } {
  const { from, to } = range.fixed ?? { from: now - range.lengthMs, to: now };
  const end = Math.min(now, to + (step * range.lengthMs) / 2);
  return { from: end - (to - from), to: end };
}

/** Returns the moments of a range. One that ends now starts at a step boundary, so that steps stay in place over time. */
export function spanOf({ lengthMs, stepSeconds, fixed }: TimeRange, now: number): { from: Date; to: Date } {
  const stepMs = stepSeconds * second;
  const { from, to } = fixed ?? { from: now - lengthMs, to: now };
  return { from: new Date(Math.floor(from / stepMs) * stepMs), to: new Date(to) };
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
