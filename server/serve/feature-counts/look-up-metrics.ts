import { Counter } from "prom-client";
import type { FeatureMinute } from "./feature-minute.ts";

const lookUps = new Counter({
  name: "leeway_feature_lookups_total",
  help: "Look-ups of feature views, one per key, by result: found, stale or missing. Views beyond the first 200 are counted together.",
  labelNames: ["view", "result"],
});

const maxViews = 200;
const known = new Set<string>();

type Results = Pick<FeatureMinute, "found" | "stale" | "missing">;

/** Returns the results of a minute so far. */
export function resultsOf({ found, stale, missing }: Results): Results {
  return { found, stale, missing };
}

/** Counts the results of one look-up, given those of its minute before and after it. */
export function countResults(view: string, before: Results, after: Results): void {
  if (known.size < maxViews) known.add(view);
  const label = known.has(view) ? view : "other";
  for (const result of ["found", "stale", "missing"] as const) {
    const count = after[result] - before[result];
    if (count > 0) lookUps.inc({ view: label, result }, count);
  }
}
