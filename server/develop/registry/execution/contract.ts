import { z } from "zod";
import { hourMs, minuteMs } from "#server/base/durations.ts";

/** Where ONNX Runtime can run a model. */
export const executionProviders = ["cpu", "webgpu", "cuda", "tensorrt"] as const;

export const ExecutionProvider = z.enum(executionProviders);
export type ExecutionProvider = z.infer<typeof ExecutionProvider>;

/** Which provider serves, and why those preferred to it do not, in words for people. */
export const ServingProvider = z.object({
  /** "remote" and the engine's name where another server runs it. */
  provider: z.string(),
  fallbacks: z.array(z.object({ provider: ExecutionProvider, reason: z.string() })),
});
export type ServingProvider = z.infer<typeof ServingProvider>;

/**
 * thread: in the gateway's process, the quickest; process: each worker in a process of its own, which may crash or hang without
 * harm to others; auto: in a process until the version has answered requests without trouble, then in threads.
 */
export const Isolation = z.enum(["auto", "thread", "process"]);
export type Isolation = z.infer<typeof Isolation>;

const members = {
  /** Most rows that are run together; 1 runs each request by itself. A request with more rows is run by itself, whatever this is. */
  maxBatchSize: z.number().int().min(1).max(1024),
  /** Sizes that are sent at once when they can be formed, the largest first. Most models need none. */
  preferredBatchSizes: z.array(z.number().int().min(2).max(1024)).max(8),
  /** Longest time that a request waits for companions while a worker is free; 0 takes only what waits already. */
  maxQueueDelayMicroseconds: z.number().int().min(0).max(1_000_000),
  /** Requests that may wait; more are refused with 503. */
  maxQueueSize: z.number().int().min(1).max(10_000),
  /** Longest time from the read request to its answer. A request's own timeout can only shorten it. */
  timeoutMs: z.number().int().min(1).max(600_000),
  /** How many levels of priority requests may ask for, 1 being the highest; 0 ignores what they ask for. */
  priorityLevels: z.number().int().min(0).max(16),
  /** Level of requests that ask for none. */
  defaultPriorityLevel: z.number().int().min(0).max(16),
  isolation: Isolation,
  /** Milliseconds after which a run counts as one that never ends; its worker is replaced, and killed when it is a process. */
  runLimitMs: z.number().int().min(100).max(hourMs),
};

/** How a gateway runs the requests of one endpoint. */
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

/** What is not given stays as it is. */
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

/** Whether requests are really run together, by what the gateway found out about the version. */
export const BatchingState = z.object({
  /** 1 when each request is run by itself. */
  maxBatchSize: z.number().int(),
  /** Why requests are not run together although the settings allow it, in words for people. */
  reason: z.string().optional(),
});
export type BatchingState = z.infer<typeof BatchingState>;
