import { z } from "zod";

/** What no load test may exceed. */
export const loadTestBounds = { requestsPerSecond: 2000, steps: 20, totalSeconds: 900, inFlight: 1000 } as const;

export const LoadTestSettings = z
  .object({
    /** Requests per second of each step, each higher than the one before. */
    rates: z
      .array(
        z
          .number()
          .min(0.5, "Must be at least 0.5 per second.")
          .max(loadTestBounds.requestsPerSecond, `Must be at most ${loadTestBounds.requestsPerSecond} per second.`),
      )
      .min(1, "Specify at least one rate.")
      .max(loadTestBounds.steps, `At most ${loadTestBounds.steps} steps.`)
      .refine((rates) => rates.every((rate, index) => index === 0 || rate > (rates[index - 1] as number)), {
        error: "Each rate must be higher than the previous one.",
      }),
    /** Seconds of each step. The first fifth, at most 3 s, is not measured. */
    stepSeconds: z
      .number()
      .int()
      .min(5, "Must be at least 5\u00a0s.")
      .max(300, "Must be at most 300\u00a0s.")
      .default(20),
    /** "poisson": at random, as from many independent callers; "constant": evenly. Neither waits for an answer. */
    arrivals: z.enum(["poisson", "constant"]).default("poisson"),
    /** "synthetic": made up by the signature and the input contract; "recorded": from the prediction log of the endpoint. */
    inputs: z.enum(["synthetic", "recorded"]).default("synthetic"),
    /** Rows in each synthetic request. */
    rows: z.number().int().min(1, "At least 1 row.").max(256, "At most 256 rows.").default(1),
    /** With as many unanswered, further requests are not sent, and counted as such. */
    maxInFlight: z
      .number()
      .int()
      .min(1, "At least 1.")
      .max(loadTestBounds.inFlight, `At most ${loadTestBounds.inFlight}.`)
      .default(200),
    /** How long an answer is waited for. */
    timeoutMs: z.number().int().min(50).max(60_000).default(10_000),
    /** Decides the moments and the inputs: with the same, a test is the same again. */
    seed: z
      .number()
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .default(1),
    /** Ends after the first step that could not be kept up with. */
    endsAtSaturation: z.boolean().default(true),
    /** When live traffic of the workspace is worse than before the test by more than this, it stops. */
    stopRule: z
      .object({
        /** Rise of the share of requests that fail. */
        errorShareRise: z.number().min(0.001).max(1).default(0.02),
        /** Times the p99 from before. */
        latencyFactor: z.number().min(1.1).max(100).default(2),
      })
      .default({ errorShareRise: 0.02, latencyFactor: 2 }),
  })
  .refine(({ rates, stepSeconds }) => rates.length * stepSeconds <= loadTestBounds.totalSeconds, {
    path: ["stepSeconds"],
    error: `A test can last at most ${loadTestBounds.totalSeconds / 60} minutes. Use fewer or shorter steps.`,
  });
export type LoadTestSettings = z.infer<typeof LoadTestSettings>;

export const StartLoadTest = z.object({
  endpointId: z.uuid(),
  /** The model of the version that serves when it is left out. */
  model: z.string().min(1).optional(),
  version: z
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1),
  settings: LoadTestSettings,
  /** Has to be said when the version answers live traffic. */
  confirmsLive: z.boolean().default(false),
  reason: z.string().trim().max(2000).default(""),
});
export type StartLoadTest = z.input<typeof StartLoadTest>;

export const LoadTestKey = z.object({ endpointId: z.uuid(), id: z.uuid() });
export type LoadTestKey = z.infer<typeof LoadTestKey>;

/** A quantile with its 95% interval, in milliseconds. */
const Quantile = z.object({ value: z.number(), low: z.number(), high: z.number() });
export type Quantile = z.infer<typeof Quantile>;

/** What was measured at one rate, from the end of its warm-up on. */
export const StepMeasurement = z.object({
  /** What the step was to send. */
  requestsPerSecond: z.number(),
  measuredSeconds: z.number(),
  /** Requests that were due, and those of them that were not sent since too many were unanswered. */
  due: z.number().int(),
  notSent: z.number().int(),
  succeeded: z.number().int(),
  /** Requests by why they failed: the HTTP status, "timeout" or "connection". */
  failures: z.record(z.string(), z.number().int()),
  /** Successful answers per second. */
  achievedPerSecond: z.number(),
  /** Of successful answers, from the moment at which the request was due; null without any. */
  latencyMs: z.object({ mean: z.number(), p50: Quantile, p95: Quantile, p99: Quantile }).nullable(),
  /** Of successful answers, as the gateway measured them; null when it said nothing. */
  queueMsMean: z.number().nullable(),
  computeMsMean: z.number().nullable(),
  /** How late requests were sent: what the sender itself adds. */
  lagMsP99: z.number().nullable(),
});
export type StepMeasurement = z.infer<typeof StepMeasurement>;

/** What the steps say together. */
export const LoadTestFindings = z.object({
  /** Where latency begins to climb; null when that is not to be seen. */
  knee: z.object({ position: z.number().int(), requestsPerSecond: z.number() }).nullable(),
  /** The first step that was not kept up with, and the highest rate of answers; null when all were. */
  saturation: z
    .object({ position: z.number().int(), requestsPerSecond: z.number(), maxPerSecond: z.number() })
    .nullable(),
});
export type LoadTestFindings = z.infer<typeof LoadTestFindings>;

const loadTestStates = ["waiting", "running", "done", "stopped", "cancelled", "failed"] as const;
export type LoadTestState = (typeof loadTestStates)[number];

export const LoadTest = z.object({
  id: z.uuid(),
  endpoint: z.string(),
  versionId: z.uuid(),
  model: z.string(),
  version: z.number().int(),
  state: z.enum(loadTestStates),
  /** Why it ended as it did, or what it waits for. */
  message: z.string().nullable(),
  settings: LoadTestSettings,
  /** Whether the version answered live traffic when the test was started. */
  isLive: z.boolean(),
  reason: z.string(),
  startedBy: z.string(),
  createdAt: z.date(),
  startedAt: z.date().nullable(),
  endedAt: z.date().nullable(),
  /** In the order of the rates; those that are over. */
  steps: z.array(StepMeasurement),
  findings: LoadTestFindings,
});
export type LoadTest = z.infer<typeof LoadTest>;

/** Whether it is still to do something. */
export function isActive({ state }: Pick<LoadTest, "state">): boolean {
  return state === "waiting" || state === "running";
}

/** Share of the requests that were due and failed, or were not sent; null when none was due. */
export function errorShareOf({ due, succeeded }: StepMeasurement): number | null {
  return due === 0 ? null : 1 - succeeded / due;
}

/** Share of the mean latency that requests waited in the gateway's queue; null when that is not known. */
export function queueShareOf({ queueMsMean, latencyMs }: StepMeasurement): number | null {
  return queueMsMean === null || !latencyMs ? null : Math.min(1, queueMsMean / latencyMs.mean);
}
