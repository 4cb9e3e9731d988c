import { formatCount, formatDuration } from "#server/base/format-number.ts";
import type { Verdict } from "#server/stats/sequential/decide.ts";
import { named } from "../evidence/metric-labels.ts";
import type { Evaluated } from "./evaluated.ts";
import { heldAt } from "./hold.ts";
import { neededUnits } from "./needed-units.ts";

export type HoldReason = Extract<Verdict, { kind: "hold" }>["reason"];

/** Describes the reason of a hold in one sentence. */
export function describeHold(evaluated: Evaluated, reason: HoldReason): string {
  const { state, evidence, facts, now, plan } = evaluated;
  const at = heldAt(state);
  const needed = neededUnits(evaluated);
  const fewest = needed.toSorted((a, b) => Math.min(a.canary, a.stable) - Math.min(b.canary, b.stable))[0];
  switch (reason) {
    case "paused":
      return `${heldAt(state, "Paused")}.`;
    case "no-data":
      if (fewest?.metric === "output-shift" && hasNoBins(evaluated))
        return `${at}: there were no predictions of ${facts.stable} on record at the start, so there is no baseline distribution to compare with. Roll back, and start again once there are some.`;
      return `${at}: no data${fewest ? ` on ${named(fewest.metric)}` : ""} for ${missing(fewest, facts)}.`;
    case "too-little-data": {
      const least = plan.steps[Math.min(state.step, plan.steps.length - 1)]?.minUnits ?? 0;
      const has = fewest ? Math.min(fewest.canary, fewest.stable) : 0;
      return `${at}: ${formatCount(has)} of ${formatCount(least)} required ${fewest?.unit ?? "requests"}.`;
    }
    case "stale-data":
      return `${at}: no new data for ${formatDuration(now - state.lastDataAt)}.`;
    case "floor-breached-by-both":
      return `${at}: both versions exceed the limit on ${breached(evaluated)}, so the cause is shared and rolling back would not help.`;
    case "floor-unattributed":
      return `${at}: ${facts.canary} exceeds the limit on ${breached(evaluated)}, but nothing shows that ${facts.stable} does not. Rolling back may not help.`;
    case "inconclusive": {
      // By the facts, which the lines of the page show.
      const open = evidence.guardrails.filter(({ verdict, fact }) =>
        fact ? fact.verdict === "inconclusive" || fact.verdict === "no-data" : verdict === "collecting",
      ).length;
      return `${at}: ${open} of ${evidence.guardrails.length} ${open === 1 ? "guardrails has" : "guardrails have"} no verdict yet.`;
    }
  }
}

function missing(
  fewest: { canary: number; stable: number } | undefined,
  { stable, canary }: Evaluated["facts"],
): string {
  if (!fewest || (fewest.canary === 0 && fewest.stable === 0)) return "either version";
  return fewest.canary === 0 ? canary : stable;
}

/** Returns whether neither the predicted classes nor the range of the numbers is known. */
function hasNoBins({ frozen }: Evaluated): boolean {
  return frozen.outputBins === null && frozen.outputBinCount === undefined;
}

function breached({ evidence }: Evaluated): string {
  const found = evidence.guardrails.filter(({ floor }) => (floor?.canary ?? 0) >= (floor?.logThreshold ?? Infinity));
  return found.map(({ metric }) => named(metric)).join(" and ");
}
