import { z } from "zod";
import { guardrailMetrics, provableMetrics } from "./constants.ts";

export const GuardrailMetric = z.enum(guardrailMetrics);
export type GuardrailMetric = z.infer<typeof GuardrailMetric>;

/** Metrics for which a small share of bad units can be established without a comparison. */
const belowProvable: readonly GuardrailMetric[] = provableMetrics.filter((metric) => metric !== "conversions");

export const Guardrail = z
  .object({
    metric: GuardrailMetric,
    /** Relative increase that is tolerated; 0.2 is a fifth more. */
    margin: z.number().min(0).max(10).default(0),
    /** Relative increase that has to be ruled out for the verdict "safe". */
    safeMargin: z.number().min(0.05).max(20).default(1),
    /** Share of bad units that the new version may have whatever the other has; null is no limit. Of "disagreement", the tolerated share. */
    floor: z.number().min(0.0001).max(0.99).nullable().default(null),
    /**
     * Share of bad units that is acceptable whatever the other version has; null is none. If no units fail, ratios decide nothing, and
     * only this can be established.
     */
    negligible: z.number().min(0.0001).max(0.5).nullable().default(null),
    /** Whether a step waits for the verdict "safe". */
    requiresVerdict: z.boolean().default(false),
    /** Share of alpha; equal shares when no guardrail names one. */
    share: z.number().gt(0).max(1).optional(),
    /** Name of the business event of "conversions". */
    event: z.string().min(1).max(60).optional(),
  })
  .refine(({ metric, requiresVerdict }) => !requiresVerdict || provableMetrics.includes(metric), {
    path: ["requiresVerdict"],
    error: "This guardrail can only detect regressions; it cannot be a required verdict.",
  })
  .refine(({ metric, floor }) => metric !== "disagreement" || floor !== null, {
    path: ["floor"],
    error: "Specify the tolerated disagreement share.",
  })
  .refine(({ metric, negligible }) => negligible === null || belowProvable.includes(metric), {
    path: ["negligible"],
    error: "This guardrail does not support a negligible share. Leave it empty.",
  })
  .refine(({ negligible, floor }) => negligible === null || floor === null || negligible < floor, {
    path: ["negligible"],
    error: "The negligible share must be below the absolute limit.",
  })
  .refine(({ metric, event }) => metric !== "conversions" || event !== undefined, {
    path: ["event"],
    error: "Specify the business event to count.",
  });
export type Guardrail = z.infer<typeof Guardrail>;

export const RolloutStep = z.object({
  /** Share of the units that the new version serves, from 0 to 1 in steps of 0.0001. 0 is a shadow-only step. */
  weight: z.number().min(0).max(1).multipleOf(0.0001),
  /** Share of the requests to the previous version that also run on the new one, without a caller waiting for it. */
  shadowShare: z.number().min(0).max(1).default(0),
  /** Minimum duration of a step, regardless of the verdict. */
  minSeconds: z
    .number()
    .int()
    .min(0)
    .max(7 * 86_400)
    .default(300),
  /** After this long it is decided by `advanceWhen`. */
  maxSeconds: z
    .number()
    .int()
    .min(1)
    .max(30 * 86_400)
    .default(3600),
  /** Units in either arm before anything is promoted; pairs in a step in shadow only. */
  minUnits: z.number().int().min(1).max(10_000_000).default(100),
  /** Whether a user has to approve the rollout after this step. */
  needsApproval: z.boolean().default(false),
});
export type RolloutStep = z.infer<typeof RolloutStep>;

/** Unit that is assigned to an arm, and counted once: a request, or all requests of one token or of one value of a header. */
export const AssignmentUnit = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("request") }),
  z.object({ kind: z.literal("token") }),
  z.object({
    kind: z.literal("header"),
    header: z.string().regex(/^[a-z0-9-]{1,64}$/, "Header names must be lower case: letters, digits and hyphens."),
  }),
]);
export type AssignmentUnit = z.infer<typeof AssignmentUnit>;

const WatchPeriod = z.object({
  /** Seconds for which the new version is monitored at 100%; 0 ends the rollout with its promotion. */
  seconds: z
    .number()
    .int()
    .min(0)
    .max(30 * 86_400)
    .default(3600),
  /** Share of the requests that run on the version before too, to be compared. */
  shadowShare: z.number().min(0).max(1).default(0.05),
});

export const RolloutPlan = z
  .object({
    steps: z
      .array(RolloutStep)
      .min(1, "Add at least one step.")
      .max(12)
      .refine((steps) => steps.every(({ weight }, index) => index === 0 || weight > (steps[index - 1]?.weight ?? 0)), {
        error: "Each step must have a higher share than the previous one.",
      })
      .refine((steps) => steps.every(({ weight }) => weight < 1), {
        error:
          "100% follows the last step automatically; steps must be below 100% so that there is something to compare with.",
      })
      .refine((steps) => steps.every(({ minSeconds, maxSeconds }) => minSeconds <= maxSeconds), {
        error: "The minimum duration cannot exceed the maximum duration.",
      })
      .refine((steps) => steps.every(({ weight, shadowShare }) => weight > 0 || shadowShare > 0), {
        error: "A step with 0% traffic needs a shadow share.",
      }),
    guardrails: z
      .array(Guardrail)
      .min(1, "Without guardrails nothing would ever be promoted. Add at least one.")
      .max(9)
      .refine((all) => new Set(all.map(({ metric }) => metric)).size === all.length, {
        error: "Each guardrail can be used only once.",
      }),
    /** Maximum probability that a good version is rolled back, over all guardrails and the complete rollout. */
    alpha: z.number().min(0.001).max(0.2).default(0.05),
    /** Maximum probability that a step's required verdict is wrong. */
    beta: z.number().min(0.001).max(0.2).default(0.05),
    alphaSrm: z.number().min(0.0001).max(0.05).default(0.001),
    alphaFloor: z.number().min(0.0005).max(0.05).default(0.005),
    /** Requirement of a step at the end of its time: safe verdicts, or only that no regression was found. */
    advanceWhen: z.enum(["proved-safe", "no-harm-found"]).default("proved-safe"),
    unit: AssignmentUnit.default({ kind: "request" }),
    /** Latency in milliseconds from which a request counts as slow; null uses the p95 of the last day. */
    slowMs: z.number().min(0.1).max(600_000).nullable().default(null),
    /** Age at which a request is counted in either arm; null uses the later of 1 s and twice the slow latency. */
    outcomeAgeMs: z.number().int().min(50).max(600_000).nullable().default(null),
    /** Range of numbers in the outputs; null allows any finite number. */
    outputRange: z.object({ low: z.number(), high: z.number() }).nullable().default(null),
    /** Without new data for so long, nothing is promoted. */
    staleSeconds: z.number().int().min(5).max(86_400).default(120),
    /** "respect": neither starts nor advances while an error budget of the endpoint makes changes wait. */
    budget: z.enum(["respect", "ignore"]).default("respect"),
    watch: WatchPeriod.default({ seconds: 3600, shadowShare: 0.05 }),
  })
  .refine(
    ({ guardrails }) => {
      const named = guardrails.filter(({ share }) => share !== undefined);
      const sum = named.reduce((total, { share = 0 }) => total + share, 0);
      return named.length === 0 || (named.length === guardrails.length && Math.abs(sum - 1) < 1e-6);
    },
    { path: ["guardrails"], error: "Set alpha shares for all guardrails or none; they must sum to 1." },
  );
export type RolloutPlan = z.infer<typeof RolloutPlan>;
