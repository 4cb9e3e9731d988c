import { dayMs, hourMs } from "#server/base/durations.ts";
import { formatCount, percent } from "#server/base/format-number.ts";
import type { RetrainingPolicy } from "../contract.ts";
import type { Evidence } from "./evidence.ts";

/** What stands against a training now. Times are milliseconds since 1970. */
export interface Circumstances {
  isPaused: boolean;
  /** Number of the cycle that is open for the model. */
  openCycle: number | null;
  /** Ended cycles of the policy, oldest first. */
  cycles: readonly EndedCycle[];
  /** Open findings that say a feature of the model arrives broken (schema, unit, level, missing). */
  brokenFeatures: readonly { feature: string; words: string }[];
  /** Last deployment of the endpoint; null where its version has served since the first window. */
  deployment: { version: number; at: number } | null;
  /** Other models that the same feature or source has brought here within an hour. */
  commonCause: { cause: string; models: number } | null;
  /** Mature labels of requests after a time. */
  labelsFrom(time: number): LabelState;
  /** What a cycle is expected to cost, and what is left of the month's budget; null without a price or a budget. */
  cost: { ofCycle: number | null; left: number | null; format(amount: number): string };
  /** End of the quiet hours; null outside of them. */
  quietUntil: number | null;
  /** Name of the freeze that holds the endpoint; null without one. */
  freeze: string | null;
  /** Open cycles of the workspace. */
  openInWorkspace: number;
}

export interface EndedCycle {
  startedAt: number;
  endedAt: number;
  outcome: CycleOutcome;
  /** Keys of the evidence that it started from. */
  evidence: readonly string[];
}

export type CycleOutcome = "adopted" | "rejected" | "expired" | "cancelled" | "superseded";

/** Labels of requests that are old enough for their labels to be complete. */
export interface LabelState {
  mature: number;
  /** Labels of the rarest class; null where labels have no classes. */
  rarestClass: { name: string; count: number } | null;
  completeness: number;
  /** Largest share of the rows that one source has; null without rows. */
  largestSource: { name: string; share: number } | null;
  /** Labels that mature in a day, by the last weeks; null before there are any. */
  perDay: number | null;
}

/** A reason not to train now. */
export interface Hold {
  code: HoldCode;
  words: string;
  /** When it ends by itself, as far as that is known. */
  until: number | null;
}

type HoldCode =
  | "paused"
  | "open-cycle"
  | "feed"
  | "release"
  | "common-cause"
  | "labels"
  | "source-share"
  | "cooldown"
  | "too-many"
  | "cost"
  | "freeze"
  | "quiet-hours"
  | "workspace-full";

const maxCooldownMs = 14 * dayMs;
/** A fall of quality that begins this soon after a deployment is the deployment's. */
const releaseMs = 24 * hourMs;
const commonCauseModels = 3;

/**
 * Finds all reasons but labels not to train now, the one to act on first. What feeds the model comes before how long it waits, since a training on broken
 * rows makes the next champion worse. docs/spec/retraining.md.
 */
export function findHolds(
  policy: RetrainingPolicy,
  evidence: readonly Evidence[],
  circumstances: Circumstances,
  now: number,
): Hold[] {
  return [
    ...stateHolds(circumstances),
    ...causeHolds(evidence, circumstances),
    ...paceHolds(policy.limits, circumstances, now),
    ...costHolds(policy.limits, circumstances.cost),
    ...placeHolds(policy.limits, circumstances),
  ];
}

function stateHolds({ isPaused, openCycle }: Circumstances): Hold[] {
  return [
    ...(openCycle === null ? [] : [hold("open-cycle", `Cycle ${openCycle} is open.`)]),
    ...(isPaused ? [hold("paused", "The policy is paused.")] : []),
  ];
}

function causeHolds(evidence: readonly Evidence[], { brokenFeatures, deployment, commonCause }: Circumstances): Hold[] {
  const holds = brokenFeatures.slice(0, 1).map(({ feature, words }) => {
    const others = brokenFeatures.length - 1;
    const more = others === 0 ? "" : ` (and ${others} more)`;
    return hold("feed", `Fix the source first: ${feature} ${words}${more}.`);
  });
  const fall = evidence.find(({ trigger }) => trigger === "quality" || trigger === "slo");
  if (fall && deployment && fall.since >= deployment.at && fall.since - deployment.at <= releaseMs) {
    const words = `Quality fell within 24 h after version ${deployment.version} was deployed. Roll it back first.`;
    holds.push(hold("release", words));
  }
  if (commonCause && commonCause.models >= commonCauseModels) {
    const words = `${commonCause.cause} changed for ${commonCause.models} models within an hour. Find the cause first.`;
    holds.push(hold("common-cause", words));
  }
  return holds;
}

/** Finds what the labels lack that a candidate would learn from. docs/spec/retraining.md. */
export function findLabelHolds(
  { atLeast, perClass, completeness, maxShareOfOneSource }: RetrainingPolicy["labels"],
  labels: LabelState,
  now: number,
): Hold[] {
  const holds: Hold[] = [];
  if (labels.mature < atLeast) {
    const words = `Only ${formatCount(labels.mature)} of ${formatCount(atLeast)} labels are mature.`;
    const isKnown = labels.perDay !== null && labels.perDay > 0;
    const until = isKnown ? now + ((atLeast - labels.mature) / (labels.perDay as number)) * dayMs : null;
    holds.push({ code: "labels", words, until });
  }
  if (labels.rarestClass && labels.rarestClass.count < perClass) {
    const { name, count } = labels.rarestClass;
    holds.push(hold("labels", `Only ${count} of ${perClass} mature labels are of class ${name}.`));
  }
  if (labels.completeness < completeness) {
    const words = `${percent(labels.completeness)} of the rows have a label; ${percent(completeness)} are needed.`;
    holds.push(hold("labels", words));
  }
  if (labels.largestSource && labels.largestSource.share > maxShareOfOneSource) {
    const { name, share } = labels.largestSource;
    holds.push(
      hold(
        "source-share",
        `${percent(share)} of the labels come from ${name}; the limit is ${percent(maxShareOfOneSource)}.`,
      ),
    );
  }
  return holds;
}

function paceHolds(limits: RetrainingPolicy["limits"], { cycles }: Circumstances, now: number): Hold[] {
  const holds: Hold[] = [];
  const last = cycles.at(-1);
  const rejections = rejectionsInARow(cycles);
  const until = last ? last.endedAt + cooldownMs(limits.cooldownHours, rejections) : 0;
  if (until > now) {
    const rejected = rejections === 1 ? "one rejected candidate" : `${rejections} rejected candidates`;
    holds.push({
      code: "cooldown",
      words: rejections > 0 ? `Cooling down after ${rejected}.` : "Cooling down after the last cycle.",
      until,
    });
  }
  const recent = cycles.filter(({ startedAt }) => startedAt > now - 30 * dayMs);
  const earliest = recent.at(-limits.maxPer30Days);
  if (earliest) {
    const words = `${recent.length} cycles have started within 30 days; the limit is ${limits.maxPer30Days}.`;
    holds.push({ code: "too-many", words, until: earliest.startedAt + 30 * dayMs });
  }
  return holds;
}

function costHolds(
  { costPerCycle }: RetrainingPolicy["limits"],
  { ofCycle, left, format }: Circumstances["cost"],
): Hold[] {
  if (ofCycle === null) return [];
  if (costPerCycle !== null && ofCycle > costPerCycle) {
    return [hold("cost", `A cycle would cost up to ${format(ofCycle)}; the limit is ${format(costPerCycle)}.`)];
  }
  if (left === null || ofCycle <= left) return [];
  return [hold("cost", `A cycle would cost up to ${format(ofCycle)}; ${format(left)} are left of the month's budget.`)];
}

function placeHolds({ atOnceInWorkspace }: RetrainingPolicy["limits"], circumstances: Circumstances): Hold[] {
  const { freeze, quietUntil, openInWorkspace } = circumstances;
  const isFull = openInWorkspace >= atOnceInWorkspace;
  const words = `${openInWorkspace} cycles are open in this workspace; the limit is ${atOnceInWorkspace}.`;
  return [
    ...(isFull ? [hold("workspace-full", words)] : []),
    ...(freeze === null ? [] : [hold("freeze", `The freeze ${freeze} holds the endpoint.`)]),
    ...(quietUntil === null ? [] : [{ code: "quiet-hours" as const, words: "Quiet hours.", until: quietUntil }]),
  ];
}

/** Cycles that ended without a new champion since the last one that had one, or that a person ended. */
function rejectionsInARow(cycles: readonly EndedCycle[]): number {
  const lastOther = cycles.findLastIndex(({ outcome }) => outcome !== "rejected" && outcome !== "expired");
  return cycles.length - 1 - lastOther;
}

/**
 * Computes how long a policy cools down after a cycle: twice as long for each rejection in a row, 14 days at most.
 * @param hours after a cycle that was not rejected. @returns milliseconds
 */
export function cooldownMs(hours: number, rejections: number): number {
  return Math.min(maxCooldownMs, hours * hourMs * 2 ** Math.min(rejections, 30));
}

const hold = (code: HoldCode, words: string): Hold => ({ code, words, until: null });
