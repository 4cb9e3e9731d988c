import type { ArmCount } from "#server/stats/sequential/evaluate-guardrail.ts";
import type { RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import type { Guardrail, RolloutPlan } from "../../../serve/rollout/plan/contract.ts";

/** Whether units are split between the versions in a step: neither in shadow only nor while watching. */
export function isSplit(plan: RolloutPlan, step: number): boolean {
  return (plan.steps[step]?.weight ?? 0) > 0;
}

/**
 * Counts of one metric as the gates take them. Where units are split, the arms are compared; in a step in shadow only and while
 * watching, pairs are: a pair that differs is as likely bad in one version as in the other, so it goes in as a split in halves. Pairs
 * of a step that is split are left out, since the answers of the version before stand among its arm already.
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

/** @param isGood whether events are what is wished for: then the version before has to have fewer, and the arms change places. */
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
