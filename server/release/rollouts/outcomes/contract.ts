import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import { noControlCharacters } from "#server/base/text/control-characters.ts";

const maxKeyLength = 1000;

const Outcome = z
  .object({
    /** `id` of the request that the event follows, or the one that the gateway returned in the header leeway-request-id. */
    requestId: z.string().min(1).max(256).optional(),
    /** Instead of a request, where a rollout assigns by keys: the value of its header, or the id of the token. */
    key: z.string().min(1).max(maxKeyLength).optional(),
    /** Name of the event, such as "order". Each name counts once per request or key. */
    name: z.string().min(1).max(60).check(noControlCharacters),
    /** Value of the event, in any one unit. */
    value: z.number().min(-1e12).max(1e12).optional(),
    /** Time of the event; now when absent. */
    at: Instant.optional(),
  })
  .refine(({ requestId, key }) => (requestId === undefined) !== (key === undefined), {
    error: "Specify either the request it follows or a key.",
  });

export const RecordOutcomes = z.object({ endpointId: z.uuid(), outcomes: z.array(Outcome).min(1).max(1000) });
export type RecordOutcomes = z.input<typeof RecordOutcomes>;
export type Outcome = z.output<typeof Outcome>;

/** Result of recording the business events of one call. */
export const RecordedOutcomes = z.object({
  /** Different ones in the call. */
  recorded: z.number().int(),
  added: z.number().int(),
  /** Had the same value already. */
  unchanged: z.number().int(),
  /** Had another value. */
  replaced: z.number().int(),
  /**
   * Ids of requests and keys that cannot be attributed to a rollout: not in the log yet, not sampled, or not assigned at random. Events
   * of requests that are not in the log yet can be posted again later.
   */
  unknown: z.array(z.string()),
});
export type RecordedOutcomes = z.infer<typeof RecordedOutcomes>;

export const GetRolloutOutcomes = z.object({ rolloutId: z.uuid() });
export type GetRolloutOutcomes = z.infer<typeof GetRolloutOutcomes>;

/** An estimate with an interval that holds whenever one looks; null where there is too little to tell. */
const Estimated = z.object({
  estimate: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});
export type Estimated = z.infer<typeof Estimated>;

const Variant = z.object({
  /** Units whose events can be attributed: sampled requests, or keys. */
  units: z.number(),
  events: z.number(),
  /** Share of the units with the event. */
  rate: Estimated,
  /** Value of all events together; null where none had a value. */
  value: z.number().nullable(),
  /** Units without the event count as 0. */
  valuePerUnit: Estimated,
});
export type Variant = z.infer<typeof Variant>;

/** One business event of a rollout. */
export const OutcomeComparison = z.object({
  name: z.string(),
  /** Whether a guardrail evaluates it. */
  isGuardrail: z.boolean(),
  /** Both versions, while units were split between them. */
  stable: Variant,
  canary: Variant,
  /** Rate of the new version by that of the one before: steps are compared one by one. */
  rateRatio: Estimated,
  /** Value per unit of the new version, less that of the one before. */
  valueGain: Estimated,
  /**
   * Gain over all units that the new version served, including monitoring: its value minus the value that the previous version would have
   * had.
   */
  totalGain: Estimated,
  /** The new version after its promotion, while it was watched; null without units. */
  after: Variant.nullable(),
});
export type OutcomeComparison = z.infer<typeof OutcomeComparison>;

export const RolloutOutcomes = z.object({
  /** Unit of randomisation. */
  unit: z.enum(["request", "token", "header"]),
  /** Each interval holds at this level, at every look. */
  level: z.number(),
  outcomes: z.array(OutcomeComparison),
});
export type RolloutOutcomes = z.infer<typeof RolloutOutcomes>;
