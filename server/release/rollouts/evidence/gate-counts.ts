import type { ArmCount } from "#server/stats/sequential/evaluate-guardrail.ts";
import type { RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import type { Guardrail, RolloutPlan } from "../../../serve/rollout/plan/contract.ts";

/** Returns whether units are split between the versions in a step: neither in a shadow-only step nor during monitoring. */
export function isSplit(plan: RolloutPlan, step: number): boolean {
  return (plan.steps[step]?.weight ?? 0) > 0;
}

/**
 * Returns the counts of one metric in the form that the gates need. If units are split, the arms are compared; in a shadow-only step and
 * during monitoring, pairs are: a differing pair is equally likely to be bad in either version, and therefore counts as a split in halves.
 * Pairs of a split step are left out because the stable arm contains the stable version's predictions already.
 */
export function gateCounts(rows: readonly RolloutCount[], guardrail: Guardrail, plan: RolloutPlan): ArmCount[] {
  if (guardrail.metric === "disagreement") return disagreements(rows, guardrail.floor ?? 0);
  return rows.flatMap((row) => {
    if (row.arm === "pair") return isSplit(plan, row.step) ? [] : pairOf(row);
    return isSplit(plan, row.step) ? [armOf(row, guardrail.metric === "conversions")] : [];
  });
}

function pairOf({ step, units, events, misses }: RolloutCount): ArmCount[] {
  const half = { step, weight: 0.5, units };
  return [
    { ...half, arm: "canary", events },
    { ...half, arm: "baseline", events: misses },
  ];
}

/** @param isGood whether the events are desirable: then the previous version has to have fewer, and the arms are swapped. */
function armOf({ step, weight, arm, units, events }: RolloutCount, isGood: boolean): ArmCount {
  const isCanary = (arm === "canary") !== isGood;
  return { step, weight: isGood ? 1 - weight : weight, arm: isCanary ? "canary" : "baseline", units, events };
}

/** Pairs that differ against pairs that agree, at the share that is tolerated. */
function disagreements(rows: readonly RolloutCount[], tolerated: number): ArmCount[] {
  return rows
    .filter(({ arm }) => arm === "pair")
    .flatMap(({ step, units, events }): ArmCount[] => {
      const share = { step, weight: tolerated, units };
      return [
        { ...share, arm: "canary", events },
        { ...share, arm: "baseline", events: units - events },
      ];
    });
}
