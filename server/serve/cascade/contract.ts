import { z } from "zod";

const endpointId = z.uuid();
const Name = z.string().trim().min(1, "Enter a name.").max(128);

/** Conditions under which a step escalates a request to the next one. Null or false never escalates. */
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

/**
 * The deployed version is the first step; requests that `rules` escalate go to the next step, and so on. Without `next` there is no
 * cascade.
 */
export const Cascade = z.object({
  rules,
  costPerThousand,
  next: z.array(NextStep).max(3, "At most four steps.").default([]),
  /** Share of the requests accepted by the first step, 0 to 1, that are also sent to the last step, to measure how often both agree. */
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

/** Replaces the complete cascade. */
export const SetCascade = z.object({ endpointId, cascade: Cascade });
export type SetCascade = z.input<typeof SetCascade>;

export const escalationReasons = ["low-confidence", "error", "timeout", "tag", "compared"] as const;
export const EscalationReason = z.enum(escalationReasons);
export type EscalationReason = z.infer<typeof EscalationReason>;

/** Result of one step for one request. */
export const CascadeStep = z.object({
  versionId: z.uuid(),
  modelName: z.string(),
  version: z.number().int(),
  /** Reason for the escalation; "answered" if this step answered; "failed" if an earlier prediction was returned in its place. */
  outcome: z.enum(["answered", "failed", ...escalationReasons]),
  /** Class predicted for a single row, with its index if the model returned probabilities; null without one. */
  answer: z.string().nullable(),
  outputIndex: z.number().int().nullable(),
  confidence: z.number().nullable(),
  /** Latency of the step alone. */
  latencyMs: z.number(),
});
export type CascadeStep = z.infer<typeof CascadeStep>;

/**
 * Window counts of a version in a cascade: answers, runs of the model and their milliseconds, runs whose request another step served, and
 * reasons for escalations.
 */
export type CascadeCount = "answered" | "failed" | "runs" | "computeMs" | "escalatedRuns" | EscalationReason;
export type CascadeCounts = Partial<Record<CascadeCount, number>>;

export const GetCascadeReport = z.object({ endpointId, from: z.date(), to: z.date() });
export type GetCascadeReport = z.input<typeof GetCascadeReport>;

const share = z.number().nullable();

/** Report on a cascade in a time range. Null means unknown. */
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
      /** Escalated to this step, without an output in time. */
      failed: z.number().int(),
    }),
  ),
  /** Requests served by a step, excluding cache hits. */
  requests: z.number().int(),
  /** Share of them that the first step escalated, in total and by reason. */
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
    /** Requests whose output of the first step was accepted and compared with the last step's. */
    compared: z.number().int(),
    /** Share of the compared requests with different predictions. */
    differentShare: share,
    /** Share of all requests whose prediction differs from the one that the last step would have returned. */
    differentOfAll: share,
    /** Number of compared requests with a label. */
    labelled: z.number().int(),
    firstRightShare: share,
    lastRightShare: share,
    /** Accuracy lost over all requests against always asking the last step; below 0 when it was gained. */
    lostShare: share,
  }),
  /** Correct predictions by the step that returned them, for labelled requests. */
  accuracy: z.array(z.object({ versionId: z.uuid(), labelled: z.number().int(), right: z.number().int() })),
  /** Descriptions of why the cascade does not run as configured; empty when it does. */
  problems: z.array(z.string()),
});
export type CascadeReport = z.infer<typeof CascadeReport>;
