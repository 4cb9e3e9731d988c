import { sql } from "drizzle-orm";
import { bigint, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { belongsTo, bytes, instant, ofWorkspace } from "./columns.ts";
import { datasetVersions } from "./datasets.ts";
import type { JsonColumns } from "./json-columns.ts";
import { modelVersions } from "./registry.ts";

/** Rows of a dataset version that versions of models are evaluated on. Its definition never changes. */
export const evaluationSets = pgTable(
  "evaluation_sets",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    name: text().notNull(),
    /** SHA-256 of the definition and the file of rows. */
    digest: text().notNull(),
    datasetVersionId: belongsTo(() => datasetVersions.id),
    /** EvaluationSetDefinition of server/release/evaluation/contract.ts. */
    definition: jsonb().$type<JsonColumns["evaluationSets.definition"]>().notNull(),
    /** ready: labels, segments and excluded rows were read. */
    state: text({ enum: ["waiting", "running", "ready", "failed"] })
      .notNull()
      .default("waiting"),
    rowsRead: bigint({ mode: "number" }).notNull().default(0),
    /** EvaluationSetFacts of server/release/evaluation/contract.ts; null until the set is ready. */
    facts: jsonb().$type<JsonColumns["evaluationSets.facts"]>(),
    /** UploadProblem of server/develop/datasets/contract.ts. */
    problem: jsonb().$type<JsonColumns["evaluationSets.problem"]>(),
    /** Artifact key of labels, weights, segments and excluded rows, column by column. */
    rowsKey: text(),
    note: text().notNull().default(""),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    finishedAt: instant(),
    retiredAt: instant(),
    retiredBy: text(),
    retirementReason: text(),
  },
  (table) => [
    uniqueIndex("evaluation_sets_digest").on(table.workspaceId, table.name, table.digest),
    index("evaluation_sets_created").on(table.workspaceId, table.createdAt),
  ],
);

/** Evaluation of one version on one set. Repeated with the same file, pipeline, provider and settings, it is the same row. */
export const evaluationRuns = pgTable(
  "evaluation_runs",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    setId: belongsTo(() => evaluationSets.id),
    versionId: belongsTo(() => modelVersions.id),
    kind: text({ enum: ["evaluation", "robustness"] }).notNull(),
    /** SHA-256 of the version's file. */
    modelDigest: text().notNull(),
    /** "" without a pipeline. */
    pipelineDigest: text().notNull().default(""),
    /** Requested provider; "" leaves it to the installation. */
    provider: text().notNull().default(""),
    /** Provider that it ran on. */
    ranOn: text(),
    /** RobustnessSettings of server/release/evaluation/contract.ts; null for evaluations. */
    settings: jsonb().$type<JsonColumns["evaluationRuns.settings"]>(),
    /** SHA-256 of the settings, "" for evaluations. */
    settingsDigest: text().notNull().default(""),
    state: text({ enum: ["waiting", "running", "done", "failed", "cancelled"] })
      .notNull()
      .default("waiting"),
    rowsDone: bigint({ mode: "number" }).notNull().default(0),
    rowsTotal: bigint({ mode: "number" }).notNull(),
    /** EvaluationResult or RobustnessResult of server/release/evaluation/contract.ts; null until it is done. */
    result: jsonb().$type<JsonColumns["evaluationRuns.result"]>(),
    /** TrainingLeakage of server/release/evaluation/contract.ts; null until it was checked. */
    leakage: jsonb().$type<JsonColumns["evaluationRuns.leakage"]>(),
    /** Sentence for people; null unless it failed. */
    problem: text(),
    /** Artifact key of its rows, column by column. */
    rowsKey: text(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    startedAt: instant(),
    finishedAt: instant(),
    /** Process that runs it now, and the time at which its lease expires without a heartbeat. */
    runner: uuid(),
    leasedUntil: instant(),
    /** Runners that began it. */
    attempts: integer().notNull().default(0),
  },
  (table) => [
    uniqueIndex("evaluation_runs_key").on(
      table.setId,
      table.versionId,
      table.kind,
      table.modelDigest,
      table.pipelineDigest,
      table.provider,
      table.settingsDigest,
    ),
    index("evaluation_runs_version").on(table.versionId, table.createdAt),
    index("evaluation_runs_open").on(table.workspaceId).where(sql`state in ('waiting', 'running')`),
  ],
);

/** Rows of a run that is not finished: together with the run's progress, the place at which another runner continues. */
export const evaluationParts = pgTable(
  "evaluation_parts",
  {
    runId: belongsTo(() => evaluationRuns.id),
    workspaceId: ofWorkspace(),
    /** Rows of the run before this part. */
    position: bigint({ mode: "number" }).notNull(),
    rows: integer().notNull(),
    /** Packed columns, see server/release/evaluation/rows/pack-columns.ts. */
    data: bytes().notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.position] })],
);
