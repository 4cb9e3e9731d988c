import { z } from "zod";
import { BurstRecord } from "../../../serve/rollout/contract.ts";
import { GuardrailMetric, RolloutPlan } from "../../../serve/rollout/plan/contract.ts";

/** Observed traffic of an endpoint; per second where it says so. */
export const PlanTraffic = z.object({
  /** Rate of the last hour with traffic; null when there was none in the last day. */
  requestsPerSecond: z.number().nullable(),
  /** Requests of the last seven days, and the hours of them in which a gateway served. */
  requests: z.number(),
  hours: z.number(),
  /** Milliseconds from which a response counts as slow. */
  slowMs: z.number().nullable(),
  /** Bad units of the last seven days by metric; what was never recorded is absent. Units of labels come at their own pace. */
  rates: z.partialRecord(
    GuardrailMetric,
    z.object({ units: z.number(), events: z.number(), unitsPerSecond: z.number() }),
  ),
  /** How its bad units came in bursts over the last day; absent where that was not measured. */
  bursts: z.partialRecord(GuardrailMetric, BurstRecord).optional(),
  /** Mean requests per second of each hour of the last seven days in which a gateway served, in order. */
  profile: z.array(z.object({ hour: z.date(), requestsPerSecond: z.number() })),
});
export type PlanTraffic = z.infer<typeof PlanTraffic>;

const Detection = z.object({
  ratio: z.number(),
  /** From the start of the rollout along its steps; null when it would not be found before the promotion, or not in 30 days. */
  seconds: z.number().nullable(),
  /** Step in which it is found, from 0. */
  step: z.number().nullable(),
  /** Requests that the new version serves until then, and the number of bad ones among them. */
  exposed: z.number().nullable(),
  bad: z.number().nullable(),
});
export type Detection = z.infer<typeof Detection>;

const GuardrailEstimate = z.object({
  metric: GuardrailMetric,
  /** Share of bad units that is assumed of the version before; null where nothing is known, and nothing can be foretold. */
  baseRate: z.number().nullable(),
  /** Whether the rate is assumed because no bad unit was seen: the rate of half a bad unit. */
  isAssumed: z.boolean(),
  detections: z.array(Detection),
  /** Seconds that each step needs to prove it no worse, if it is the same; null where that cannot be, or nothing is to be proved. */
  proofs: z.array(z.number().nullable()),
});
export type GuardrailEstimate = z.infer<typeof GuardrailEstimate>;

const PlanAdvice = z.object({
  /**
   * no-traffic: none in the last day; no-rate: no data about a guardrail; proof-never: a no-worse verdict is not possible in 30 days;
   * proof-too-slow: the verdict takes longer than the step's maximum; few-units: the step's required units take longer than its maximum;
   * budget: an error budget of the endpoint blocks changes, or requires a smaller first step.
   */
  code: z.enum(["no-traffic", "no-rate", "proof-never", "proof-too-slow", "few-units", "budget"]),
  /** Message, where it is not one of the standard sentences. */
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
  /**
   * The rollback of a version of which every request fails, and of one with four times the errors: when, and what is served until then.
   * Null if the plan does not watch errors, or no rate is on record.
   */
  exposure: z.object({ outright: Detection.nullable(), fourfold: Detection.nullable() }),
  /** Detection times of a fourfold rate for the first guardrail with a known rate, by the share of the canary alone. */
  weights: z.array(z.object({ weight: z.number(), seconds: z.number(), exposed: z.number().nullable() })),
  /** Advice to consider before the start. */
  advice: z.array(PlanAdvice),
});
export type RolloutEstimate = z.infer<typeof RolloutEstimate>;

/** Result of one decision rule over many simulated rollouts with the same kind of traffic. */
const SimulatedRule = z.object({
  name: z.string(),
  /** Description of the rule in one sentence. */
  words: z.string(),
  scenarios: z.array(
    z.object({
      /** Rate of the new version by that of the version before; 1 is a good version. */
      ratio: z.number(),
      rolledBackShare: z.number(),
      /** From the start to the rollback, of those that were rolled back; null when none was. */
      medianSeconds: z.number().nullable(),
      p90Seconds: z.number().nullable(),
      /** Number of requests that the new version served until then. */
      medianExposed: z.number().nullable(),
    }),
  ),
});

export const RolloutSimulation = z.object({
  runs: z.number().int(),
  /** Metric that was degraded. */
  metric: GuardrailMetric,
  baseRate: z.number(),
  /** Request rate of the first minute. */
  requestsPerSecond: z.number(),
  /** Shares for a good version: promoted after all steps, promoted before the planned time, and put on hold for a person. */
  good: z.object({ promotedShare: z.number(), promotedEarlyShare: z.number(), heldShare: z.number() }),
  /** The plan first, then what common fixed settings would have done. */
  rules: z.array(SimulatedRule),
});
export type RolloutSimulation = z.infer<typeof RolloutSimulation>;

export const PlanRollout = z.object({ endpointId: z.uuid(), plan: RolloutPlan });
export type PlanRollout = z.input<typeof PlanRollout>;

/** Plans to compare; the result has the same order. */
export const ComparePlans = z.object({ endpointId: z.uuid(), plans: z.array(RolloutPlan).min(1).max(4) });
export type ComparePlans = z.input<typeof ComparePlans>;

export const SimulateRollout = PlanRollout.extend({
  runs: z.number().int().min(50).max(500).default(200),
  /** Metric to degrade; defaults to the first guardrail that compares shares. */
  metric: GuardrailMetric.optional(),
});
export type SimulateRollout = z.input<typeof SimulateRollout>;
