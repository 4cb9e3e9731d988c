import { z } from "zod";
import type { datatypes } from "#server/registry/contract.ts";
import { CascadeStep } from "./cascade/contract.ts";
import { Engine, EngineState } from "./engines/contract.ts";
import { BatchingState, ExecutionSettings } from "./execution/contract.ts";

export type Datatype = (typeof datatypes)[number];

/** Where ONNX Runtime can run a model. */
export const executionProviders = ["cpu", "webgpu", "cuda", "tensorrt"] as const;
export const ExecutionProvider = z.enum(executionProviders);
export type ExecutionProvider = z.infer<typeof ExecutionProvider>;

export const arms = ["stable", "canary", "shadow"] as const;
export type Arm = (typeof arms)[number];

/** Seconds that one row of counters covers. */
export const windowSeconds = 10;

/** Which provider serves, and why those preferred to it do not, in words for people. */
export const ServingProvider = z.object({
  /** "remote" and the engine's name where another server runs it. */
  provider: z.string(),
  fallbacks: z.array(z.object({ provider: ExecutionProvider, reason: z.string() })),
});
export type ServingProvider = z.infer<typeof ServingProvider>;

/** What one gateway process does with a version, renewed every few seconds. */
export const LoadedVersion = ServingProvider.partial().extend({
  endpointId: z.uuid(),
  versionId: z.uuid(),
  state: z.enum(["loading", "ready", "failed"]),
  /** Whether requests without a version reach it. */
  isServing: z.boolean(),
  /** Why it failed. */
  message: z.string().optional(),
  workers: z.number().int().optional(),
  batching: BatchingState.optional(),
  /** Where its workers run: in the gateway's process, or in processes of their own. */
  place: z.enum(["thread", "process"]).optional(),
  /** What its workers hold in memory. */
  memoryBytes: z.number().optional(),
  /** Of a version that an engine runs. */
  engine: EngineState.optional(),
});
export type LoadedVersion = z.infer<typeof LoadedVersion>;

export const GatewayState = z.object({
  isDraining: z.boolean(),
  versions: z.array(LoadedVersion),
  /** Lost since it started: requests whose counts, and records of the prediction log. */
  dropped: z.object({ requests: z.number().int(), predictions: z.number().int() }).optional(),
});
export type GatewayState = z.infer<typeof GatewayState>;

/** A version that was put behind an endpoint. */
export const Deployment = z.object({
  id: z.number().int(),
  versionId: z.uuid(),
  modelName: z.string(),
  version: z.number().int(),
  /** In order of preference; empty leaves the choice to the gateway's configuration. */
  providers: z.array(ExecutionProvider),
  /** Runs it instead of the gateways; null where they do. */
  engine: Engine.nullable(),
  reason: z.string(),
  deployedBy: z.string(),
  deployedAt: z.date(),
});
export type Deployment = z.infer<typeof Deployment>;

export const Endpoint = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  /** Share of successful requests kept in the prediction log, 0 to 1. */
  captureShare: z.number(),
  execution: ExecutionSettings,
  /** How many versions that were deployed before the current one stay loaded, to be addressed by their number. */
  versionsKept: z.number().int(),
  createdBy: z.string(),
  createdAt: z.date(),
  archivedAt: z.date().nullable(),
  /** Since when gateways hold none of its versions, by request. */
  unloadedAt: z.date().nullable(),
  /** What serves; null until something is deployed. */
  current: Deployment.nullable(),
});
export type Endpoint = z.infer<typeof Endpoint>;

/** Numbers of the last five minutes. Rates are per second; null means no value. */
export const RecentTraffic = z.object({
  requestsPerSecond: z.number().nullable(),
  /** Share of requests answered with a status of 500 or more. */
  errorShare: z.number().nullable(),
  latencyMsP95: z.number().nullable(),
});
export type RecentTraffic = z.infer<typeof RecentTraffic>;

/**
 * serving: every gateway answers with the current version; starting: some still load it; degraded: requests are answered, but
 * not everywhere as wished; failed, no-gateway: they are not; empty: nothing is deployed; unloaded: by request.
 */
export const EndpointState = z.object({
  kind: z.enum(["serving", "starting", "degraded", "failed", "no-gateway", "empty", "unloaded", "archived"]),
  /** What is not as wished, in words for people. */
  message: z.string().nullable(),
});
export type EndpointState = z.infer<typeof EndpointState>;

export const EndpointSummary = Endpoint.extend({
  state: EndpointState,
  /** Gateways that were heard of in the last 30 s, and how many of them answer with the current version. */
  gateways: z.object({ ready: z.number().int(), total: z.number().int() }),
  recent: RecentTraffic,
  /** Requests per second in steps of five minutes over the last hour, oldest first; null is a gap, empty is no traffic. */
  lastHour: z.array(z.number().nullable()),
});
export type EndpointSummary = z.infer<typeof EndpointSummary>;

/** A gateway process that was heard of in the last 30 s. */
export const GatewayView = z.object({
  gatewayId: z.string(),
  address: z.string(),
  startedAt: z.date(),
  seenAt: z.date(),
  isDraining: z.boolean(),
  dropped: GatewayState.shape.dropped,
  /** What it does with the versions of this endpoint. */
  versions: z.array(LoadedVersion),
});
export type GatewayView = z.infer<typeof GatewayView>;

export const EndpointDetails = Endpoint.extend({
  state: EndpointState,
  /** Newest first, the current one included. */
  history: z.array(Deployment),
  gateways: z.array(GatewayView),
});
export type EndpointDetails = z.infer<typeof EndpointDetails>;

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

/** The model's name on the wire. "stats" is a reserved word there. */
const EndpointName = z
  .string("Give a name.")
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
    "Begin with a letter from A to Z or a digit, and go on with those, dots, dashes and underscores: at most 128 characters.",
  )
  .refine((name) => name !== "stats", '"stats" is a reserved name.');

export const CreateEndpoint = z.object({
  name: EndpointName,
  description: z.string().trim().max(2000).default(""),
  captureShare: z.number().min(0).max(1).default(0.1),
  versionsKept: z.number().int().min(0).max(10).default(0),
});
export type CreateEndpoint = z.input<typeof CreateEndpoint>;

/** What a version answered, where it ran and where the time went. */
export const RunAnswer = ServingProvider.extend({
  /** Names of the classes, when the model says them. */
  labels: z.array(z.string()).optional(),
  outputs: z.array(LoggedTensor),
  /** What the pipeline made for the model; empty without one. Large tensors stand there without data. */
  seen: z.array(LoggedTensor),
  /** The answer as the gateway would send it, without the bytes that follow where outputs are of half precision. */
  response: z.string(),
  /** Time in the queue, from JSON to tensors, of the model, and from tensors to JSON. */
  timings: z.object({ queueMs: z.number(), preprocessMs: z.number(), runMs: z.number(), postprocessMs: z.number() }),
  /** Time to load the version, when this request was the first; null when it was loaded already. */
  loadMs: z.number().nullable(),
});
export type RunAnswer = z.infer<typeof RunAnswer>;
