import { z } from "zod";

/** Version and where it runs. Without providers, it runs on the worker's default. */
const Side = z.object({
  versionId: z.uuid(),
  providers: z
    .array(z.enum(["cpu", "webgpu", "cuda", "tensorrt"]))
    .max(4)
    .default([]),
});

/** Two versions, such as fp32 and int8, or one on two kinds of processors, to compare on client requests. */
export const ConsistencyQuestion = z
  .object({
    endpointId: z.uuid(),
    first: Side,
    second: Side,
    /** Share of the larger of two numbers by which they may lie apart. */
    tolerance: z.number().min(0).max(1).default(1e-3),
    /** Newest requests of the log. */
    maxRequests: z.number().int().min(1).max(2000).default(300),
  })
  .refine(
    ({ first, second }) => first.versionId !== second.versionId || first.providers.join() !== second.providers.join(),
    {
      error: "Both sides are the same. Compare two versions, or one version on two kinds of hardware.",
      path: ["second"],
    },
  );
export type ConsistencyQuestion = z.input<typeof ConsistencyQuestion>;

export const ConsistencyResult = z.object({
  /** Number of requests with a prediction from both. */
  compared: z.number().int(),
  /** Another class, text, or number beyond the tolerance. */
  disagreeing: z.number().int(),
  /** Share of those compared, with Wilson's interval of 95%; null where nothing was compared. */
  share: z.number().nullable(),
  interval: z.object({ low: z.number(), high: z.number() }).nullable(),
  /** Largest difference of two numbers at the same position. */
  largestDifference: z.number(),
  /** NaN or infinity where the other has a number. */
  invalid: z.number().int(),
  /** Requests whose inputs were not stored completely. */
  skipped: z.number().int(),
  /** Number of requests without a prediction from one of the two. */
  unanswered: z.number().int(),
  /** The first reason for that, in words. */
  problem: z.string().nullable(),
  /** Ids of the first requests with different predictions. */
  examples: z.array(z.string()),
  words: z.string(),
});
export type ConsistencyResult = z.infer<typeof ConsistencyResult>;
