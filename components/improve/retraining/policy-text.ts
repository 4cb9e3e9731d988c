import { formatCount, formatNumber, formatPercent, plural } from "#components/ui/format.ts";
import { formatUntil } from "#components/ui/format-time.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { RetrainingPlan, RetrainingTrigger } from "#server/improve/retraining/contract.ts";
import type { RetrainingPolicyDetails } from "#server/improve/retraining/policies/contract.ts";
import { cycleStateLabels } from "./cycle-text.ts";

type Standing = Pick<RetrainingPolicyDetails, "paused" | "decision" | "openCycle" | "lookedAt">;

/** Icon and word of what a policy does now. */
export function policyState({ paused, decision, openCycle }: Standing): { state: State; word: string } {
  if (openCycle) {
    const { state, word } = cycleStateLabels[openCycle.state];
    return { state, word: `Cycle ${openCycle.number}: ${word.toLowerCase()}` };
  }
  if (paused) return { state: "paused", word: "Paused" };
  if (decision?.kind === "held") return { state: "watch", word: "On hold" };
  return { state: "on-target", word: "No trigger" };
}

/** Says why a policy trains or does not, with the first reason and its end. */
export function describePolicy(policy: Standing, now: number): string {
  const { paused, decision, openCycle, lookedAt } = policy;
  if (openCycle) return `Cycle ${openCycle.number} is open: ${cycleStateLabels[openCycle.state].word.toLowerCase()}.`;
  if (paused) return `Paused by ${paused.by}: ${paused.reason.replace(/\.$/, "")}.`;
  if (lookedAt === null) return "It is evaluated within minutes.";
  if (decision?.kind === "held") {
    const [first, ...others] = decision.holds;
    if (!first) return "On hold.";
    const until = first.until === null || first.until <= now ? "" : ` Until about ${formatUntil(first.until, now)}.`;
    const more = others.length === 0 ? "" : ` ${plural(others.length, "more reason")}.`;
    return `On hold: ${first.words}${until}${more}`;
  }
  return "No trigger is met.";
}

/** Formats a trigger of a policy: "drift for 24 h, all features". */
export function describeTriggerRule(trigger: RetrainingTrigger): string {
  switch (trigger.kind) {
    case "drift": {
      const features = trigger.features.length === 0 ? "any feature" : trigger.features.join(", ");
      return `drift for ${formatNumber(trigger.forHours)} h, ${features}`;
    }
    case "quality":
      return `${trigger.source} ${trigger.metric} below ${formatNumber(trigger.below)}, ${plural(trigger.forWindows, "window")}`;
    case "slo":
      return `error budget below ${formatPercent(trigger.remainingBelow)}`;
    case "labels":
      return `${formatCount(trigger.atLeast)} new labels`;
    case "dataset":
      return `new version of ${trigger.dataset}`;
    case "schedule":
      return `schedule ${trigger.cron} (${trigger.timeZone})`;
  }
}

/** Formats where the rows come from that a candidate learns from. */
export function describeData(data: RetrainingPlan["data"]): string {
  switch (data.kind) {
    case "labels":
      return `settled labels, as ${data.dataset}`;
    case "training-set":
      return `training set ${data.name}, refreshed`;
    case "dataset":
      return `newest version of ${data.name}`;
  }
}
