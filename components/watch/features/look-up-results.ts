import type { State } from "#components/ui/status-shape.tsx";
import type { ViewWatch } from "#server/watch/features/contract.ts";

interface LookUpResult {
  state: State;
  word: string;
  count: number;
}

/** Splits look-ups by what they found; the counts add up to all of them. Found rows that lack a value count as null. */
export function lookUpResults({
  found,
  nulls,
  missing,
  stale,
}: Pick<ViewWatch["serving"], "found" | "nulls" | "missing" | "stale">): LookUpResult[] {
  return [
    { state: "on-target", word: "found", count: found - nulls },
    { state: "watch", word: "null", count: nulls },
    { state: "no-data", word: "unknown key", count: missing },
    { state: "missed", word: "stale", count: stale },
  ];
}
