import { sql } from "drizzle-orm";
import {
  bigint,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import type { JsonColumns } from "./json-columns.ts";
import { modelVersions } from "./registry.ts";
import { storedSecret } from "./stored-secret.ts";

export const endpoints = pgTable(
  "endpoints",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    name: text().notNull(),
    description: text().notNull().default(""),
    /** Share of successful requests stored in the prediction log, 0 to 1. Failed requests are always stored. */
    captureShare: real().notNull().default(0.1),
    /** ExecutionSettings of server/develop/registry/execution/contract.ts; what is absent has its default. */
    execution: jsonb().$type<JsonColumns["endpoints.execution"]>().notNull().default({}),
    /** Protection of server/serve/protection/contract.ts; what it leaves out has its default. */
    protection: jsonb().$type<JsonColumns["endpoints.protection"]>().notNull().default({}),
    /** CacheSettings of server/serve/cache/contract.ts; what it leaves out has its default. */
    cache: jsonb().$type<JsonColumns["endpoints.cache"]>().notNull().default({}),
    /** TaskSettings of server/serve/tasks/contract.ts; what it leaves out has its default. */
    tasks: jsonb().$type<JsonColumns["endpoints.tasks"]>().notNull().default({}),
    /** CaptureRules of server/serve/capture/contract.ts; what it leaves out has its default. */
    capture: jsonb().$type<JsonColumns["endpoints.capture"]>().notNull().default({}),
    /** KeptCascade of server/serve/cascade/contract.ts; what it leaves out has its default. */
    cascade: jsonb().$type<JsonColumns["endpoints.cascade"]>().notNull().default({}),
    /** Targets from before SLOs existed: a migration converted them to SLOs, and nothing reads the column any more. */
    budget: jsonb().$type<unknown>().notNull().default({}),
    /** Number of previously deployed versions that stay loaded and can be addressed by their number. */
    previousVersionsLoaded: integer().notNull().default(0),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    archivedAt: instant(),
    /** Since when gateways hold none of its versions, by request; null when they do. */
    unloadedAt: instant(),
    /** When it was last loaded after having been unloaded; null if it never was. */
    loadedAt: instant(),
  },
  (table) => [uniqueIndex("endpoints_name").on(table.workspaceId, table.name)],
);

const endpointId = () => belongsTo(() => endpoints.id);

/** Deployments of a version to an endpoint. The newest row per endpoint is the one that serves. */
export const deployments = pgTable(
  "deployments",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    workspaceId: ofWorkspace(),
    endpointId: endpointId(),
    versionId: belongsTo(() => modelVersions.id),
    /** Execution providers in order of preference: "cpu", "webgpu", "cuda", "tensorrt". */
    providers: text().array().notNull(),
    /** Engine of server/serve/engines/contract.ts that runs it; null where gateways do. */
    engine: jsonb().$type<JsonColumns["deployments.engine"]>(),
    /** Value of the engine's secret header; never sent to anyone else. */
    engineSecret: storedSecret(),
    reason: text().notNull().default(""),
    deployedBy: text().notNull(),
    deployedAt: instant().notNull().defaultNow(),
  },
  (table) => [index("deployments_endpoint").on(table.endpointId, table.id)],
);

/**
 * Versions from which an endpoint was rolled back: neither a deployment nor a rollout takes one there until someone unblocks it with a
 * reason. Unblocked, never deleted.
 */
export const versionBlocks = pgTable(
  "version_blocks",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    endpointId: endpointId(),
    versionId: belongsTo(() => modelVersions.id),
    /** Reason of the rollback. */
    reason: text().notNull().default(""),
    blockedBy: text().notNull(),
    blockedAt: instant().notNull().defaultNow(),
    unblockedBy: text(),
    unblockedAt: instant(),
    unblockReason: text(),
  },
  (table) => [
    uniqueIndex("version_blocks_active").on(table.endpointId, table.versionId).where(sql`${table.unblockedAt} is null`),
  ],
);

/** Versions loaded by each gateway process, renewed every few seconds. Not a tenant's data. */
export const gatewayHeartbeats = pgTable("gateway_heartbeats", {
  gatewayId: text().primaryKey(),
  startedAt: instant().notNull(),
  seenAt: instant().notNull(),
  address: text().notNull(),
  /** GatewayState of server/serve/endpoints/contract.ts. */
  state: jsonb().$type<JsonColumns["gatewayHeartbeats.state"]>().notNull(),
});

/** One row per gateway, endpoint, version, arm and window: a request never costs a row. */
export const servingWindows = pgTable(
  "serving_windows",
  {
    workspaceId: ofWorkspace(),
    endpointId: endpointId(),
    versionId: uuid().notNull(),
    arm: text({ enum: ["stable", "canary", "shadow"] }).notNull(),
    /** Provider that ran the version; "none" for requests received while it was not loaded, and in rows older than this column. */
    provider: text().notNull().default("none"),
    gatewayId: text().notNull(),
    windowStart: instant().notNull(),
    /** Name of the machine that counted, as it was then; "" in rows older than this column. */
    machine: text().notNull().default(""),
    requests: integer().notNull(),
    rows: integer().notNull(),
    /** Failed requests by HTTP status: {"400": 2}. */
    failures: jsonb().$type<Record<string, number>>().notNull(),
    latencySumMs: doublePrecision().notNull(),
    queueSumMs: doublePrecision().notNull(),
    computeSumMs: doublePrecision().notNull(),
    /** Core-milliseconds of runs, or GPU-milliseconds on a GPU, each run once however many requests shared it. */
    deviceSumMs: doublePrecision().notNull().default(0),
    /** Counts per bucket of the exponential latency histogram: {"42": 7}; bounds in server/stats/histogram.ts. */
    latencyBuckets: jsonb().$type<Record<string, number>>().notNull(),
    /** Requests by violation of the input contract: {'["width","range","rejected"]': 2}. */
    violations: jsonb().$type<Record<string, number>>().notNull().default({}),
    /** Served without the model, and excluded from all columns above except the violations. */
    cacheHits: integer().notNull().default(0),
    coalesced: integer().notNull().default(0),
    /** Requests in the random sample of the prediction log; null in rows older than this column. */
    sampled: integer(),
    /** Counts of the version's part in a cascade, by CascadeCount of server/serve/cascade/contract.ts: {"answered": 9, "runs": 10}. */
    cascade: jsonb().$type<JsonColumns["servingWindows.cascade"]>().notNull().default({}),
    /** Exactly counted at the limits that SLOs ask for, by LimitCounts of server/serve/telemetry/limits.ts. */
    indicators: jsonb().$type<JsonColumns["servingWindows.indicators"]>().notNull().default({}),
  },
  (table) => [
    primaryKey({
      name: "serving_windows_pk",
      columns: [table.endpointId, table.versionId, table.arm, table.provider, table.windowStart, table.gatewayId],
    }),
    index("serving_windows_workspace").on(table.workspaceId, table.windowStart),
    index("serving_windows_endpoint").on(table.endpointId, table.windowStart),
    // Few windows have any.
    index("serving_windows_violations").on(table.endpointId, table.windowStart).where(sql`${table.violations} <> '{}'`),
  ],
);

/** GPU readings of each gateway process for its machine, by window. Not a tenant's data. */
export const gpuWindows = pgTable(
  "gpu_windows",
  {
    /** The driver's own id. */
    gpu: text().notNull(),
    windowStart: instant().notNull(),
    gatewayId: text().notNull(),
    name: text().notNull(),
    readings: integer().notNull(),
    /** Shares from 0 to 1, one a reading; null when the card does not tell. */
    utilisationSum: doublePrecision(),
    /** Bytes, one a reading. */
    memoryUsedSum: doublePrecision(),
    memoryTotalBytes: doublePrecision(),
  },
  (table) => [
    primaryKey({ columns: [table.gpu, table.windowStart, table.gatewayId] }),
    index("gpu_windows_gateway").on(table.gatewayId, table.windowStart),
  ],
);

/** Sampled and failed requests. The migration partitions the table by day of `at`; retention drops complete partitions. */
export const predictions = pgTable(
  "predictions",
  {
    id: uuid().notNull(),
    workspaceId: uuid().notNull(),
    endpointId: uuid().notNull(),
    versionId: uuid().notNull(),
    arm: text({ enum: ["stable", "canary", "shadow"] }).notNull(),
    at: instant().notNull(),
    requestId: text().notNull(),
    status: integer().notNull(),
    error: text(),
    provider: text().notNull(),
    latencyMs: real().notNull(),
    /** LatencyParts of server/serve/endpoints/contract.ts; null when the model did not run for this request. */
    parts: jsonb().$type<JsonColumns["predictions.parts"]>(),
    /** Rows that ran together with those of this request, these included. */
    batchRows: integer(),
    /** Source of the prediction: the model, the cache, or the run of an identical request. */
    source: text({ enum: ["model", "cache", "coalesced"] })
      .notNull()
      .default("model"),
    /** Reason why it is in the log. Only sampled rows represent all requests. */
    loggedReason: text({ enum: ["sampled", "failed", "low-confidence", "compared"] })
      .notNull()
      .default("sampled"),
    /** Token or person. */
    caller: text(),
    traceId: text(),
    /** Class predicted for a single row; with its index if the model returned probabilities. */
    answer: text(),
    outputIndex: integer(),
    /** The highest probability of a row, of the row where it is lowest. */
    confidence: real(),
    /** Digest of the pipeline that processed the request; null when the request contained the model's own tensors. */
    pipelineDigest: text(),
    /** CascadeStep[] of server/serve/cascade/contract.ts, in order; null when the endpoint's version responded without a cascade. */
    cascade: jsonb().$type<JsonColumns["predictions.cascade"]>(),
    /** RolloutMark of server/serve/rollout/served-rollout.ts; null where it was not assigned by a rollout. */
    rollout: jsonb().$type<JsonColumns["predictions.rollout"]>(),
    /** Cost of its run, in the currency of the configured price; null without a price. */
    cost: doublePrecision(),
    /** Time of the event that the prediction is about, if the caller sent it. */
    eventAt: instant(),
    /** ServedFeatures of server/serve/features/contract.ts; null when its version looks up no features. */
    features: jsonb().$type<JsonColumns["predictions.features"]>(),
    /** Game day whose fault affected it: it represents nothing. Null for all others. */
    gameDayId: uuid(),
    inputs: jsonb().$type<JsonColumns["predictions.inputs"]>(),
    outputs: jsonb().$type<JsonColumns["predictions.outputs"]>(),
  },
  (table) => [
    primaryKey({ columns: [table.id, table.at] }),
    index("predictions_endpoint").on(table.endpointId, table.at),
    index("predictions_request").on(table.workspaceId, table.requestId),
  ],
);

/** Actual outcomes, posted later by the caller under the request id. */
export const predictionLabels = pgTable(
  "prediction_labels",
  {
    workspaceId: ofWorkspace(),
    endpointId: endpointId(),
    requestId: text().notNull(),
    label: text().notNull(),
    /** reported by a client, or agreed by people in a labelling project. Named so that it is not ambiguous beside predictions.source. */
    source: text("label_source", { enum: ["reported", "labelling"] })
      .notNull()
      .default("reported"),
    /** How the request was chosen. Rates count reported and audit labels only (server/serve/labels/representative.ts). */
    selection: text({ enum: ["reported", "audit", "chosen", "gold"] })
      .notNull()
      .default("reported"),
    observedAt: instant().notNull(),
    receivedAt: instant().notNull().defaultNow(),
    /** Number of times another value replaced an earlier one. */
    replaced: integer().notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.endpointId, table.requestId] }),
    index("prediction_labels_received").on(table.endpointId, table.receivedAt),
  ],
);
