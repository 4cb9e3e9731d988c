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
  /** Age when it was looked up, else of the newest event; null before the first row. */
  ageUs: number | null;
  ttlUs: number | null;
  /** Look-ups by row of a request. */
  lookUps?: { lookUps: number; missing: number } | undefined;
  /** Share of compared values that were corrected after they were served. */
  correctedShare?: number | null | undefined;
  materialisation?: "running" | "on-hold" | undefined;
}

export interface ViewState {
  state: State;
  word: string;
}

const severity: Record<string, number> = {
  Late: 0,
  "Unknown keys": 1,
  Corrected: 2,
  "On hold": 3,
  "Close to limit": 4,
  "No data": 5,
  Materialising: 6,
  Fresh: 7,
  "No limit": 8,
};

/** Returns the age of a view as a share of its limit; null without a limit or a row. */
export function shareOfLimit({ ageUs, ttlUs }: Pick<ViewFacts, "ageUs" | "ttlUs">): number | null {
  return ageUs === null || ttlUs === null ? null : ageUs / ttlUs;
}

/** Returns the states of a view, the worst first: how fresh it is, and what else there is to say. */
export function viewStates(facts: ViewFacts): [ViewState, ...ViewState[]] {
  const { lookUps, correctedShare, materialisation } = facts;
  const states: ViewState[] = [freshnessOf(facts)];
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
