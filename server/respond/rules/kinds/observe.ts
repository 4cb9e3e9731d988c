import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import type { AlertRuleSpec } from "../contract.ts";
import type { Observation, ObservedRule } from "../observation.ts";
import { observeAbsence } from "./observe-absence.ts";
import { observeBudgets } from "./observe-budgets.ts";
import { observeLabels } from "./observe-labels.ts";
import { observePlatform } from "./observe-platform.ts";
import { observeRollouts } from "./observe-rollouts.ts";
import { observeRuns } from "./observe-runs.ts";
import { observeSpend } from "./observe-spend.ts";
import { observeThreshold } from "./observe-threshold.ts";
import { observeTraining } from "./observe-training.ts";

/**
 * Observes all subjects of a rule once. Omits those that no longer exist.
 * @param now ms since 1970
 */
export function observe(ctx: Context, spec: AlertRuleSpec, rule: ObservedRule, now: number): Promise<Observation[]> {
  switch (spec.kind) {
    case "threshold":
      return observeThreshold(ctx, spec, rule, now);
    case "absent":
      return observeAbsence(ctx, spec, rule, now);
    case "rollout":
      return observeRollouts(ctx, spec, rule, now);
    case "run-health":
      return observeRuns(ctx, spec, now);
    case "budget":
      return observeBudgets(ctx, spec, rule);
    case "spend":
      return observeSpend(ctx, spec, rule, now);
    case "labels":
      return observeLabels(ctx, spec, rule, now);
    case "training":
      return observeTraining(ctx, spec, now);
    case "platform":
      return observePlatform(ctx, spec, now);
  }
}

const platformWaitMs = minuteMs;

/** Returns how long the condition must hold before the rule fires. A restarting role of Leeway may take a minute. */
export function waitOf(spec: AlertRuleSpec): number {
  if (spec.kind === "threshold") return spec.forMinutes * minuteMs;
  return spec.kind === "platform" ? platformWaitMs : 0;
}
