import { blameLogE, combinedLogE } from "#server/stats/sequential/combine.ts";
import { evaluateGuardrail } from "#server/stats/sequential/evaluate-guardrail.ts";
import { belowLogE } from "#server/stats/sequential/floor-gate.ts";
import type { FrozenFacts, RolloutState } from "../../../serve/rollout/contract.ts";
import type { GuardrailEvidence, GuardrailFact, RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import { provableMetrics } from "../../../serve/rollout/plan/constants.ts";
import type { Guardrail, RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import { comparisonUnit, gatewayFactorOf, spreadFor } from "./comparison-unit.ts";
import { costDifference, costLogE } from "./cost-evidence.ts";
import { floorEvidence } from "./floor-evidence.ts";
import { gateCounts, isSplit } from "./gate-counts.ts";
import { guardrailFact } from "./guardrail-fact.ts";
import { shownArm, sumOf } from "./sums.ts";
import { currentStart, splitWatch, watchStarts } from "./watch-starts.ts";

interface Evaluated {
  plan: RolloutPlan;
  frozen: FrozenFacts;
  state: RolloutState;
  counts: readonly RolloutCount[];
  /** Whether units are not split as intended, so that rates cannot be compared. */
  hasMismatch: boolean;
}

export interface EvaluatedGuardrail {
  evidence: GuardrailEvidence;
  share: number;
  /** Whether its evidence of a regression may be averaged with that of others. */
  isEValue: boolean;
  /** Current evidence of this step. */
  logESafe: number | null;
}

/** Returns the share of alpha of a guardrail. */
export function shareOf({ share }: Guardrail, plan: RolloutPlan): number {
  return share ?? 1 / plan.guardrails.length;
}

/** Evaluates one guardrail, including its maximum evidence so far. */
export function evaluateOne(guardrail: Guardrail, evaluated: Evaluated): EvaluatedGuardrail {
  const { plan, frozen, state, hasMismatch } = evaluated;
  const { metric } = guardrail;
  const rows = evaluated.counts.filter((row) => row.metric === metric);
  const share = shareOf(guardrail, plan);
  const { worse, safe } = gates(guardrail, rows, evaluated, share);
  const logThreshold = blameLogE(plan.alpha, share);
  const logSafeThreshold = -Math.log(plan.beta);
  const maxLogEWorse = Math.max(worse, state.maxima.worse[metric] ?? 0);
  const maxLogESafe = safe === null ? null : Math.max(safe, state.maxima.safe[metric] ?? 0);
  const inHours = splitWatch(rows, plan, state);
  const floor = floorEvidence({ guardrail, plan, frozen, state, rows: inHours, maxLogEWorse, hasMismatch });
  const maxFloor = floor && {
    canary: Math.max(floor.canary, state.maxima.floorCanary[metric] ?? 0),
    stable: floor.stable === null ? null : Math.max(floor.stable, state.maxima.floorStable[metric] ?? 0),
    logThreshold: floor.logThreshold,
    isOwn: floor.isOwn,
  };
  const isWorse = maxLogEWorse >= logThreshold;
  const isBeyondFloor = maxFloor?.isOwn === true && maxFloor.canary >= maxFloor.logThreshold;
  const isSafe = maxLogESafe !== null && maxLogESafe >= logSafeThreshold;
  const fact = guardrailFact({ guardrail, plan, frozen, state, rows, decided: { isWorse, isBeyondFloor, isSafe } });
  const [stable, canary, pairs] = [sumOf(rows, "stable"), sumOf(rows, "canary"), sumOf(rows, "pair")];
  const units = (arm: "stable" | "canary" | "pair") => sumOf(rows, arm, state.step).units;
  const bursts = comparisonUnit(guardrail, rows, evaluated, share);
  return {
    share,
    isEValue: metric !== "cost",
    logESafe: safe,
    evidence: {
      metric,
      stable: shownArm(stable, metric === "cost"),
      canary: shownArm(canary, metric === "cost"),
      pairs: { units: pairs.units, onlyCanary: pairs.events, onlyStable: pairs.misses },
      stepUnits: { stable: units("stable"), canary: units("canary"), pairs: units("pair") },
      logEWorse: worse,
      maxLogEWorse,
      logThreshold,
      maxLogESafe,
      logSafeThreshold,
      ratio: ratioOf(fact, guardrail, rows, plan),
      floor: maxFloor,
      ...(bursts && { bursts }),
      verdict: isWorse || isBeyondFloor ? "harmful" : isSafe ? "safe" : "collecting",
      fact,
    },
  };
}

/** Returns ln E of a regression over the complete rollout, and of safety in this step. */
function gates(
  guardrail: Guardrail,
  rows: readonly RolloutCount[],
  { plan, frozen, state }: Evaluated,
  share: number,
): { worse: number; safe: number | null } {
  const { metric, margin, safeMargin } = guardrail;
  // A start for each step, and for each hour of the watch: fixed before the first request.
  const plannedSteps = plan.steps.length + watchStarts(plan);
  const current = currentStart(plan, state);
  if (metric === "cost") return { worse: costLogE(split(rows, plan), margin, plan.alpha * share), safe: null };
  const canProve = provableMetrics.includes(metric);
  const given = { margin: metric === "disagreement" ? 0 : margin, plannedSteps };
  if (metric === "output-shift") {
    const bins = Map.groupBy(rows, ({ bin }) => bin);
    // A bin without predictions is a gate at E = 1: the number of bins is fixed before the rollout.
    const all = Math.max(binsOf(frozen), Math.max(-1, ...bins.keys()) + 1);
    const seen = [...bins.values()].map((ofBin) => ({
      share: 1 / all,
      logE: evaluateGuardrail(gateCounts(ofBin, guardrail, plan), current, { ...given, safeMargin: undefined })
        .logEWorse,
    }));
    const unseen = all - seen.length;
    return { worse: combinedLogE(unseen > 0 ? [...seen, { share: unseen / all, logE: 0 }] : seen), safe: null };
  }
  const counts = gateCounts(splitWatch(rows, plan, state), guardrail, plan);
  const { logEWorse, logESafe } = evaluateGuardrail(counts, current, {
    ...given,
    margin: (1 + given.margin) * gatewayFactorOf(frozen.bursts?.[metric]) - 1,
    spreadOf: spreadFor(metric, rows, { plan, frozen, state }),
    safeMargin: canProve ? safeMargin : undefined,
  });
  return { worse: logEWorse, safe: canProve ? safeLogE(logESafe, guardrail, rows, { plan, state }) : null };
}

/**
 * Returns ln E of safety: a version is safe if its rate is below that of the other by the safe margin, or negligible. If it is neither,
 * both are e-processes, which means that their mean is one too, and needs no correction for the two alternatives.
 */
function safeLogE(
  relative: number,
  { negligible }: Guardrail,
  rows: readonly RolloutCount[],
  { plan, state }: Pick<Evaluated, "plan" | "state">,
): number {
  if (negligible === null || !isSplit(plan, state.step)) return relative;
  const below = belowLogE(sumOf(rows, "canary", state.step), negligible);
  return combinedLogE([relative, below].map((logE) => ({ share: 0.5, logE })));
}

function binsOf({ outputBins, outputBinCount }: FrozenFacts): number {
  return outputBins ? outputBins.length + 1 : (outputBinCount ?? 1);
}

/** Returns the sums of both arms in each step that splits units. */
function split(rows: readonly RolloutCount[], plan: RolloutPlan) {
  return plan.steps.flatMap((_, step) =>
    isSplit(plan, step) ? [{ canary: sumOf(rows, "canary", step), stable: sumOf(rows, "stable", step) }] : [],
  );
}

/** Returns the ratio of the fact, or the difference of means for costs, with its always-valid interval; null is no bound. */
function ratioOf(fact: GuardrailFact, guardrail: Guardrail, rows: readonly RolloutCount[], plan: RolloutPlan) {
  if (guardrail.metric === "cost") return costDifference(split(rows, plan), plan.alpha);
  if (fact.scale !== "ratio") return { estimate: null, low: null, high: null };
  return { estimate: fact.estimate, low: fact.low, high: fact.high };
}
