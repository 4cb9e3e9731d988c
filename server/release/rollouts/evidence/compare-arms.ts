import { shareSequence } from "#server/stats/sequential/bernoulli-sequence.ts";
import { byWeight } from "#server/stats/sequential/evaluate-guardrail.ts";
import { logRateRatioInterval } from "#server/stats/sequential/rate-ratio.ts";
import type { GuardrailFact, RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import type { Guardrail, RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import { type Compared as ComparedRollout, independentCounts } from "./comparison-unit.ts";
import { costDifference } from "./cost-evidence.ts";
import { isSplit } from "./gate-counts.ts";
import { sumOf } from "./sums.ts";

export type Compared = Pick<
  GuardrailFact,
  "basis" | "stable" | "canary" | "scale" | "estimate" | "low" | "high" | "limit"
>;

type Bounds = { low: number | null; high: number | null };

const unknown = { estimate: null, low: null, high: null };

/** Compares both arms of the steps that split traffic. @param rows of the window */
export function compareSplit(rows: readonly RolloutCount[], guardrail: Guardrail, rollout: ComparedRollout): Compared {
  const { plan } = rollout;
  const { metric, margin } = guardrail;
  const inBoth = rows.filter(
    ({ step }) => isSplit(plan, step) && sumOf(rows, "canary", step).units > 0 && sumOf(rows, "stable", step).units > 0,
  );
  const [stable, canary] = [sumOf(inBoth, "stable"), sumOf(inBoth, "canary")];
  const counts = { stable: armOf(stable), canary: armOf(canary) };
  const base = { basis: "split" as const, scale: "ratio" as const };
  if (metric === "output-shift") {
    const difference = canary.units > 0 ? totalVariation(inBoth) : null;
    return { ...base, ...counts, ...unknown, scale: "share", estimate: difference, limit: null };
  }
  if (canary.units === 0) return { ...base, ...counts, ...unknown, limit: limitOf(guardrail) };
  if (metric === "cost") {
    const steps = [...new Set(inBoth.map(({ step }) => step))].map((step) => ({
      canary: sumOf(inBoth, "canary", step),
      stable: sumOf(inBoth, "stable", step),
    }));
    const { low, high } = costDifference(steps, plan.alpha);
    const [before, after] = [standardised(inBoth, canary.units, "sum"), canary.sum / canary.units];
    const estimate = before > 0 ? after / before : null;
    const relative = (difference: number | null) =>
      difference === null || before <= 0 ? null : Math.max(0, 1 + difference / before);
    return {
      ...base,
      stable: { ...counts.stable, value: before },
      canary: { ...counts.canary, value: after },
      estimate,
      ...around(estimate, { low: relative(low), high: relative(high) }),
      limit: 1 + margin,
    };
  }
  const values = { before: standardised(inBoth, canary.units, "events"), after: canary.events / canary.units };
  const estimate = values.before > 0 ? values.after / values.before : null;
  return {
    ...base,
    stable: { ...counts.stable, value: values.before },
    canary: { ...counts.canary, value: values.after },
    estimate,
    ...around(estimate, ratioBounds(inBoth, guardrail, rollout)),
    limit: limitOf(guardrail),
  };
}

/** Compares what the versions did with the same inputs. @param rows of the window */
export function comparePairs(rows: readonly RolloutCount[], guardrail: Guardrail, rollout: ComparedRollout): Compared {
  const { plan } = rollout;
  const isDisagreement = guardrail.metric === "disagreement";
  const own = rows.filter(({ step }) => isDisagreement || !isSplit(plan, step));
  const { units, events, misses } = sumOf(own, "pair");
  const share = (count: number) => (units > 0 ? count / units : null);
  const stable = { value: share(misses), units, events: misses };
  const canary = { value: share(events), units, events };
  const base = { basis: "pairs" as const, canary };
  if (isDisagreement) {
    const bounds = units > 0 ? shareSequence({ units, events }, plan.alpha) : { low: null, high: null };
    const noArm = { ...stable, value: null, events: 0 };
    return { ...base, stable: noArm, scale: "share", estimate: canary.value, ...bounds, limit: guardrail.floor };
  }
  const estimate = misses > 0 ? events / misses : null;
  const bounds = units > 0 ? ratioBounds(own, guardrail, rollout) : { low: null, high: null };
  return { ...base, stable, scale: "ratio", estimate, ...bounds, limit: limitOf(guardrail) };
}

/** Holds the share of one arm against a limit. @param record counts of the version before, if they are what the limit comes from */
export function compareWithLimit(
  canary: { units: number; events: number },
  { limit, basis, stable }: { limit: number | null } & Pick<Compared, "basis"> & { stable: Compared["stable"] },
  { alpha }: Pick<RolloutPlan, "alpha">,
): Compared {
  const value = canary.units > 0 ? canary.events / canary.units : null;
  const bounds = canary.units > 0 ? shareSequence(canary, alpha) : { low: null, high: null };
  return { basis, stable, canary: { ...canary, value }, scale: "share", estimate: value, ...bounds, limit };
}

/** Returns the ratio that must not be exceeded; for business events, not fallen below. */
function limitOf({ metric, margin }: Guardrail): number {
  return metric === "conversions" ? 1 / (1 + margin) : 1 + margin;
}

function armOf({ units, events }: { units: number; events: number }): GuardrailFact["stable"] {
  return { value: null, units, events };
}

/** Returns the mean of the stable arm if its requests were distributed over the steps as the canary's were. */
function standardised(rows: readonly RolloutCount[], canaryUnits: number, what: "events" | "sum"): number {
  let expected = 0;
  for (const step of new Set(rows.map((row) => row.step))) {
    const [canary, stable] = [sumOf(rows, "canary", step), sumOf(rows, "stable", step)];
    expected += canary.units * (stable[what] / stable.units);
  }
  return expected / canaryUnits;
}

/** Returns the interval of the ratio of the rates, canary to stable; null is no bound. */
function ratioBounds(rows: readonly RolloutCount[], guardrail: Guardrail, rollout: ComparedRollout): Bounds {
  const counts = byWeight(independentCounts(rows, guardrail, rollout), "events");
  const { low, high } = logRateRatioInterval(counts, rollout.plan.alpha);
  // For business events the arms are swapped, which inverts the ratio.
  const ends = guardrail.metric === "conversions" ? { low: -high, high: -low } : { low, high };
  const at = (log: number) => (Number.isFinite(log) ? Math.exp(log) : null);
  return { low: at(ends.low), high: at(ends.high) };
}

/**
 * Widens an interval to its estimate: the interval follows from the intended split, the estimate from the units that came, and with few
 * units the two differ.
 */
function around(estimate: number | null, { low, high }: Bounds): Bounds {
  if (estimate === null) return { low, high };
  return { low: low === null ? null : Math.min(low, estimate), high: high === null ? null : Math.max(high, estimate) };
}

/** Returns the share of predictions that would have to move for both distributions to be the same. */
function totalVariation(rows: readonly RolloutCount[]): number {
  const [canary, stable] = [sumOf(rows, "canary").units, sumOf(rows, "stable").units];
  const bins = Map.groupBy(rows, ({ bin }) => bin);
  const differences = [...bins.values()].map((ofBin) =>
    Math.abs(sumOf(ofBin, "canary").units / canary - sumOf(ofBin, "stable").units / stable),
  );
  return differences.reduce((sum, difference) => sum + difference, 0) / 2;
}
