import type { z } from "zod";
import { type RolloutPlanName, rolloutPlanNames } from "#server/platform/teams/constants.ts";
import { provableMetrics } from "#server/serve/rollout/plan/constants.ts";
import type { AssignmentUnit, GuardrailMetric, RolloutPlan } from "#server/serve/rollout/plan/contract.ts";

/** A number as a field holds it; an empty field is an empty text. */
type Field = number | string;

export interface StepDraft {
  key: string;
  weightPercent: Field;
  shadowPercent: Field;
  minMinutes: Field;
  maxMinutes: Field;
  minUnits: Field;
  needsApproval: boolean;
}

export interface GuardrailDraft {
  metric: GuardrailMetric;
  marginPercent: Field;
  requiresVerdict: boolean;
  safeMarginPercent: Field;
  /** Empty is none. */
  negligiblePercent: Field;
  /** Empty is none. */
  floorPercent: Field;
  event: string;
}

export interface PlanDraft {
  steps: StepDraft[];
  guardrails: GuardrailDraft[];
  alphaPercent: Field;
  advanceWhen: RolloutPlan["advanceWhen"];
  unit: AssignmentUnit["kind"];
  header: string;
  /** Empty takes the p95 of the last day. */
  slowMs: Field;
  watchMinutes: Field;
  watchShadowPercent: Field;
  budget: RolloutPlan["budget"];
}

type PlanInput = z.input<typeof RolloutPlan>;

let keys = 0;

/** Returns the next step: twice the share of the last one, but below all traffic. */
export function nextStep(steps: readonly StepDraft[]): StepDraft {
  const last = Number(steps.at(-1)?.weightPercent ?? 5);
  return step(Math.min(95, Math.max(1, Math.round(last * 2))));
}

function step(weightPercent: number, change: Partial<StepDraft> = {}): StepDraft {
  keys += 1;
  return {
    key: `step-${keys}`,
    weightPercent,
    shadowPercent: 0,
    minMinutes: 5,
    maxMinutes: 60,
    minUnits: 100,
    needsApproval: false,
    ...change,
  };
}

/** Creates a guardrail with its default values. */
export function newGuardrail(metric: GuardrailMetric, change: Partial<GuardrailDraft> = {}): GuardrailDraft {
  return {
    metric,
    marginPercent: metric === "cost" ? 10 : 0,
    requiresVerdict: false,
    safeMarginPercent: 100,
    event: "",
    floorPercent: metric === "disagreement" ? 5 : "",
    negligiblePercent: "",
    ...change,
  };
}

/** Returns whether a guardrail can reach the verdict "safe"; the others only detect regressions. */
export function isProvable({ metric }: Pick<GuardrailDraft, "metric">): boolean {
  return provableMetrics.includes(metric);
}

const usual: Omit<PlanDraft, "steps"> = {
  guardrails: [
    newGuardrail("errors", { requiresVerdict: true, negligiblePercent: 0.5, floorPercent: 20 }),
    newGuardrail("slow", { marginPercent: 20, requiresVerdict: true, safeMarginPercent: 50 }),
    newGuardrail("client-errors", { marginPercent: 20 }),
    newGuardrail("invalid-outputs"),
    newGuardrail("output-shift"),
  ],
  alphaPercent: 5,
  advanceWhen: "proved-safe",
  unit: "request",
  header: "",
  slowMs: "",
  watchMinutes: 60,
  watchShadowPercent: 5,
  budget: "respect",
};

export type PresetKey = RolloutPlanName;

/** Plan of the form where the team of the endpoint has none of its own. */
export const defaultPreset: PresetKey = "standard";

/** Plans to start from, side by side. Fewer false rollbacks cost time: regressions are found later. */
export const presets: Record<PresetKey, { name: string; words: string; make: () => PlanDraft }> = {
  careful: {
    name: rolloutPlanNames.careful,
    words: "1, 5, 25, 50%; at least ten minutes each",
    make: () => ({
      ...usual,
      alphaPercent: 1,
      steps: [1, 5, 25, 50].map((weight) => step(weight, { minMinutes: 10, maxMinutes: 240 })),
    }),
  },
  standard: {
    name: rolloutPlanNames.standard,
    words: "5, 25, 50%; at least five minutes each",
    make: () => ({ ...usual, steps: [5, 25, 50].map((weight) => step(weight)) }),
  },
  fast: {
    name: rolloutPlanNames.fast,
    words: "25, 50%; at least five minutes each",
    make: () => ({ ...usual, alphaPercent: 10, steps: [25, 50].map((weight) => step(weight)) }),
  },
};

/** Names the parts of a plan in which it differs from another one, for the head of the folded settings; empty if it is the same. */
export function differencesOf(draft: PlanDraft, other: PlanDraft): string[] {
  const same = (one: unknown, two: unknown) => JSON.stringify(one) === JSON.stringify(two);
  const [own, base] = [planOf(draft), planOf(other)];
  const parts: [string, boolean][] = [
    ["steps", same(own.steps, base.steps)],
    ["guardrails", same(own.guardrails, base.guardrails)],
    ["false rollback rate", own.alpha === base.alpha],
    ["condition to advance", own.advanceWhen === base.advanceWhen],
    ["assignment", same(own.unit, base.unit)],
    ["slow threshold", own.slowMs === base.slowMs],
    ["monitoring", same(own.watch, base.watch)],
    ["error budget", own.budget === base.budget],
  ];
  return parts.flatMap(([name, isSame]) => (isSame ? [] : [name]));
}

const share = (percent: Field) => Math.round(Number(percent) * 100) / 10_000;
const orNull = (field: Field) => (field === "" ? null : Number(field));
const seconds = (minutes: Field) => Math.round(Number(minutes) * 60);

/** Converts a draft to a plan, which is validated when the rollout starts. */
export function planOf(draft: PlanDraft): PlanInput {
  const alpha = Number(draft.alphaPercent) / 100;
  return {
    steps: draft.steps.map((each) => ({
      weight: share(each.weightPercent),
      shadowShare: share(each.shadowPercent),
      minSeconds: seconds(each.minMinutes),
      maxSeconds: seconds(each.maxMinutes),
      minUnits: Number(each.minUnits),
      needsApproval: each.needsApproval,
    })),
    guardrails: draft.guardrails.map((each) => ({
      metric: each.metric,
      margin: Number(each.marginPercent) / 100,
      safeMargin: Number(each.safeMarginPercent) / 100,
      floor: each.floorPercent === "" ? null : Number(each.floorPercent) / 100,
      negligible: each.requiresVerdict && each.negligiblePercent !== "" ? Number(each.negligiblePercent) / 100 : null,
      requiresVerdict: each.requiresVerdict && isProvable(each),
      ...(each.metric === "conversions" && each.event !== "" && { event: each.event }),
    })),
    alpha,
    beta: alpha,
    advanceWhen: draft.advanceWhen,
    budget: draft.budget,
    slowMs: orNull(draft.slowMs),
    unit: draft.unit === "header" ? { kind: "header", header: draft.header } : { kind: draft.unit },
    watch: { seconds: seconds(draft.watchMinutes), shadowShare: share(draft.watchShadowPercent) },
  };
}

/** Complaints about the plan, wherever the action's input holds it, by paths within the plan. */
export function planErrors(errors: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(errors ?? {}).flatMap(([path, words]) =>
      path.startsWith("plan.") ? [[path.slice("plan.".length), words]] : [],
    ),
  );
}
