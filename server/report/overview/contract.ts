import { z } from "zod";
import { EndpointState } from "#server/respond/endpoint-states/contract.ts";
import { ServingState } from "#server/serve/endpoints/contract.ts";

/** An endpoint with the numbers of the last 24 h; null means no value. */
export const OverviewEndpoint = z.object({
  name: z.string(),
  state: EndpointState,
  serving: ServingState,
  modelName: z.string().nullable(),
  version: z.number().int().nullable(),
  requests: z.number().int(),
  serverErrors: z.number().int(),
  /** Share of requests with a status below 500. */
  availability: z.number().nullable(),
  /** Request rate and latency of the last five minutes. */
  requestsPerSecond: z.number().nullable(),
  latencyMsP95: z.number().nullable(),
});
export type OverviewEndpoint = z.infer<typeof OverviewEndpoint>;

export const OverviewRun = z.object({
  id: z.string(),
  name: z.string(),
  experimentId: z.number().int(),
  experimentName: z.string(),
  status: z.enum(["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]),
  startedAt: z.date(),
  endedAt: z.date().nullable(),
  /** Milliseconds since 1970 of the last write, as runs tell it. */
  updatedAt: z.number().int(),
  userName: z.string(),
});
export type OverviewRun = z.infer<typeof OverviewRun>;

export const Release = z.object({
  id: z.number().int(),
  endpoint: z.string(),
  modelName: z.string(),
  version: z.number().int(),
  /** The endpoint served a higher version of the same model before. */
  isReturn: z.boolean(),
  reason: z.string(),
  deployedBy: z.string(),
  deployedAt: z.date(),
});
export type Release = z.infer<typeof Release>;

/** Counts of runs by their start, except for those in progress. */
export const RunCounts = z.object({
  running: z.number().int(),
  startedLast7Days: z.number().int(),
  failedLast7Days: z.number().int(),
  started7DaysBefore: z.number().int(),
});
export type RunCounts = z.infer<typeof RunCounts>;

export const Overview = z.object({
  asOf: z.date(),
  /** Worst first. */
  endpoints: z.array(OverviewEndpoint),
  runs: RunCounts,
  registry: z.object({ models: z.number().int(), versions: z.number().int(), registeredLast7Days: z.number().int() }),
  /** Newest first. */
  latestRuns: z.array(OverviewRun),
  releases: z.array(Release),
});
export type Overview = z.infer<typeof Overview>;

/** Steps from an empty workspace to a live prediction, in order. */
export const gettingStartedSteps = ["workspace", "token", "run", "version", "endpoint", "prediction"] as const;

export const GettingStartedStep = z.object({
  key: z.enum(gettingStartedSteps),
  /** Time of completion; null until then. */
  doneAt: z.date().nullable(),
  /** Name of the result: "digits v1". */
  detail: z.string().nullable(),
});
export type GettingStartedStep = z.infer<typeof GettingStartedStep>;

/** Information that helps to find out why no requests arrive. */
export const Arrivals = z.object({
  /** Most recently used token of any user of the workspace. */
  lastToken: z.object({ name: z.string(), usedAt: z.date() }).nullable(),
  /** A version that was registered and cannot be served, with the reason. */
  unservable: z.object({ name: z.string(), reason: z.string() }).nullable(),
  /** Last heartbeat of a gateway. */
  gatewaySeenAt: z.date().nullable(),
  /** The newest failed request, with the reason. */
  lastFailure: z.object({ endpoint: z.string(), reason: z.string(), at: z.date() }).nullable(),
});
export type Arrivals = z.infer<typeof Arrivals>;

export const GettingStarted = z.object({
  steps: z.array(GettingStartedStep),
  /** Whether nothing was logged, registered or served yet. */
  isEmpty: z.boolean(),
  arrivals: Arrivals,
  /** Names that the examples use, because they are there. */
  names: z.object({
    endpoint: z.string().nullable(),
    model: z.string().nullable(),
    version: z.number().int().nullable(),
  }),
});
export type GettingStarted = z.infer<typeof GettingStarted>;

const readinessSteps = [
  "inventory",
  "objective",
  "canary",
  "pages",
  "drift",
  "load-test",
  "cost",
  "retraining",
  "game-day",
] as const;

export const ReadinessStep = z.object({
  key: z.enum(readinessSteps),
  isDone: z.boolean(),
  /** Progress: "3 of 4 with an owner"; null where nothing exists. */
  detail: z.string().nullable(),
});
export type ReadinessStep = z.infer<typeof ReadinessStep>;

/** Steps from a first prediction to models that users can rely on. */
export const Readiness = z.object({ steps: z.array(ReadinessStep) });
export type Readiness = z.infer<typeof Readiness>;
