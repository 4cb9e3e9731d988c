import { evaluateGuardrail } from "#server/stats/sequential/evaluate-guardrail.ts";
import type { FrozenFacts, RolloutState } from "../../../serve/rollout/contract.ts";
import type { GuardrailFact, GuardrailVerdict, RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import { provableMetrics } from "../../../serve/rollout/plan/constants.ts";
import type { Guardrail, RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import { type Compared, comparePairs, compareSplit, compareWithLimit } from "./compare-arms.ts";
import { spreadFor } from "./comparison-unit.ts";
import { describeFact } from "./describe-fact.ts";
import { gateCounts, isSplit } from "./gate-counts.ts";
import { recordBounds } from "./record-limits.ts";
import { sumOf } from "./sums.ts";
import { currentStart, splitWatch, watchedHour } from "./watch-starts.ts";

interface FactInput {
  guardrail: Guardrail;
  plan: RolloutPlan;
  frozen: FrozenFacts;
  state: RolloutState;
  /** Counts of the guardrail's metric. */
  rows: readonly RolloutCount[];
  /** What the gates have decided: worse than the other version, beyond an absolute limit alone, no worse. */
  decided: { isWorse: boolean; isBeyondFloor: boolean; isSafe: boolean };
}

/**
 * Returns the fact about a guardrail: all its numbers from the same requests and the same window, and a verdict that follows from the gates
 * and never contradicts them. A regression is shown for the window, from the start of some step until now, in which its evidence is
 * largest: that of a late regression would be diluted by the steps before it.
 */
export function guardrailFact(input: FactInput): GuardrailFact {
  const { guardrail, plan, state, decided } = input;
  const inHours = splitWatch(input.rows, plan, state);
  const fromStep = decided.isWorse ? strongestStart(inHours, input) : 0;
  const window = inHours.filter(({ step }) => step >= fromStep);
  const found = cutAtDecided(compareIn(window, input), input);
  const verdict = verdictOf(found, input);
  const compared = againstDecisive(found, verdict, input);
  return { verdict, fromStep, ...compared, words: describeFact(guardrail.metric, verdict, compared) };
}

/** Chooses the requests that decide: those of a split; during monitoring and in shadow steps pairs, else the record. */
function compareIn(window: readonly RolloutCount[], { guardrail, plan, frozen, state, decided }: FactInput): Compared {
  const { metric, floor } = guardrail;
  const isWatched = state.step >= plan.steps.length;
  const split = compareSplit(window, guardrail, { plan, frozen, state });
  const pairs = comparePairs(window, guardrail, { plan, frozen, state });
  if (decided.isBeyondFloor && !decided.isWorse) {
    const from = isWatched ? plan.steps.length : 0;
    const own = sumOf(
      window.filter(({ step }) => (isWatched ? step >= from : isSplit(plan, step))),
      "canary",
    );
    const isGood = metric === "conversions";
    const canary = { units: own.units, events: isGood ? own.units - own.events : own.events };
    if (!isWatched) return compareWithLimit(canary, { limit: floor, basis: "split", stable: split.stable }, plan);
    const known = frozen.record[metric] ?? { units: 0, events: 0 };
    const stable = { ...known, value: known.units > 0 ? known.events / known.units : null };
    return compareWithLimit(
      canary,
      { limit: watchLimit(canary, guardrail, plan, frozen, state), basis: "record", stable },
      plan,
    );
  }
  if (metric === "disagreement") return pairs;
  const hasSplit = split.canary.units > 0;
  if (!hasSplit) return pairs.canary.units > 0 ? pairs : split;
  return isWatched && decided.isWorse && pairs.canary.units > 0 && isShownBy(pairs) && !isShownBy(split)
    ? pairs
    : split;
}

function isShownBy({ estimate, limit }: Compared): boolean {
  return limit !== null && (estimate === null || estimate > limit);
}

/** Returns the limit that monitoring exceeds: that of the plan if it does, else what the record allows for these hours. */
function watchLimit(
  { units, events }: { units: number; events: number },
  { metric, floor, margin }: Guardrail,
  plan: RolloutPlan,
  frozen: FrozenFacts,
  state: RolloutState,
): number | null {
  if (floor !== null && events > floor * units) return floor;
  const now = watchedHour(plan, state, currentStart(plan, state) - plan.steps.length);
  const bounds = recordBounds(frozen, metric, plan.alphaFloor, { from: state.stepStartedAt, to: now.to });
  return bounds ? bounds.sameHours * (1 + margin) : floor;
}

/** Returns the start, of those of all steps and hours of monitoring, from which the evidence of a regression is largest. */
function strongestStart(rows: readonly RolloutCount[], { guardrail, plan, frozen, state }: FactInput): number {
  const { metric, margin } = guardrail;
  if (metric === "cost" || metric === "output-shift" || metric === "disagreement") return 0;
  const counts = gateCounts(rows, guardrail, plan);
  const last = Math.max(0, ...counts.map(({ step }) => step));
  const spreadOf = spreadFor(metric, rows, { plan, frozen, state });
  let best = { start: 0, logE: Number.NEGATIVE_INFINITY };
  for (let start = 0; start <= last; start += 1) {
    const own = counts.filter(({ step }) => step >= start);
    const { logEWorse: logE } = evaluateGuardrail(own, last, {
      margin,
      safeMargin: undefined,
      plannedSteps: 1,
      spreadOf,
    });
    if (logE > best.logE) best = { start, logE };
  }
  return best.start;
}

/** Cuts the interval at a limit on whose other side a gate has shown the value to be, at its own error probability. */
function cutAtDecided(compared: Compared, { guardrail, decided }: FactInput): Compared {
  const { limit, low, high, estimate, scale } = compared;
  if (limit === null || estimate === null) return compared;
  const isLower = guardrail.metric === "conversions" && scale === "ratio";
  const isWorse = decided.isWorse || decided.isBeyondFloor;
  if (isWorse && isLower) return { ...compared, high: Math.min(high ?? limit, Math.max(limit, estimate)) };
  if (isWorse) return { ...compared, low: Math.max(low ?? limit, Math.min(limit, estimate)) };
  return compared;
}

/**
 * Holds a value that is not worse against the limit that its verdict is about: the one that it has to be shown below. The interval is cut
 * there once it is shown, and reaches it until then: it may be wider than its probability needs, and never contradicts the verdict.
 */
function againstDecisive(
  compared: Compared,
  verdict: GuardrailVerdict,
  { guardrail, plan, state }: FactInput,
): Compared {
  const { metric, safeMargin, negligible } = guardrail;
  if (verdict === "regression" || verdict === "no-data") return compared;
  const { scale, estimate, canary, stable, basis } = compared;
  const isDecided = verdict === "no-worse" || verdict === "close";
  const isCompared = scale === "ratio" && provableMetrics.includes(metric);
  if (!isCompared) return isDecided ? compared : reaching(compared, plan, state);
  const isGood = metric === "conversions";
  const limit = isGood ? 1 / (1 + safeMargin) : 1 + safeMargin;
  if (!isDecided) return reaching({ ...compared, limit }, plan, state);
  const isWithin = estimate !== null && (isGood ? estimate > limit : estimate < limit);
  if (!isWithin && negligible !== null && basis === "split") {
    const share = compareWithLimit(canary, { limit: negligible, basis, stable }, plan);
    return { ...share, high: Math.min(share.high ?? negligible, negligible) };
  }
  if (!isWithin) return { ...compared, limit };
  const { low, high } = compared;
  return isGood
    ? { ...compared, limit, low: Math.max(low ?? limit, limit) }
    : { ...compared, limit, high: Math.min(high ?? limit, limit) };
}

/** Extends an undecided interval to the limit. During monitoring it stays: it is about the steps before, which may have decided. */
function reaching(compared: Compared, { steps }: RolloutPlan, { step }: RolloutState): Compared {
  const { limit, low, high, estimate } = compared;
  if (limit === null || estimate === null || step >= steps.length) return compared;
  return {
    ...compared,
    low: low === null ? null : Math.min(low, limit),
    high: high === null ? null : Math.max(high, limit),
  };
}

function verdictOf(
  { canary, stable, estimate, scale, high, limit, basis }: Compared,
  input: FactInput,
): GuardrailVerdict {
  const { guardrail, decided } = input;
  if (decided.isWorse || decided.isBeyondFloor) return "regression";
  if (canary.units === 0 || (scale === "ratio" && basis === "split" && stable.units === 0)) return "no-data";
  if (guardrail.metric === "cost" && high !== null && limit !== null && estimate !== null && high < limit)
    return estimate - 1 > guardrail.margin / 2 && estimate > 1 ? "close" : "no-worse";
  if (guardrail.metric === "disagreement")
    return high !== null && limit !== null && high < limit ? "no-worse" : "inconclusive";
  if (!decided.isSafe) return "inconclusive";
  const { safeMargin, negligible } = guardrail;
  if (negligible !== null && (canary.value ?? 1) <= negligible) return "no-worse";
  const excess = guardrail.metric === "conversions" ? (estimate === null ? 0 : 1 / estimate - 1) : (estimate ?? 0) - 1;
  if (excess >= safeMargin) return "inconclusive";
  return excess > safeMargin / 2 ? "close" : "no-worse";
}
