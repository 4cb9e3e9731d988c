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
 * A registered model or version that was deleted, with every row that went with it, so that it can come back as it was. MLflow's
 * interface deletes them for good at once; here they wait.
 */
export const trashedModels = pgTable(
  "trashed_models",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    kind: text({ enum: ["model", "version"] }).notNull(),
    modelId: uuid().notNull(),
    name: text().notNull(),
    /** Undefined for a whole model. */
    version: integer(),
    /** Rows by table, parents first: `[{ "table": "model_versions", "rows": [{ … }] }]`. */
    rows: jsonb().$type<JsonColumns["trashedModels.rows"]>().notNull(),
    deletedAt: bigint({ mode: "number" }).notNull(),
    deletedBy: text().notNull(),
    reason: text(),
  },
  (table) => [index("trashed_models_workspace").on(table.workspaceId, table.deletedAt)],
);

/** Something that is being deleted for good, or has been. While it is not finished, a job works on it, whatever happens to the job. */
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
  /** Days without a write after which a run goes to the trash; null: never. */
  deleteRunsAfterDays: integer(),
  /** Days in the trash after which something is deleted for good; null: never. */
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
