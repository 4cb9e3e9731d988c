import { z } from "zod";
import type { datatypes } from "#server/registry/contract.ts";

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
  provider: ExecutionProvider,
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
});
export type LoadedVersion = z.infer<typeof LoadedVersion>;

export const GatewayState = z.object({ isDraining: z.boolean(), versions: z.array(LoadedVersion) });
export type GatewayState = z.infer<typeof GatewayState>;

/** A version that was put behind an endpoint. */
export const Deployment = z.object({
  id: z.number().int(),
  versionId: z.uuid(),
  modelName: z.string(),
  version: z.number().int(),
  /** In order of preference; empty leaves the choice to the gateway's configuration. */
  providers: z.array(ExecutionProvider),
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
  createdBy: z.string(),
  createdAt: z.date(),
  archivedAt: z.date().nullable(),
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
 * not everywhere as wished; failed, no-gateway: they are not; empty: nothing is deployed.
 */
export const EndpointState = z.object({
  kind: z.enum(["serving", "starting", "degraded", "failed", "no-gateway", "empty", "archived"]),
  /** What is not as wished, in words for people. */
  message: z.string().nullable(),
});
export type EndpointState = z.infer<typeof EndpointState>;

export const EndpointSummary = Endpoint.extend({
  state: EndpointState,
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

/** One step of one version. A step without a row in the database is absent: a gap, not zero. */
export const SeriesPoint = z.object({
  /** Start of the step. */
  at: z.date(),
  versionId: z.uuid(),
  arm: z.enum(arms),
  requestsPerSecond: z.number(),
  requests: z.number().int(),
  /** Requests answered with 500 or more, and with 400 to 499. */
  serverErrors: z.number().int(),
  clientErrors: z.number().int(),
  /** Of requests that the model answered or that ran out of time; null when there were none. */
  latencyMsP50: z.number().nullable(),
  latencyMsP95: z.number().nullable(),
  latencyMsP99: z.number().nullable(),
  queueMsMean: z.number().nullable(),
  computeMsMean: z.number().nullable(),
});
export type SeriesPoint = z.infer<typeof SeriesPoint>;

/** Sums over a span of time; null means no value. */
export const TrafficTotal = SeriesPoint.omit({ at: true, versionId: true, arm: true }).extend({
  /** Over the time that a gateway served. */
  requestsPerSecond: z.number().nullable(),
});
export type TrafficTotal = z.infer<typeof TrafficTotal>;

export const EndpointSeries = z.object({
  stepSeconds: z.number().int(),
  versions: z.array(
    z.object({ versionId: z.uuid(), modelName: z.string(), version: z.number().int(), total: TrafficTotal }),
  ),
  points: z.array(SeriesPoint),
  /** All versions together by step, in time order. */
  steps: z.array(
    TrafficTotal.extend({
      at: z.date(),
      /** Seconds of the step in which a gateway served. */
      coveredSeconds: z.number().int(),
    }),
  ),
  /** Of all versions. What shadow requests did is left out. */
  total: TrafficTotal,
  /** The same for the span of the same length just before. */
  before: TrafficTotal,
});
export type EndpointSeries = z.infer<typeof EndpointSeries>;

/** A tensor as it is written in JSON. `data` is flat and row-major; absent when it was too large to keep. */
export const LoggedTensor = z.object({
  name: z.string(),
  datatype: z.string(),
  shape: z.array(z.number()),
  data: z.array(z.union([z.number(), z.string(), z.boolean()])).optional(),
});
export type LoggedTensor = z.infer<typeof LoggedTensor>;

export const Prediction = z.object({
  id: z.uuid(),
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
  inputs: z.array(LoggedTensor).nullable(),
  outputs: z.array(LoggedTensor).nullable(),
  /** What turned out to be true, when it was reported. */
  label: z.string().nullable(),
  labelObservedAt: z.date().nullable(),
});
export type Prediction = z.infer<typeof Prediction>;

/** The model's name on the wire. "stats" is a reserved word there. */
export const EndpointName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, "Use letters, digits, dots, dashes and underscores, at most 128.")
  .refine((name) => name !== "stats", '"stats" is a reserved name.');

const endpointId = z.uuid();
const Description = z.string().trim().max(2000);
const CaptureShare = z.number().min(0).max(1);
const Reason = z.string().trim().max(2000).default("");

export const CreateEndpoint = z.object({
  name: EndpointName,
  description: Description.default(""),
  captureShare: CaptureShare.default(0.1),
});
export type CreateEndpoint = z.input<typeof CreateEndpoint>;

/** What is not given stays as it is. */
export const UpdateEndpoint = z.object({
  endpointId,
  description: Description.optional(),
  captureShare: CaptureShare.optional(),
});
export type UpdateEndpoint = z.input<typeof UpdateEndpoint>;

export const ArchiveEndpoint = z.object({ endpointId, reason: Reason });
export type ArchiveEndpoint = z.input<typeof ArchiveEndpoint>;

/** Exactly one of `version` and `alias`; the alias "latest" is the highest version. */
export const NewDeployment = z.object({
  model: z.string().min(1),
  version: z
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .optional(),
  alias: z.string().min(1).max(256).optional(),
  /** In order of preference; empty leaves the choice to the gateway's configuration. */
  providers: z.array(ExecutionProvider).max(4).default([]),
  reason: Reason,
});
export const DeployVersion = NewDeployment.extend({ endpointId }).refine(
  ({ version, alias }) => (version === undefined) !== (alias === undefined),
  "Give either a version or an alias.",
);
export type DeployVersion = z.input<typeof DeployVersion>;

export const Label = z.object({
  /** The `id` of the request, or the one that the gateway gave in the header leeway-request-id. */
  requestId: z.string().min(1).max(256),
  label: z.string().min(1).max(1000),
  /** When it became known; now when absent. */
  observedAt: z.coerce.date().optional(),
});
export const RecordLabels = z.object({ endpointId, labels: z.array(Label).min(1).max(1000) });
export type RecordLabels = z.input<typeof RecordLabels>;

export const ListEndpoints = z.object({
  /** Archived ones too. */
  withArchived: z.boolean().default(false),
  limit: z.number().int().min(1).max(500).default(100),
  /** The last name of the page before. */
  after: z.string().optional(),
});
export type ListEndpoints = z.input<typeof ListEndpoints>;

export const GetEndpoint = z.object({ name: z.string() });
export type GetEndpoint = z.input<typeof GetEndpoint>;

/** At most 2,000 steps; the step is a multiple of the 10 s that a row covers. */
export const GetEndpointSeries = z
  .object({
    endpointId,
    from: z.coerce.date(),
    to: z.coerce.date(),
    stepSeconds: z.coerce.number().int().multipleOf(windowSeconds).min(windowSeconds).max(86_400),
  })
  .refine(({ from, to }) => from < to, "The start must be before the end.")
  .refine(
    ({ from, to, stepSeconds }) => (to.getTime() - from.getTime()) / 1000 / stepSeconds <= 2000,
    "At most 2,000 steps; choose a longer step.",
  );
export type GetEndpointSeries = z.input<typeof GetEndpointSeries>;

export const ListPredictions = z.object({
  endpointId,
  from: z.coerce.date().optional(),
  to: z.coerce.date().optional(),
  versionId: z.uuid().optional(),
  /** Only those that failed. */
  failed: z.boolean().default(false),
  requestId: z.string().max(256).optional(),
  id: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** `next` of the page before. */
  cursor: z.string().max(100).optional(),
});
export type ListPredictions = z.input<typeof ListPredictions>;

/** A request to run a version by itself, outside any endpoint. `inputs` and `outputs` as in the Open Inference Protocol's JSON. */
export const RunVersion = z.object({
  versionId: z.uuid(),
  inputs: z.array(z.unknown()).min(1),
  outputs: z.array(z.unknown()).optional(),
  /** In order of preference; empty leaves the choice to the configuration. */
  providers: z.array(ExecutionProvider).max(4).default([]),
});
export type RunVersion = z.input<typeof RunVersion>;

/** What a version answered, where it ran and where the time went. */
export interface RunAnswer extends ServingProvider {
  outputs: LoggedTensor[];
  /** The answer as the gateway would send it. */
  response: string;
  /** Time in the queue, from JSON to tensors, of the model, and from tensors to JSON. */
  timings: { queueMs: number; preprocessMs: number; runMs: number; postprocessMs: number };
  /** Time to load the version, when this request was the first; null when it was loaded already. */
  loadMs: number | null;
}
