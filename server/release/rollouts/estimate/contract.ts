import { z } from "zod";
import { GuardrailMetric, RolloutPlan } from "../../../serve/rollout/plan/contract.ts";

/** Rates of the new version by those of the version before that estimates are made for. */
export const effectRatios = [2, 4, 10] as const;

/** What an endpoint was seen to do; per second where it says so. */
export const PlanTraffic = z.object({
  /** Of the last hour with traffic; null when there was none in the last day. */
  requestsPerSecond: z.number().nullable(),
  /** Requests of the last day, and the hours of it in which a gateway served. */
  requests: z.number(),
  hours: z.number(),
  /** Milliseconds from which an answer counts as slow. */
  slowMs: z.number().nullable(),
  /** Bad units of the last day by metric; what was never recorded is absent. Units of labels come at their own pace. */
  rates: z.partialRecord(
    GuardrailMetric,
    z.object({ units: z.number(), events: z.number(), unitsPerSecond: z.number() }),
  ),
  /** Mean requests per second of each hour of the last day in which a gateway served, in order. */
  profile: z.array(z.object({ hour: z.date(), requestsPerSecond: z.number() })),
});
export type PlanTraffic = z.infer<typeof PlanTraffic>;

const Detection = z.object({
  ratio: z.number(),
  /** From the start of the rollout along its steps; null when it would not be found before the promotion, or not in 30 days. */
  seconds: z.number().nullable(),
  /** Step in which it is found, from 0. */
  step: z.number().nullable(),
  /** Requests that the new version answers until then, and how many of them are bad. */
  exposed: z.number().nullable(),
  bad: z.number().nullable(),
});
export type Detection = z.infer<typeof Detection>;

const GuardrailEstimate = z.object({
  metric: GuardrailMetric,
  /** Share of bad units that is assumed of the version before; null where nothing is known, and nothing can be foretold. */
  baseRate: z.number().nullable(),
  /** No bad unit was seen: the rate is the one that half a unit would make. */
  isAssumed: z.boolean(),
  detections: z.array(Detection),
  /** Seconds that each step needs to prove it no worse, if it is the same; null where that cannot be, or nothing is to be proved. */
  proofs: z.array(z.number().nullable()),
});
export type GuardrailEstimate = z.infer<typeof GuardrailEstimate>;

const PlanAdvice = z.object({
  /**
   * no-traffic: nothing came in the last day; no-rate: nothing is known of a guardrail; proof-never: it cannot be proved in 30 days;
   * proof-too-slow: its proof takes longer than the step lasts at most; few-units: the units that a step asks for take longer than it lasts;
   * budget: an error budget of the endpoint makes changes wait, or asks for a smaller first step.
   */
  code: z.enum(["no-traffic", "no-rate", "proof-never", "proof-too-slow", "few-units", "budget"]),
  /** What there is to say, where it is not one of the standing sentences. */
  words: z.string().optional(),
  metric: GuardrailMetric.nullable(),
  /** From 0. */
  step: z.number().int().nullable(),
  /** That it would take. */
  seconds: z.number().nullable(),
});
export type PlanAdvice = z.infer<typeof PlanAdvice>;

export const RolloutEstimate = z.object({
  traffic: PlanTraffic,
  guardrails: z.array(GuardrailEstimate),
  /** Seconds that each step will probably last with a good version; null when one proof is not to be expected. */
  steps: z.array(
    z.object({ weight: z.number(), seconds: z.number().nullable(), canaryRequests: z.number().nullable() }),
  ),
  /** Sum of the steps. */
  seconds: z.number().nullable(),
  /** How soon the first guardrail with a known rate would find a rate four times as high, by the share of the canary alone. */
  weights: z.array(z.object({ weight: z.number(), seconds: z.number(), exposed: z.number().nullable() })),
  /** What to look at before the start. */
  advice: z.array(PlanAdvice),
});
export type RolloutEstimate = z.infer<typeof RolloutEstimate>;

/** What one way of judging would have done to many rollouts of the same kind of traffic. */
const SimulatedRule = z.object({
  name: z.string(),
  /** How it decides, in a sentence. */
  words: z.string(),
  scenarios: z.array(
    z.object({
      /** Rate of the new version by that of the version before; 1 is a good version. */
      ratio: z.number(),
      rolledBackShare: z.number(),
      /** From the start to the rollback, of those that were rolled back; null when none was. */
      medianSeconds: z.number().nullable(),
      p90Seconds: z.number().nullable(),
      /** Requests that the new version answered until then. */
      medianExposed: z.number().nullable(),
    }),
  ),
});
export type SimulatedRule = z.infer<typeof SimulatedRule>;

export const RolloutSimulation = z.object({
  runs: z.number().int(),
  /** What was made worse. */
  metric: GuardrailMetric,
  baseRate: z.number(),
  /** Of the first minute. */
  requestsPerSecond: z.number(),
  /** Of a good version: share that went through all steps, and of those before the planned time; and that waited for a person. */
  good: z.object({ promotedShare: z.number(), promotedEarlyShare: z.number(), heldShare: z.number() }),
  /** The plan first, then what common fixed settings would have done. */
  rules: z.array(SimulatedRule),
});
export type RolloutSimulation = z.infer<typeof RolloutSimulation>;

export const PlanRollout = z.object({ endpointId: z.uuid(), plan: RolloutPlan });
export type PlanRollout = z.input<typeof PlanRollout>;

export const SimulateRollout = PlanRollout.extend({
  runs: z.number().int().min(50).max(500).default(200),
  /** What is made worse; the first guardrail that compares shares when it is left out. */
  metric: GuardrailMetric.optional(),
});
export type SimulateRollout = z.input<typeof SimulateRollout>;
