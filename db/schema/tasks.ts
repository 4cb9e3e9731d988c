import { sql } from "drizzle-orm";
import { bigint, index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { belongsTo, bytes, instant, ofWorkspace } from "./columns.ts";
import { endpoints } from "./serving.ts";

/** A request that was uploaded as a file, for tasks to refer to. */
export const taskInputs = pgTable(
  "task_inputs",
  {
    id: uuid().primaryKey(),
    workspaceId: ofWorkspace(),
    artifactKey: text().notNull(),
    /** Null until the file has arrived. */
    sizeBytes: bigint({ mode: "number" }),
    createdById: text().notNull(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    /** Time until which new tasks may refer to it. */
    expiresAt: instant().notNull(),
  },
  (table) => [index("task_inputs_expiry").on(table.expiresAt)],
);

/** A request that is processed asynchronously. */
export const inferenceTasks = pgTable(
  "inference_tasks",
  {
    id: uuid().primaryKey(),
    workspaceId: ofWorkspace(),
    endpointId: belongsTo(() => endpoints.id),
    /** Number of the version in the address of the submission; null leaves it to the endpoint. */
    version: integer(),
    state: text({ enum: ["queued", "running", "succeeded", "failed", "cancelled", "expired"] })
      .notNull()
      .default("queued"),
    /** Id of the person or token that submitted it, and the name for people. */
    submittedById: text().notNull(),
    submittedBy: text().notNull(),
    submittedAt: instant().notNull().defaultNow(),
    /** From when on a gateway may take it: the next try of one that is queued, the end of the lease of one that runs. */
    dueAt: instant().notNull().defaultNow(),
    /** Time after which a task that has not started is no longer run. */
    expiresAt: instant().notNull(),
    /** Number of attempts started. */
    attempts: integer().notNull().default(0),
    /** Lease of the gateway that runs the task now; a new one after each claim. */
    lease: uuid(),
    startedAt: instant(),
    finishedAt: instant(),
    /** The body, unless it is a file. */
    input: bytes(),
    inputId: uuid().references(() => taskInputs.id),
    inputBytes: bigint({ mode: "number" }).notNull(),
    /** The header Inference-Header-Content-Length as received. */
    inputHeaderLength: text(),
    webhookUrl: text(),
    /** Body of the response, unless it is stored as a file. */
    result: bytes(),
    /** Key of the response file, recorded before the file is written; its folder belongs to the task alone and is deleted with it. */
    resultKey: text(),
    resultBytes: bigint({ mode: "number" }),
    /** Bytes of JSON before the binary tensors; null when all of it is JSON. */
    resultHeaderLength: integer(),
    servedVersion: integer(),
    provider: text(),
    /** Reason why the last attempt failed: an HTTP status and a message for users. */
    errorStatus: integer(),
    error: text(),
  },
  (table) => [
    index("inference_tasks_due").on(table.endpointId, table.dueAt).where(sql`${table.state} in ('queued', 'running')`),
    index("inference_tasks_submitted").on(table.endpointId, table.submittedAt, table.id),
    index("inference_tasks_finished").on(table.endpointId, table.finishedAt),
    index("inference_tasks_failed").on(table.endpointId, table.finishedAt).where(sql`${table.state} = 'failed'`),
    index("inference_tasks_input").on(table.inputId),
  ],
);
