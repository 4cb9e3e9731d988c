import { z } from "zod";
import { CascadeStep } from "../cascade/contract.ts";
import { LoggedTensor } from "../protocol/contract.ts";
import { arms } from "../windows/contract.ts";

/** Where the time of a request went, in milliseconds. What lies between them is waiting for threads. */
export const LatencyParts = z.object({
  /** From the body to the tensors of the model, the pipeline before it included. */
  beforeMs: z.number(),
  queueMs: z.number(),
  /** Building inputs, running and taking outputs apart, each of the whole batch. */
  inputMs: z.number(),
  computeMs: z.number(),
  outputMs: z.number(),
  /** From the tensors of the model to the answer. */
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
  /** HTTP status of the answer. */
  status: z.number().int(),
  error: z.string().nullable(),
  provider: z.string(),
  latencyMs: z.number(),
  /** Null when the model did not run for this request. */
  parts: LatencyParts.nullable(),
  /** Rows that ran together with those of this request, these included; null when it is not known. */
  batchRows: z.number().int().nullable(),
  source: z.enum(predictionSources),
  /** Why it is in the log. Only what was sampled stands for all requests. */
  loggedReason: z.enum(loggedReasons),
  /** Name of the token or person that asked. */
  caller: z.string().nullable(),
  traceId: z.string().nullable(),
  /** The class that a single row was answered; null for numbers and for several rows. */
  answer: z.string().nullable(),
  /** Highest probability of a row, of the row where it is lowest; null without probabilities. */
  confidence: z.number().nullable(),
  /** Whether the label says the same as the answer; null without one of them. */
  isCorrect: z.boolean().nullable(),
  /** Of the pipeline that the request went through; null when it brought the model's own tensors. */
  pipelineDigest: z.string().nullable(),
  /** What each step of the endpoint's cascade did, in order; null where its version answered by itself. */
  cascade: z.array(CascadeStep).nullable(),
  /**
   * Of the run of the model, by its share of the batch, in the currency of PRICE_CORE_HOUR and PRICE_GPU_HOUR; null without a price,
   * where the run did not end, and where several steps of a cascade ran. 0 when the model did not run for it.
   */
  cost: z.number().nullable(),
  /** What the client sent; after a pipeline, what the model saw besides. */
  inputs: z.array(LoggedTensor).nullable(),
  outputs: z.array(LoggedTensor).nullable(),
  /** What turned out to be true, when it was reported. */
  label: z.string().nullable(),
  labelObservedAt: z.date().nullable(),
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
  from: z.coerce.date().optional(),
  to: z.coerce.date().optional(),
  versionId: z.uuid().optional(),
  arm: z.enum(arms).optional(),
  /** Only those that failed. */
  failed: z.boolean().default(false),
  /** HTTP status of the answer. */
  status: z.coerce.number().int().min(100).max(599).optional(),
  /** By what was reported as true: some label, none, the same as the answer, something else. */
  label: z.enum(["with", "without", "right", "wrong"]).optional(),
  /** Only those whose highest probability is below it. */
  confidenceBelow: z.coerce.number().gt(0).max(1).optional(),
  /** Milliseconds of the answer: at least, and below. */
  latencyMsFrom: z.coerce.number().min(0).optional(),
  latencyMsBelow: z.coerce.number().min(0).optional(),
  /** What single values of the request were; of several rows, the first one counts. */
  inputs: z.array(InputCondition).max(20).optional(),
  loggedReason: z.enum(loggedReasons).optional(),
  requestId: z.string().max(256).optional(),
  id: z.uuid().optional(),
  /** The id of a request or of its record, whole. */
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
  /** The endpoint whose log is meant; any when left out. */
  endpointId: z.uuid().optional(),
});
export type GetPrediction = z.input<typeof GetPrediction>;
