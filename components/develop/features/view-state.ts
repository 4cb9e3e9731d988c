import type { State } from "#components/ui/status-shape.tsx";
import { closeToTarget } from "#components/ui/target-share.ts";

/** Share of look-ups that find a row, below which keys count as unknown. */
const minFound = 0.9;
/** Look-ups that are needed to say so. */
const minLookUps = 30;
/** Share of served values that corrections changed, above which it is shown. */
const maxCorrected = 0.005;

/** What is known of a view. What nothing has measured yet is null or absent. */
export interface ViewFacts {
  /** Age now, see `ageNow`; null before the first row. */
  ageUs: number | null;
  ttlUs: number | null;
  /** Look-ups by row of a request. */
  lookUps?: { lookUps: number; missing: number } | undefined;
  /** Share of compared values that were corrected after they were served. */
  correctedShare?: number | null | undefined;
  materialisation?: "running" | "on-hold" | undefined;
  /** What alerts about the view say. */
  openFindings?: readonly OpenFinding[] | undefined;
}

interface OpenFinding {
  kind: string;
  severity: "page" | "ticket";
}

export interface ViewState {
  state: State;
  word: string;
}

const severity: Record<string, number> = {
  Late: 0,
  "Unknown keys": 1,
  "Materialisation failed": 2,
  "Values changed": 3,
  "Clock ahead": 4,
  "Open finding": 5,
  Corrected: 6,
  "On hold": 7,
  "Materialisation overdue": 8,
  "Close to limit": 9,
  "No data": 10,
  Materialising: 11,
  Fresh: 12,
  "No limit": 13,
};

/** States by the kinds of findings. */
const findingStates: Record<string, string> = {
  "source-late": "Late",
  "materialisation-failed": "Materialisation failed",
  "materialisation-late": "Materialisation overdue",
  "values-changed": "Values changed",
  "clock-ahead": "Clock ahead",
};

/**
 * Returns the age of a view now, in microseconds: that of its newest event, or of what was looked up in the last hour if that was older. Rows of
 * some keys can be too old while others keep coming.
 * @param lookedUpMs age that 95% of the rows looked up in the last hour did not exceed; null without look-ups
 */
export function ageNow(newestUs: number | null, lookedUpMs: number | null | undefined): number | null {
  if (newestUs === null) return null;
  return Math.max(newestUs, (lookedUpMs ?? 0) * 1000);
}

/** Returns the age of a view as a share of its limit; null without a limit or a row. */
export function shareOfLimit({ ageUs, ttlUs }: Pick<ViewFacts, "ageUs" | "ttlUs">): number | null {
  return ageUs === null || ttlUs === null ? null : ageUs / ttlUs;
}

/** Returns the states of a view, the worst first: how fresh it is, and what else there is to say. */
export function viewStates(facts: ViewFacts): [ViewState, ...ViewState[]] {
  const { lookUps, correctedShare, materialisation, openFindings = [] } = facts;
  const states: ViewState[] = [freshnessOf(facts)];
  for (const { kind, severity } of openFindings) {
    // Once there are rows, their age says this. A repaired source is not late until its finding closes.
    if (kind === "source-late" && facts.ageUs !== null) continue;
    const word = findingStates[kind] ?? "Open finding";
    if (!states.some((known) => known.word === word))
      states.push({ state: severity === "page" ? "missed" : "watch", word });
  }
  if (lookUps && lookUps.lookUps >= minLookUps && 1 - lookUps.missing / lookUps.lookUps < minFound) {
    states.push({ state: "watch", word: "Unknown keys" });
  }
  if ((correctedShare ?? 0) > maxCorrected) states.push({ state: "watch", word: "Corrected" });
  if (materialisation === "on-hold") states.push({ state: "paused", word: "On hold" });
  if (materialisation === "running") states.push({ state: "running", word: "Materialising" });
  const [first, ...others] = states
    // A view that gets its first rows has no data because of that.
    .filter(({ word }) => word !== "No data" || materialisation !== "running")
    .sort((a, b) => rankOf(a) - rankOf(b));
  return [first ?? states[0] ?? { state: "no-data", word: "No data" }, ...others];
}

/** Orders views: the worst state first, then the greatest share of the limit. */
export function compareViews(a: ViewFacts, b: ViewFacts): number {
  return rankOf(viewStates(a)[0]) - rankOf(viewStates(b)[0]) || (shareOfLimit(b) ?? -1) - (shareOfLimit(a) ?? -1);
}

function rankOf({ word }: ViewState): number {
  return severity[word] ?? Number.MAX_SAFE_INTEGER;
}

function freshnessOf({ ageUs, ttlUs }: ViewFacts): ViewState {
  if (ageUs === null) return { state: "no-data", word: "No data" };
  if (ttlUs === null) return { state: "on-target", word: "No limit" };
  const share = ageUs / ttlUs;
  if (share > 1) return { state: "missed", word: "Late" };
  return share > closeToTarget ? { state: "watch", word: "Close to limit" } : { state: "on-target", word: "Fresh" };
}
