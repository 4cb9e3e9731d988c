import { z } from "zod";
import { CascadeStep } from "../cascade/contract.ts";
import { arms } from "../telemetry/contract.ts";

/** A tensor as it is written in JSON. `data` is flat and row-major; absent when it was redacted or too large to keep. */
export const LoggedTensor = z.object({
  name: z.string(),
  datatype: z.string(),
  shape: z.array(z.number()),
  data: z.array(z.union([z.number(), z.string(), z.boolean()])).optional(),
  /** How the texts of `data` stand for bytes, such as those of a file; absent where they are texts. */
  encoding: z.literal("base64").optional(),
  /** Of a redacted tensor: SHA-256, in hex, of its bytes as the protocol sends them in binary. */
  sha256: z.string().optional(),
});
export type LoggedTensor = z.infer<typeof LoggedTensor>;

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

const answerSources = ["model", "cache", "coalesced"] as const;

export const keptReasons = ["sampled", "failed", "low-confidence", "compared"] as const;

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
  source: z.enum(answerSources),
  /** Why it is in the log. Only what was sampled stands for all requests. */
  kept: z.enum(keptReasons),
  /** Name of the token or person that asked. */
  caller: z.string().nullable(),
  traceId: z.string().nullable(),
  /** The class that a single row was answered; null for numbers and for several rows. */
  answer: z.string().nullable(),
  /** Highest probability of a row, of the row where it is lowest; null without probabilities. */
  confidence: z.number().nullable(),
  /** Whether the label says the same as the answer; null without one of them. */
  isRight: z.boolean().nullable(),
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
