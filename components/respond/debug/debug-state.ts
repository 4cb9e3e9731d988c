import { fitRange } from "#components/serve/endpoints/fit-range.ts";
import { endpointTabHref } from "#server/serve/endpoints/constants.ts";

const hour = 3_600_000;
const day = 24 * hour;
const week = 7 * day;

/** Spans that end now. */
export const debugRanges = [
  { key: "1h", label: "1 h", lengthMs: hour },
  { key: "6h", label: "6 h", lengthMs: 6 * hour },
  { key: "24h", label: "24 h", lengthMs: day },
  { key: "7d", label: "7 d", lengthMs: week },
  { key: "30d", label: "30 d", lengthMs: 30 * day },
] as const;

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
  /** Null for a span that was brushed. */
  range: string | null;
  from: number;
  to: number;
  compare: Comparison;
  cell: Cell | null;
  /** Two parts of the traffic, in the language of the prediction log. */
  a: string;
  b: string;
  /** Feature whose distribution is shown; "" for the first one. */
  feature: string;
}

export type Search = Record<string, string | string[] | undefined>;

/** Reads the board's state from its URL; invalid values are ignored. @param now milliseconds since 1970 */
export function readDebugState(
  search: Search,
  { now, deployedAt }: { now: number; deployedAt?: number | undefined },
): DebugState {
  const text = (name: string) => (typeof search[name] === "string" ? search[name] : "");
  // Addresses of earlier releases have both moments in `span`.
  const span = readSpan(text("span") || `${text("from")}..${text("to")}`);
  const rest = {
    compare: comparisons.find((each) => each === text("compare")) ?? "nothing",
    cell: readCell(text("cell")),
    a: text("a"),
    b: text("b"),
    feature: text("feature"),
  };
  if (span) return { range: null, ...span, ...rest };
  if ((text("range") === "deploy" || text("since") === "deploy") && deployedAt !== undefined) {
    return { range: "deploy", from: Math.max(deployedAt, now - 90 * day), to: now, ...rest };
  }
  const range = fitRange({ range: search.range }, debugRanges) ?? debugRanges[0];
  return { range: range.key, from: now - range.lengthMs, to: now, ...rest };
}

/** Returns the address of the board in a state with some changes; default values are left out. */
export function debugHref(endpoint: string, state: DebugState, change: Partial<DebugState> = {}): string {
  const { range, from, to, compare, cell, a, b, feature } = { ...state, ...change };
  const query = new URLSearchParams();
  if (range === null) {
    query.set("from", iso(from));
    query.set("to", iso(to));
  }
  if (range !== null && range !== debugRanges[0].key) query.set("range", range);
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
