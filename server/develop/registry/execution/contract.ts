import { z } from "zod";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { executionProviders } from "./constants.ts";

export const ExecutionProvider = z.enum(executionProviders);
export type ExecutionProvider = z.infer<typeof ExecutionProvider>;

/** Provider in use, and human-readable reasons why the preferred ones are not used. */
export const ServingProvider = z.object({
  /** "remote" and the engine's name where another server runs it. */
  provider: z.string(),
  fallbacks: z.array(z.object({ provider: ExecutionProvider, reason: z.string() })),
});
export type ServingProvider = z.infer<typeof ServingProvider>;

/**
 * Isolation of a model's runs. thread: in the gateway's process, the fastest; process: each worker in its own process, which may crash or
 * hang without affecting others; auto: in a process until the version has served requests without problems, then in threads.
 */
export const Isolation = z.enum(["auto", "thread", "process"]);
export type Isolation = z.infer<typeof Isolation>;

const members = {
  /** Maximum number of rows per batch; 1 disables batching. A request with more rows always runs alone. */
  maxBatchSize: z.number().int().min(1).max(1024),
  /** Batch sizes that run as soon as they are full, largest first. Most models need none. */
  preferredBatchSizes: z.array(z.number().int().min(2).max(1024)).max(8),
  /** Maximum batching delay of a request while a worker is free; 0 batches only the requests that are already queued. */
  maxQueueDelayMicroseconds: z.number().int().min(0).max(1_000_000),
  /** Requests that may wait; more are refused with 503. */
  maxQueueSize: z.number().int().min(1).max(10_000),
  /** Maximum time from the read request to its response. A request's own timeout can only shorten it. */
  timeoutMs: z.number().int().min(1).max(600_000),
  /** Number of priority levels that requests may specify, 1 being the highest; 0 ignores the requested priority. */
  priorityLevels: z.number().int().min(0).max(16),
  /** Level of requests that ask for none. */
  defaultPriorityLevel: z.number().int().min(0).max(16),
  isolation: Isolation,
  /** Milliseconds after which a run counts as hanging; its worker is replaced, and killed if it is a process. */
  runLimitMs: z.number().int().min(100).max(hourMs),
};

/** Settings with which a gateway runs the requests of one endpoint. */
export const ExecutionSettings = z
  .object(members)
  .refine(
    ({ priorityLevels, defaultPriorityLevel: level }) => level <= priorityLevels && (level > 0 || !priorityLevels),
    {
      path: ["defaultPriorityLevel"],
      error: "The default must be one of the levels: from 1 to the number of levels, or 0 without levels.",
    },
  )
  .refine(({ maxBatchSize, preferredBatchSizes }) => preferredBatchSizes.every((size) => size <= maxBatchSize), {
    path: ["preferredBatchSizes"],
    error: "A preferred batch size cannot exceed the maximum batch size.",
  });
export type ExecutionSettings = z.infer<typeof ExecutionSettings>;

/** Partial update: omitted settings keep their values. */
export const ExecutionChange = z.object(members).partial().strict();

/** Batches what has gathered while the workers were busy, and makes nothing wait. */
export const defaultExecution: ExecutionSettings = {
  maxBatchSize: 32,
  preferredBatchSizes: [],
  maxQueueDelayMicroseconds: 0,
  maxQueueSize: 128,
  timeoutMs: 30_000,
  priorityLevels: 0,
  defaultPriorityLevel: 0,
  isolation: "auto",
  runLimitMs: minuteMs,
};

/** Whether requests are actually batched, given what the gateway found out about the version. */
export const BatchingState = z.object({
  /** 1 when requests are not batched. */
  maxBatchSize: z.number().int(),
  /** Human-readable reason why requests are not batched although the settings allow it. */
  reason: z.string().optional(),
});
export type BatchingState = z.infer<typeof BatchingState>;
