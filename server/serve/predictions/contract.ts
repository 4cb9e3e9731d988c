import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import { CascadeStep } from "../cascade/contract.ts";
import { ServedFeatures } from "../features/contract.ts";
import { LoggedTensor } from "../protocol/contract.ts";
import { arms } from "../windows/contract.ts";

/** Parts of a request's time, in milliseconds. The time between them is spent waiting for threads. */
export const LatencyParts = z.object({
  /** From the body to the tensors of the model, the pipeline before it included. */
  beforeMs: z.number(),
  queueMs: z.number(),
  /** Building inputs, running and splitting outputs, each of the complete batch. */
  inputMs: z.number(),
  computeMs: z.number(),
  outputMs: z.number(),
  /** Time from the model's output tensors to the response. */
  afterMs: z.number(),
});
export type LatencyParts = z.infer<typeof LatencyParts>;

const predictionSources = ["model", "cache", "coalesced"] as const;

export const loggedReasons = ["sampled", "failed", "low-confidence", "compared"] as const;

export const Prediction = z.object({
  id: z.uuid(),
  endpointId: z.uuid(),
  at: z.date(),
  requestId: z.string(),
  versionId: z.uuid(),
  modelName: z.string().nullable(),
  version: z.number().int().nullable(),
  arm: z.enum(arms),
  /** HTTP status of the response. */
  status: z.number().int(),
  error: z.string().nullable(),
  provider: z.string(),
  latencyMs: z.number(),
  /** Null when the model did not run for this request. */
  parts: LatencyParts.nullable(),
  /** Rows that ran together with those of this request, these included; null when it is not known. */
  batchRows: z.number().int().nullable(),
  source: z.enum(predictionSources),
  /** Reason why it is in the log. Only sampled requests represent all of them. */
  loggedReason: z.enum(loggedReasons),
  /** Number of the game day whose fault affected it, which makes it represent nothing; null for all others. */
  gameDay: z.number().int().nullable(),
  /** Name of the token or user that sent the request. */
  caller: z.string().nullable(),
  traceId: z.string().nullable(),
  /** Class predicted for a single row; null for numbers and for several rows. */
  answer: z.string().nullable(),
  /** Highest probability of a row, of the row where it is lowest; null without probabilities. */
  confidence: z.number().nullable(),
  /** Whether the label equals the prediction; null without one of them. */
  isCorrect: z.boolean().nullable(),
  /** Digest of the pipeline that processed the request; null when the request contained the model's own tensors. */
  pipelineDigest: z.string().nullable(),
  /** Result of each step of the endpoint's cascade, in order; null when its version responded without a cascade. */
  cascade: z.array(CascadeStep).nullable(),
  /**
   * Cost of the model's run, by its share of the batch, in the currency of PRICE_CORE_HOUR and PRICE_GPU_HOUR; null without a price,
   * if the run did not end, or if several steps of a cascade ran. 0 when the model did not run for it.
   */
  cost: z.number().nullable(),
  /** What was looked up for it; null if nothing was, or it is too large to be listed. */
  features: ServedFeatures.nullable(),
  /** Tensors that the client sent, with features that were looked up; after a pipeline, also the inputs of the model. */
  inputs: z.array(LoggedTensor).nullable(),
  outputs: z.array(LoggedTensor).nullable(),
  /** Actual outcome, if it was reported. */
  label: z.string().nullable(),
  labelObservedAt: z.date().nullable(),
  /** Who gave the label: a client, or people of a labelling project. */
  labelSource: z.enum(["reported", "labelling"]).nullable(),
  /** How the request was chosen for its label. Rates count reported and audit labels only. */
  labelSelection: z.enum(["reported", "audit", "chosen", "gold"]).nullable(),
});
export type Prediction = z.infer<typeof Prediction>;

const InputCondition = z.object({
  name: z.string().min(1).max(200),
  sign: z.enum(["=", "<", ">"]),
  value: z.string().max(1000),
});
export type InputCondition = z.infer<typeof InputCondition>;

export const ListPredictions = z.object({
  endpointId: z.uuid(),
  from: Instant.optional(),
  to: Instant.optional(),
  versionId: z.uuid().optional(),
  arm: z.enum(arms).optional(),
  /** Only those that failed. */
  failed: z.boolean().default(false),
  /** HTTP status of the response. */
  status: z.coerce.number().int().min(100).max(599).optional(),
  /** Filter by the reported label: some label, none, the same as the prediction, a different one. */
  label: z.enum(["with", "without", "right", "wrong"]).optional(),
  /** Upper limit of the highest probability, exclusive. */
  confidenceBelow: z.coerce.number().gt(0).max(1).optional(),
  /** Latency in milliseconds: minimum, and exclusive maximum. */
  latencyMsFrom: z.coerce.number().min(0).optional(),
  latencyMsBelow: z.coerce.number().min(0).optional(),
  /** Conditions on single values of the request; of several rows, the first one counts. */
  inputs: z.array(InputCondition).max(20).optional(),
  loggedReason: z.enum(loggedReasons).optional(),
  requestId: z.string().max(256).optional(),
  id: z.uuid().optional(),
  /** The complete id of a request or of its record. */
  search: z.string().trim().max(256).optional(),
  /** "small" leaves out the elements of tensors where they are many, for lists that show a few. */
  tensors: z.enum(["all", "small"]).default("all"),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** `next` of the page before. */
  cursor: z.string().max(100).optional(),
});
export type ListPredictions = z.input<typeof ListPredictions>;

export const GetPrediction = z.object({
  id: z.uuid("Prediction IDs are UUIDs."),
  /** Endpoint whose log is read; any if omitted. */
  endpointId: z.uuid().optional(),
});
export type GetPrediction = z.input<typeof GetPrediction>;
