import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  doublePrecision,
  foreignKey,
  index,
  integer,
  pgEnum,
  pgSequence,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { belongsTo, bytes, milliseconds, ofWorkspace } from "./columns.ts";

export const runStatus = pgEnum("run_status", ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]);

/** All times in this file are integer milliseconds since 1970 UTC, as on MLflow's wire. */

export const experimentIds = pgSequence("experiment_ids");

/** Ids come from one sequence over all workspaces, except 0: the "Default" experiment of each. */
export const experiments = pgTable(
  "experiments",
  {
    workspaceId: ofWorkspace(),
    id: bigint({ mode: "number" }).notNull(),
    name: text().notNull(),
    artifactLocation: text().notNull(),
    createdAt: milliseconds().notNull(),
    updatedAt: milliseconds().notNull(),
    deletedAt: milliseconds(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.id] }),
    uniqueIndex("experiments_active_name").on(table.workspaceId, table.name).where(sql`${table.deletedAt} is null`),
  ],
);

export const experimentTags = pgTable(
  "experiment_tags",
  {
    workspaceId: uuid().notNull(),
    experimentId: bigint({ mode: "number" }).notNull(),
    key: text().notNull(),
    value: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.experimentId, table.key] }),
    foreignKey({
      columns: [table.workspaceId, table.experimentId],
      foreignColumns: [experiments.workspaceId, experiments.id],
    }).onDelete("cascade"),
  ],
);

export const runs = pgTable(
  "runs",
  {
    id: text().primaryKey(),
    workspaceId: uuid().notNull(),
    experimentId: bigint({ mode: "number" }).notNull(),
    parentRunId: text(),
    name: text().notNull(),
    userName: text().notNull(),
    status: runStatus().notNull(),
    startedAt: milliseconds().notNull(),
    endedAt: milliseconds(),
    artifactUri: text().notNull(),
    /** Moved by every write, so that a page can tell a live run from a silent one. */
    updatedAt: milliseconds().notNull(),
    deletedAt: milliseconds(),
    /** Set by every write; cleared by the worker once it has packed the metric points of a run that is quiet. */
    needsPacking: boolean().notNull().default(true),
  },
  (table) => [
    foreignKey({
      columns: [table.workspaceId, table.experimentId],
      foreignColumns: [experiments.workspaceId, experiments.id],
    }).onDelete("cascade"),
    // No index includes the time of the last write: an index on what every write changes would make each write slower.
    index("runs_unpacked").on(table.id).where(sql`${table.needsPacking}`),
    index("runs_experiment").on(table.workspaceId, table.experimentId, table.startedAt),
    // Equal entries take a few bytes each: counting 100,000 runs reads 90 pages instead of 2,700.
    index("runs_active_status")
      .on(table.workspaceId, table.experimentId, table.status)
      .where(sql`${table.deletedAt} is null`),
    index("runs_parent").on(table.parentRunId),
    // Search reads runs of all experiments, newest first, and ends early at common words.
    index("runs_newest").on(table.workspaceId, table.startedAt).where(sql`${table.deletedAt} is null`),
  ],
);

const runId = () =>
  text()
    .notNull()
    .references(() => runs.id, { onDelete: "cascade" });

// No reference to workspaces in what belongs to a run, which has one: every insert would lock the one row of the tenant.
export const runParams = pgTable(
  "run_params",
  { workspaceId: uuid().notNull(), runId: runId(), key: text().notNull(), value: text().notNull() },
  (table) => [primaryKey({ columns: [table.runId, table.key] })],
);

export const runTags = pgTable(
  "run_tags",
  { workspaceId: uuid().notNull(), runId: runId(), key: text().notNull(), value: text().notNull() },
  (table) => [primaryKey({ columns: [table.runId, table.key] })],
);

/** One key of one run, with its latest point: the one with the greatest (step, timestamp, value). For tables, filters and ordering. */
export const metricSeries = pgTable(
  "metric_series",
  {
    id: bigint({ mode: "number" }).notNull().unique().generatedAlwaysAsIdentity(),
    workspaceId: uuid().notNull(),
    runId: runId(),
    key: text().notNull(),
    step: bigint({ mode: "number" }).notNull(),
    timestamp: milliseconds().notNull(),
    value: doublePrecision().notNull(),
    /** The greatest point in a chunk, by (step, timestamp, value); null while there is no chunk. What is greater is in no chunk. */
    packedStep: bigint({ mode: "number" }),
    packedTimestamp: milliseconds(),
    packedValue: doublePrecision(),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.key] }),
    index("metric_series_key").on(table.workspaceId, table.key, table.value),
  ],
);

/**
 * One point that is not packed yet; most are in metric_chunks. NaN is stored as Postgres NaN, which compares equal to itself: a
 * repeated point is stored once.
 * The series is not a foreign key: checking it for each point takes a third of the time of a batch (measured: 9.0 against 5.9 ms for
 * 1,000 points). Points are written with their series in one statement; code that deletes a series must delete its points.
 */
export const metricPoints = pgTable(
  "metric_points",
  {
    seriesId: bigint({ mode: "number" }).notNull(),
    step: bigint({ mode: "number" }).notNull(),
    timestamp: milliseconds().notNull(),
    value: doublePrecision().notNull(),
  },
  (table) => [primaryKey({ columns: [table.seriesId, table.step, table.timestamp, table.value] })],
);

/**
 * Points of one series in the order of (step, timestamp, value), about 12 bytes each. Chunks of a series do not overlap in that
 * order, and no point is in a chunk and in metric_points. As there, the series is not a foreign key.
 */
export const metricChunks = pgTable(
  "metric_chunks",
  {
    seriesId: bigint({ mode: "number" }).notNull(),
    firstStep: bigint({ mode: "number" }).notNull(),
    firstTimestamp: milliseconds().notNull(),
    firstValue: doublePrecision().notNull(),
    lastStep: bigint({ mode: "number" }).notNull(),
    lastTimestamp: milliseconds().notNull(),
    lastValue: doublePrecision().notNull(),
    /** Minimum and maximum time of all its points: in step order, times may go back and forth. */
    earliest: milliseconds().notNull(),
    latest: milliseconds().notNull(),
    points: integer().notNull(),
    /** First step at which the value is NaN. */
    nanStep: bigint({ mode: "number" }),
    /** False until the worker has merged it with its neighbours. */
    isSettled: boolean().notNull(),
    /** See server/develop/tracking/metrics/chunk-codec.ts. */
    data: bytes().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.seriesId, table.firstStep, table.firstTimestamp, table.firstValue] }),
    index("metric_chunks_unsettled").on(table.seriesId).where(sql`not ${table.isSettled}`),
  ],
);

export const datasets = pgTable(
  "datasets",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: uuid().notNull(),
    experimentId: bigint({ mode: "number" }).notNull(),
    name: text().notNull(),
    digest: text().notNull(),
    sourceType: text().notNull(),
    source: text().notNull(),
    schema: text(),
    profile: text(),
    createdAt: milliseconds().notNull(),
  },
  (table) => [
    foreignKey({
      columns: [table.workspaceId, table.experimentId],
      foreignColumns: [experiments.workspaceId, experiments.id],
    }).onDelete("cascade"),
    uniqueIndex("datasets_identity").on(table.workspaceId, table.experimentId, table.name, table.digest),
  ],
);

export const runDatasets = pgTable(
  "run_datasets",
  {
    workspaceId: uuid().notNull(),
    runId: runId(),
    datasetId: belongsTo(() => datasets.id),
    /** The input tag mlflow.data.context: "training", "validation" … */
    tags: text().notNull().default("[]"),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.datasetId] }),
    index("run_datasets_dataset").on(table.datasetId),
  ],
);
