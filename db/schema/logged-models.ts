import {
  bigint,
  boolean,
  doublePrecision,
  foreignKey,
  index,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { milliseconds, ofWorkspace } from "./columns.ts";
import { experiments, runs } from "./tracking.ts";

export const loggedModelStatus = pgEnum("logged_model_status", [
  "LOGGED_MODEL_PENDING",
  "LOGGED_MODEL_READY",
  "LOGGED_MODEL_UPLOAD_FAILED",
]);

export const loggedModels = pgTable(
  "logged_models",
  {
    id: text().primaryKey(),
    workspaceId: uuid().notNull(),
    experimentId: bigint({ mode: "number" }).notNull(),
    name: text().notNull(),
    modelType: text().notNull().default(""),
    sourceRunId: text().notNull().default(""),
    artifactUri: text().notNull(),
    status: loggedModelStatus().notNull(),
    statusMessage: text(),
    createdAt: milliseconds().notNull(),
    updatedAt: milliseconds().notNull(),
    deletedAt: milliseconds(),
  },
  (table) => [
    foreignKey({
      columns: [table.workspaceId, table.experimentId],
      foreignColumns: [experiments.workspaceId, experiments.id],
    }).onDelete("cascade"),
    index("logged_models_experiment").on(table.workspaceId, table.experimentId, table.createdAt),
    index("logged_models_run").on(table.sourceRunId),
  ],
);

const loggedModelId = () =>
  text()
    .notNull()
    .references(() => loggedModels.id, { onDelete: "cascade" });

export const loggedModelParams = pgTable(
  "logged_model_params",
  { workspaceId: ofWorkspace(), modelId: loggedModelId(), key: text().notNull(), value: text().notNull() },
  (table) => [primaryKey({ columns: [table.modelId, table.key] })],
);

export const loggedModelTags = pgTable(
  "logged_model_tags",
  { workspaceId: ofWorkspace(), modelId: loggedModelId(), key: text().notNull(), value: text().notNull() },
  (table) => [primaryKey({ columns: [table.modelId, table.key] })],
);

export const loggedModelMetrics = pgTable(
  "logged_model_metrics",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    workspaceId: ofWorkspace(),
    modelId: loggedModelId(),
    runId: text().notNull(),
    key: text().notNull(),
    step: bigint({ mode: "number" }).notNull(),
    timestamp: milliseconds().notNull(),
    value: doublePrecision().notNull(),
    datasetName: text().notNull().default(""),
    datasetDigest: text().notNull().default(""),
  },
  (table) => [
    uniqueIndex("logged_model_metrics_point").on(
      table.modelId,
      table.runId,
      table.key,
      table.step,
      table.timestamp,
      table.value,
    ),
  ],
);

/** Models that a run used (input) or created (output). The id is not checked, as in MLflow's API. */
export const runModels = pgTable(
  "run_models",
  {
    workspaceId: ofWorkspace(),
    runId: text()
      .notNull()
      .references(() => runs.id, { onDelete: "cascade" }),
    modelId: text().notNull(),
    isOutput: boolean().notNull(),
    step: bigint({ mode: "number" }).notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.runId, table.modelId, table.isOutput] })],
);
