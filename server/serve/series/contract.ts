import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import { arms, windowSeconds } from "../windows/contract.ts";

/** One step of one version. A step without a row in the database is absent: a gap, not zero. */
const SeriesPoint = z.object({
  /** Start of the step. */
  at: z.date(),
  versionId: z.uuid(),
  arm: z.enum(arms),
  requestsPerSecond: z.number(),
  requests: z.number().int(),
  /** Served from the cache, and coalesced with an identical request; not included in the requests. */
  cacheHits: z.number().int(),
  coalesced: z.number().int(),
  /** Requests with a status of 500 or more, and with 400 to 499. */
  serverErrors: z.number().int(),
  clientErrors: z.number().int(),
  /** Latency of requests that the model served or that timed out; null when there were none. */
  latencyMsP50: z.number().nullable(),
  latencyMsP95: z.number().nullable(),
  latencyMsP99: z.number().nullable(),
  queueMsMean: z.number().nullable(),
  computeMsMean: z.number().nullable(),
});

/** Sums over a span of time; null means no value. */
export const TrafficTotal = SeriesPoint.omit({ at: true, versionId: true, arm: true }).extend({
  /** Over the time that a gateway served. */
  requestsPerSecond: z.number().nullable(),
});
export type TrafficTotal = z.infer<typeof TrafficTotal>;

/** A GPU of a machine whose gateway served the endpoint. Values that the card does not report are null. */
const GpuSeries = z.object({
  /** The driver's own id. */
  gpu: z.string(),
  name: z.string(),
  memoryTotalBytes: z.number().nullable(),
  /** Means by step. A step in which nothing was read is absent: a gap, not zero. */
  points: z.array(
    z.object({
      at: z.date(),
      /** Share of the time in which the GPU worked, 0 to 1. */
      utilisation: z.number().nullable(),
      memoryUsedBytes: z.number().nullable(),
    }),
  ),
});
export type GpuSeries = z.infer<typeof GpuSeries>;

export const EndpointSeries = z.object({
  stepSeconds: z.number().int(),
  versions: z.array(
    z.object({
      versionId: z.uuid(),
      modelName: z.string(),
      version: z.number().int(),
      /** Providers that ran its requests. */
      providers: z.array(z.string()),
      total: TrafficTotal,
    }),
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
  /** Empty where no machine that served has a GPU. */
  gpus: z.array(GpuSeries),
  /** Total of all versions, without shadow requests. */
  total: TrafficTotal,
  /** The same for the span of the same length just before. */
  before: TrafficTotal,
});
export type EndpointSeries = z.infer<typeof EndpointSeries>;

/** At most 2,000 steps; the step is a multiple of the 10 s that a row covers. */
export const GetEndpointSeries = z
  .object({
    endpointId: z.uuid(),
    from: Instant,
    to: Instant,
    stepSeconds: z.coerce.number().int().multipleOf(windowSeconds).min(windowSeconds).max(86_400),
  })
  .refine(({ from, to }) => from < to, "The start must be before the end.")
  .refine(
    ({ from, to, stepSeconds }) => (to.getTime() - from.getTime()) / 1000 / stepSeconds <= 2000,
    "At most 2,000 steps; use a longer step.",
  );
export type GetEndpointSeries = z.input<typeof GetEndpointSeries>;
