import { z } from "zod";

const endpointId = z.uuid();
const Name = z.string().trim().min(1, "Enter a name.").max(128);

/** When a step hands a request on to the next one. What is null or false never does. */
const EscalationRules = z.object({
  /** The highest probability of a row, of the row where it is lowest, is below it. */
  confidence: z
    .object({
      /** Output of the step's model with the probabilities. */
      output: Name,
      below: z.number().gt(0, "Must be greater than 0.").max(1, "Must be at most 1."),
    })
    .nullable()
    .default(null),
  /** The step failed for a reason that is not the request's. */
  onError: z.boolean().default(false),
  /** Milliseconds that the step may take; the endpoint's own limit holds for all steps together. */
  timeoutMs: z
    .number()
    .int()
    .min(1, "Must be at least 1\u00a0ms.")
    .max(600_000, "Must be at most 600,000\u00a0ms.")
    .nullable()
    .default(null),
  /** The step does not run for requests of which a parameter, or one of an input, has this value. */
  tag: z
    .object({ parameter: Name, equals: z.string().max(256) })
    .nullable()
    .default(null),
});
export type EscalationRules = z.infer<typeof EscalationRules>;

/** In a currency of your choice, the same for all steps; null counts the time that the model ran. */
const costPerThousand = z.number().min(0, "Must be at least 0.").max(1e9).nullable().default(null);

const none: EscalationRules = { confidence: null, onError: false, timeoutMs: null, tag: null };
const rules = EscalationRules.default(none);

const NextStep = z.object({
  model: Name,
  version: z
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1),
  rules,
  costPerThousand,
});

/** The version that is deployed answers first; what `rules` hand on goes to the next step, and so on. No `next` is no cascade. */
export const Cascade = z.object({
  rules,
  costPerThousand,
  next: z.array(NextStep).max(3, "At most four steps.").default([]),
  /** Share of the requests that the first step could answer, 0 to 1, which go to the last step too, to see how often both agree. */
  comparedShare: z.number().min(0, "Must be at least 0.").max(1, "Must be at most 1.").default(0),
});
export type Cascade = z.infer<typeof Cascade>;

/** The same as it is stored: a model may be renamed. */
export const StoredCascade = Cascade.extend({
  next: z.array(NextStep.omit({ model: true, version: true }).extend({ versionId: z.uuid() })).default([]),
});
export type StoredCascade = z.infer<typeof StoredCascade>;

export const GetCascade = z.object({ endpointId });
export type GetCascade = z.input<typeof GetCascade>;

/** Replaces the whole of it. */
export const SetCascade = z.object({ endpointId, cascade: Cascade });
export type SetCascade = z.input<typeof SetCascade>;

export const escalationReasons = ["low-confidence", "error", "timeout", "tag", "compared"] as const;
export const EscalationReason = z.enum(escalationReasons);
export type EscalationReason = z.infer<typeof EscalationReason>;

/** What one step did for one request. */
export const CascadeStep = z.object({
  versionId: z.uuid(),
  modelName: z.string(),
  version: z.number().int(),
  /** Why the request went on; "answered" by this one; "failed" when an answer of before was given in its place. */
  outcome: z.enum(["answered", "failed", ...escalationReasons]),
  /** The class that a single row was answered, with its number where the model gave probabilities; null without one. */
  answer: z.string().nullable(),
  outputIndex: z.number().int().nullable(),
  confidence: z.number().nullable(),
  /** Of the step alone. */
  latencyMs: z.number(),
});
export type CascadeStep = z.infer<typeof CascadeStep>;

/** What windows count of a version in a cascade: answers, runs of the model and their milliseconds, and why requests went on. */
export type CascadeCount = "answered" | "failed" | "runs" | "computeMs" | EscalationReason;
export type CascadeCounts = Partial<Record<CascadeCount, number>>;

export const GetCascadeReport = z.object({ endpointId, from: z.date(), to: z.date() });
export type GetCascadeReport = z.input<typeof GetCascadeReport>;

const share = z.number().nullable();

/** What a cascade did in a span of time. Null means that nothing tells. */
export const CascadeReport = z.object({
  steps: z.array(
    z.object({
      versionId: z.uuid(),
      modelName: z.string(),
      version: z.number().int(),
      answered: z.number().int(),
      /** Runs of the model, and their mean time in milliseconds. */
      runs: z.number().int(),
      meanComputeMs: share,
      escalated: z.partialRecord(EscalationReason, z.number().int()),
      /** Went on to it and got no answer in time. */
      failed: z.number().int(),
    }),
  ),
  /** Answered by a step, without what the cache answered. */
  requests: z.number().int(),
  /** Share of them that the first step did not answer, and by reason. */
  escalatedShare: share,
  cost: z.object({
    /** "cost" as it was set for every step, or milliseconds that models ran. */
    unit: z.enum(["cost", "ms"]),
    spent: z.number(),
    /** Had every request gone to the last step alone. */
    alwaysLast: share,
    /** Share of alwaysLast that was saved; below 0 when it was lost. */
    savedShare: share,
  }),
  quality: z.object({
    /** Requests for which the first step's answer would have been given, and was compared with the last step's. */
    compared: z.number().int(),
    /** Share of those with different answers. */
    differentShare: share,
    /** Share of all requests whose answer is another than the last step would have given. */
    differentOfAll: share,
    /** Of those compared that have a label. */
    labelled: z.number().int(),
    firstRightShare: share,
    lastRightShare: share,
    /** Accuracy lost over all requests against always asking the last step; below 0 when it was gained. */
    lostShare: share,
  }),
  /** Right answers by the step that gave them, where labels are there. */
  accuracy: z.array(z.object({ versionId: z.uuid(), labelled: z.number().int(), right: z.number().int() })),
  /** Why the cascade does not run as set, in words; empty when it does. */
  problems: z.array(z.string()),
});
export type CascadeReport = z.infer<typeof CascadeReport>;
