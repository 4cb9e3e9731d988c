import { z } from "zod";

/** queued, running; succeeded, failed (a dead letter: no automatic retry), cancelled, expired (not started in time). */
export const taskStates = ["queued", "running", "succeeded", "failed", "cancelled", "expired"] as const;
export const TaskState = z.enum(taskStates);
export type TaskState = z.infer<typeof TaskState>;

/** Bodies and responses up to this size are stored in Postgres; larger ones are files in the artifact store. */
export const maxInlineBytes = 256 * 1024;
/** Largest input of a task. */
export const maxInputBytes = 256 * 2 ** 20;
/** Hours for which new tasks may refer to an uploaded input. */
export const inputHours = 24;

/** Settings of an endpoint for requests with a later response. */
export const TaskSettings = z.object({
  /** Tasks that may wait or run; more are refused with 503. */
  backlogLimit: z
    .number()
    .int()
    .min(1, "Must be at least 1.")
    .max(1_000_000, "Must be at most 1,000,000.")
    .default(10_000),
  /** Times that a task is tried before it becomes a dead letter. */
  tries: z.number().int().min(1, "Must be at least 1.").max(20, "Must be at most 20.").default(3),
  /** Days for which tasks are stored after their end, with their inputs and results. */
  keptDays: z.number().int().min(1, "Must be at least 1 day.").max(365, "Must be at most 365 days.").default(7),
  /** Default number of seconds after which a task that has not started expires. */
  expirySeconds: z
    .number()
    .int()
    .min(1, "Must be at least 1\u00a0s.")
    .max(2_592_000, "Must be at most 30 days.")
    .default(86_400),
});
export type TaskSettings = z.infer<typeof TaskSettings>;

/** An asynchronous request, as shown to users and clients. */
export const Task = z.object({
  id: z.uuid(),
  endpoint: z.string(),
  state: TaskState,
  /** Number of the requested version; null leaves the choice to the endpoint. */
  version: z.number().int().nullable(),
  submittedBy: z.string(),
  submittedAt: z.date(),
  expiresAt: z.date(),
  /** Start of the last attempt; null before the first. */
  startedAt: z.date().nullable(),
  finishedAt: z.date().nullable(),
  /** Time of the next attempt; null when it is not waiting for one. */
  nextTryAt: z.date().nullable(),
  /** Number of attempts started. */
  attempts: z.number().int(),
  inputBytes: z.number().int(),
  resultBytes: z.number().int().nullable(),
  /** Version that served the request. */
  servedVersion: z.number().int().nullable(),
  provider: z.string().nullable(),
  webhookUrl: z.string().nullable(),
  /** Reason why the last attempt failed: an HTTP status, and a message that says what to do. */
  errorStatus: z.number().int().nullable(),
  error: z.string().nullable(),
});
export type Task = z.infer<typeof Task>;

const endpointId = z.uuid();
/** Accepts any text, because a text that is not an id matches no task. */
const taskId = z.string().max(100);
const reason = z.string().trim().max(500).optional();

export const SubmitTask = z
  .object({
    endpointId,
    version: z.number().int().min(1).optional(),
    /** The body of an inference request; none with `inputId`. */
    body: z.instanceof(Buffer).optional(),
    /** A request that was uploaded before. */
    inputId: z.uuid("Specify the ID returned by the upload.").optional(),
    /** Inference-Header-Content-Length of the body or of the uploaded request. */
    headerLength: z
      .string()
      .regex(/^\d{1,12}$/, "Inference-Header-Content-Length must be a number of bytes.")
      .optional(),
    webhookUrl: z.string().max(2000).optional(),
    /** Seconds after which it is not worth beginning any more. */
    expirySeconds: z.number().int().min(1).max(2_592_000).optional(),
  })
  .refine(({ body, inputId }) => (body === undefined) !== (inputId === undefined), {
    error: "Send either a request body or the ID of an uploaded input.",
  });
export type SubmitTask = z.input<typeof SubmitTask>;

/** An uploaded request, to be named by tasks until it expires. */
export const TaskInput = z.object({ id: z.uuid(), sizeBytes: z.number().int(), expiresAt: z.date() });
export type TaskInput = z.infer<typeof TaskInput>;

export const GetTask = z.object({ taskId });
export type GetTask = z.input<typeof GetTask>;

export const CancelTask = z.object({ taskId, reason });
export type CancelTask = z.input<typeof CancelTask>;

export const RedriveTask = z.object({ taskId, reason });
export type RedriveTask = z.input<typeof RedriveTask>;

export const RedriveTasks = z.object({ endpointId, reason });
export type RedriveTasks = z.input<typeof RedriveTasks>;

export const ListTasks = z.object({
  endpointId,
  state: TaskState.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** Tasks that were submitted before this one. */
  after: z.uuid().optional(),
});
export type ListTasks = z.input<typeof ListTasks>;

export const GetBacklog = z.object({ endpointId });
export type GetBacklog = z.input<typeof GetBacklog>;

/** Current queue, and completed tasks of the last hour. */
export const Backlog = z.object({
  queued: z.number().int(),
  running: z.number().int(),
  /** Maximum number of queued and running tasks. */
  limit: z.number().int(),
  /** Age of the oldest queued task; null when none is queued. */
  oldestSeconds: z.number().nullable(),
  /** Finished in the last hour, and those that are dead letters now. */
  succeededLastHour: z.number().int(),
  failedLastHour: z.number().int(),
  deadLetters: z.number().int(),
  /** Succeeded in each five minutes of the last hour, oldest first. */
  succeeded: z.array(z.number().int()),
  /** Median time from submission to the end of those that succeeded in the last hour; null when none did. */
  medianSeconds: z.number().nullable(),
});
export type Backlog = z.infer<typeof Backlog>;

export const SetTaskSettings = z.object({ endpointId, settings: TaskSettings });
export type SetTaskSettings = z.input<typeof SetTaskSettings>;
