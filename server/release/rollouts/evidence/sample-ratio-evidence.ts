import { sampleRatioLogE } from "#server/stats/sequential/sample-ratio.ts";
import type { Evidence, RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import type { GuardrailMetric, RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import { isSplit } from "./gate-counts.ts";
import { sumOf } from "./sums.ts";

/** Metrics that count every unit of an arm, the fullest first; labels come for some only, and pairs are not assigned. */
const countsEveryUnit: readonly GuardrailMetric[] = [
  "errors",
  "client-errors",
  "slow",
  "invalid-outputs",
  "conversions",
  "output-shift",
  "cost",
];

type SampleRatio = Omit<Evidence["srm"], "maxLogE">;

/** Evaluates whether units are assigned to the arms as intended, over all steps. @returns ln E of 0 where nothing counts every unit. */
export function sampleRatioEvidence(counts: readonly RolloutCount[], plan: RolloutPlan): SampleRatio {
  const logThreshold = -Math.log(plan.alphaSrm);
  const metric = countsEveryUnit.find((each) => plan.guardrails.some((guardrail) => guardrail.metric === each));
  const rows = counts.filter((row) => row.metric === metric && row.arm !== "pair" && isSplit(plan, row.step));
  const logE = sampleRatioLogE(rows.map((row) => ({ ...row, arm: row.arm === "canary" ? "canary" : "baseline" })));
  return { logE, logThreshold, stable: sumOf(rows, "stable").units, canary: sumOf(rows, "canary").units };
}
