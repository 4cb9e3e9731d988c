import {
  fitRange,
  momentsOf,
  type RangeChoice,
  type ShownRange,
  shownRange,
} from "#components/serve/endpoints/fit-range.ts";
import { heldRange } from "#components/serve/endpoints/time-range.ts";
import { endpointTabHref } from "#server/serve/endpoints/constants.ts";

const week = 7 * 24 * 3_600_000;

const usual: RangeChoice = { key: "1h", label: "1 h" };

/** Ranges of the board that end now, from narrow to wide. */
export const debugRanges: readonly RangeChoice[] = [
  { key: "15m", label: "15 min" },
  usual,
  { key: "3h", label: "3 h" },
  { key: "24h", label: "24 h" },
  { key: "7d", label: "7 d" },
  { key: "30d", label: "30 d" },
  { key: "90d", label: "90 d" },
];

/** What is looked at between two moments may be short. */
const shortest: RangeChoice = { key: "1m", label: "1 min" };

export const comparisons = ["nothing", "week-before", "before-deploy", "previous-version"] as const;
export type Comparison = (typeof comparisons)[number];

export const comparisonLabels: Record<Comparison, string> = {
  nothing: "nothing",
  "week-before": "one week earlier",
  "before-deploy": "before the last deployment",
  "previous-version": "the previous version",
};

/** A part of the heat map: latencies from and below, of a span of time. */
interface Cell {
  fromMs: number;
  toMs: number;
  from: number;
  to: number;
}

/** State of the board in its URL. Times are milliseconds since 1970. */
export interface DebugState {
  shown: ShownRange;
  /** Moments of the range. */
  from: number;
  to: number;
  /** Parameters of the address that the range is in. */
  held: Readonly<Record<string, string>>;
  compare: Comparison;
  cell: Cell | null;
  /** Two parts of the traffic, in the language of the prediction log. */
  a: string;
  b: string;
  /** Feature whose distribution is shown; "" for the first one. */
  feature: string;
}

export type Search = Record<string, string | string[] | undefined>;

/**
 * Reads the board's state from its URL, in which the moments of "since" are resolved; invalid values are ignored.
 * @param now milliseconds since 1970
 */
export function readDebugState(given: Search, now: number): DebugState {
  const search = ofEarlierReleases(given);
  const text = (name: string) => (typeof search[name] === "string" ? search[name] : "");
  const shown = fitRange(search, [shortest, ...debugRanges], now) ?? shownRange(usual);
  const moments = momentsOf(shown, now);
  const [from, to] = [moments.from.getTime(), moments.to.getTime()];
  const cell = readCell(text("cell"));
  return {
    shown,
    from,
    to,
    held: heldRange(search),
    compare: comparisons.find((each) => each === text("compare")) ?? "nothing",
    // A cell of another range is not on the map.
    cell: cell && cell.from < to && cell.to > from ? cell : null,
    a: text("a"),
    b: text("b"),
    feature: text("feature"),
  };
}

/** Reads addresses of earlier releases, which have both moments in `span`, and the last deployment as a range. */
export function ofEarlierReleases(search: Search): Search {
  if (search.range === "deploy") return { ...search, range: undefined, since: "deploy" };
  const span = typeof search.span === "string" ? readSpan(search.span) : undefined;
  return span ? { ...search, from: iso(span.from), to: iso(span.to) } : search;
}

/** Returns the address of the board in a state with some changes; default values are left out. */
export function debugHref(
  endpoint: string,
  state: DebugState,
  change: Partial<Pick<DebugState, "compare" | "cell" | "a" | "b" | "feature">> = {},
): string {
  const { held, compare, cell, a, b, feature } = { ...state, ...change };
  const query = new URLSearchParams(held);
  if (compare !== "nothing") query.set("compare", compare);
  if (cell)
    query.set("cell", `${cell.fromMs.toPrecision(4)}..${cell.toMs.toPrecision(4)}@${iso(cell.from)}..${iso(cell.to)}`);
  if (a) query.set("a", a);
  if (b) query.set("b", b);
  if (feature) query.set("feature", feature);
  const text = query.toString();
  return `${endpointTabHref(endpoint, "debug")}${text && `?${text}`}`;
}

function iso(at: number): string {
  return new Date(Math.round(at / 1000) * 1000).toISOString().replace(".000Z", "Z");
}

function readSpan(text: string): { from: number; to: number } | undefined {
  const [from = Number.NaN, to = Number.NaN] = text.split("..").map((part) => Date.parse(part));
  return to > from ? { from, to } : undefined;
}

function readCell(text: string): Cell | null {
  const [latencies = "", times = ""] = text.split("@");
  const [fromMs = Number.NaN, toMs = Number.NaN] = latencies.split("..").map(Number);
  const span = readSpan(times);
  return span && fromMs >= 0 && toMs > fromMs ? { fromMs, toMs, ...span } : null;
}

interface Deployed {
  versionId: string;
  deployedAt: string;
}

/** The span that the board's span is held against. `shift` brings its times onto the board's; `versionId` is all that is read of it. */
export interface ComparedSpan {
  from: number;
  to: number;
  shift: number;
  versionId?: string;
}

/** Finds the range to compare with. @param history newest first. @returns the range, or why there is none; undefined for "nothing" */
export function comparedSpan(
  { compare, from, to }: Pick<DebugState, "compare" | "from" | "to">,
  history: readonly Deployed[],
): ComparedSpan | string | undefined {
  const length = to - from;
  const ending = (end: number) => ({ from: end - length, to: end, shift: to - end });
  if (compare === "nothing") return undefined;
  if (compare === "week-before") return ending(to - week);
  const last = history.find(({ deployedAt }) => Date.parse(deployedAt) <= to);
  if (!last) return "Nothing was deployed before the end of this time range.";
  const end = Date.parse(last.deployedAt);
  if (compare === "before-deploy") return ending(end);
  const before = history.find(
    ({ versionId, deployedAt }) => versionId !== last.versionId && Date.parse(deployedAt) < end,
  );
  if (!before) return "No other version was deployed before this one.";
  return { ...ending(end), versionId: before.versionId };
}
