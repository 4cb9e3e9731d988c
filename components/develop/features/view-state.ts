import type { State } from "#components/ui/status-shape.tsx";

/** Share of the limit above which a view is close to it. */
const closeAbove = 0.7;

export interface ViewState {
  state: State;
  word: string;
  /** Age as a share of the limit; null without a limit or a row. The list is sorted by it. */
  ofLimit: number | null;
}

/** Returns how fresh a view is at its source. @param ageUs age of its newest event; null before the first row */
export function viewState(ageUs: number | null, ttlUs: number | null): ViewState {
  if (ageUs === null) return { state: "no-data", word: "No data", ofLimit: null };
  if (ttlUs === null) return { state: "on-target", word: "No limit", ofLimit: null };
  const ofLimit = ageUs / ttlUs;
  if (ofLimit > 1) return { state: "missed", word: "Late", ofLimit };
  return ofLimit > closeAbove
    ? { state: "watch", word: "Close to limit", ofLimit }
    : { state: "on-target", word: "Fresh", ofLimit };
}
