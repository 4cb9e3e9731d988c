import { type AnyPgColumn, index, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import type { JsonColumns } from "./json-columns.ts";

/** Requests run in the playground. Deleted after the retention period. */
export const playgroundRuns = pgTable(
  "playground_runs",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    /** The run that is explained. */
    parentId: uuid().references((): AnyPgColumn => playgroundRuns.id, { onDelete: "cascade" }),
    kind: text({ enum: ["run", "batch", "explanation"] }).notNull(),
    /** A run that is "running" without a heartbeat for a minute has lost its process. */
    state: text({ enum: ["running", "done", "failed", "cancelled"] }).notNull(),
    modelName: text().notNull(),
    /** Side[] of server/serve/playground/contract.ts: versions and where they ran. */
    sides: jsonb().$type<JsonColumns["playgroundRuns.sides"]>().notNull(),
    /** Request body; null when it was too large to store, and only its size and digest are known. */
    request: jsonb().$type<unknown>(),
    requestBytes: integer().notNull(),
    requestDigest: text().notNull(),
    /** Predictions and their difference, or an explanation, or the totals of a batch, by kind. */
    result: jsonb().$type<unknown>(),
    /** Summary of the result for lists: "7 and 1". */
    words: text().notNull().default(""),
    /** Reason for the failure. */
    problem: text(),
    /** Progress in items, or in requested rows. */
    done: integer().notNull().default(0),
    total: integer().notNull().default(0),
    startedBy: text().notNull(),
    startedById: text().notNull(),
    startedAt: instant().notNull().defaultNow(),
    heartbeatAt: instant().notNull().defaultNow(),
    endedAt: instant(),
  },
  (table) => [
    index("playground_runs_workspace").on(table.workspaceId, table.startedAt),
    index("playground_runs_parent").on(table.parentId),
  ],
);

/** One file or row of a batch. */
export const playgroundItems = pgTable(
  "playground_items",
  {
    workspaceId: ofWorkspace(),
    runId: belongsTo(() => playgroundRuns.id),
    place: integer().notNull(),
    name: text().notNull(),
    /** ItemResult of server/serve/playground/contract.ts. */
    result: jsonb().$type<JsonColumns["playgroundItems.result"]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.place] })],
);
