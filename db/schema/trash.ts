import { sql } from "drizzle-orm";
import {
  bigint,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { instant, ofWorkspace } from "./columns.ts";
import type { JsonColumns } from "./json-columns.ts";
import { experiments } from "./tracking.ts";

/**
 * A deleted registered model or version with every row deleted along with it, so that it can be restored unchanged. MLflow's
 * API deletes them permanently at once; here they stay in the trash.
 */
export const trashedModels = pgTable(
  "trashed_models",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    kind: text({ enum: ["model", "version"] }).notNull(),
    modelId: uuid().notNull(),
    name: text().notNull(),
    /** Null for a complete model. */
    version: integer(),
    /** Rows by table, parents first: `[{ "table": "model_versions", "rows": [{ … }] }]`. */
    rows: jsonb().$type<JsonColumns["trashedModels.rows"]>().notNull(),
    deletedAt: bigint({ mode: "number" }).notNull(),
    deletedBy: text().notNull(),
    reason: text(),
  },
  (table) => [index("trashed_models_workspace").on(table.workspaceId, table.deletedAt)],
);

/** Permanent deletions, finished or in progress. While one is unfinished, a job works on it, even if an earlier job was lost. */
export const purges = pgTable(
  "purges",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    kind: text({ enum: ["experiment", "run", "logged-model", "model", "version"] }).notNull(),
    /** Id of the thing: of the experiment, run or logged model, or of the row in trashed_models. */
    subjectId: text().notNull(),
    name: text().notNull(),
    requestedBy: text().notNull(),
    reason: text(),
    startedAt: instant().notNull().defaultNow(),
    finishedAt: instant(),
    /** Consecutive failures of its steps. */
    attempts: integer().notNull().default(0),
    /** What the last step failed with, or why nothing was deleted; null when all is well. */
    problem: text(),
    /** Time before which a failed purge is not tried again, and keeps nothing else waiting. */
    retryAt: instant(),
  },
  (table) => [
    uniqueIndex("purges_open")
      .on(table.workspaceId, table.kind, table.subjectId)
      .where(sql`${table.finishedAt} is null`),
  ],
);

/** After how many days what becomes of runs and of the trash, in a workspace. Without a row: never, and 30 days. */
export const workspaceRetention = pgTable("workspace_retention", {
  workspaceId: ofWorkspace().primaryKey(),
  /** Days without a write after which a run is moved to the trash; null: never. */
  deleteRunsAfterDays: integer(),
  /** Days in the trash after which an item is permanently deleted; null: never. */
  purgeAfterDays: integer(),
  updatedAt: instant().notNull(),
});

/** The same for the runs of one experiment, before the rule of its workspace. */
export const experimentRetention = pgTable(
  "experiment_retention",
  {
    workspaceId: uuid().notNull(),
    experimentId: bigint({ mode: "number" }).notNull(),
    deleteRunsAfterDays: integer(),
    purgeAfterDays: integer(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.experimentId] }),
    foreignKey({
      columns: [table.workspaceId, table.experimentId],
      foreignColumns: [experiments.workspaceId, experiments.id],
    }).onDelete("cascade"),
  ],
);
