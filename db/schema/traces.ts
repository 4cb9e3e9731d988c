import { sql } from "drizzle-orm";
import { bigint, boolean, foreignKey, index, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { milliseconds } from "./columns.ts";
import { experiments } from "./tracking.ts";

/** Times are integer milliseconds since 1970 UTC unless the name says nanoseconds. */

/** One request through an application that is traced. Its id is chosen by the client: "tr-" and OpenTelemetry's trace id in hex. */
export const traces = pgTable(
  "traces",
  {
    workspaceId: uuid().notNull(),
    id: text().notNull(),
    experimentId: bigint({ mode: "number" }).notNull(),
    startedAt: milliseconds().notNull(),
    durationMs: milliseconds(),
    state: text({ enum: ["STATE_UNSPECIFIED", "OK", "ERROR", "IN_PROGRESS"] }).notNull(),
    requestPreview: text(),
    responsePreview: text(),
    clientRequestId: text(),
    metadata: jsonb().$type<Record<string, string>>().notNull().default({}),
    tags: jsonb().$type<Record<string, string>>().notNull().default({}),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.id] }),
    foreignKey({
      columns: [table.workspaceId, table.experimentId],
      foreignColumns: [experiments.workspaceId, experiments.id],
    }).onDelete("cascade"),
    index("traces_experiment").on(table.workspaceId, table.experimentId, table.startedAt),
  ],
);

const ofTrace = () => ({ workspaceId: uuid().notNull(), traceId: text().notNull() });

export const traceSpans = pgTable(
  "trace_spans",
  {
    ...ofTrace(),
    /** 16 hex digits. */
    id: text().notNull(),
    parentId: text(),
    name: text().notNull(),
    /** The attribute mlflow.spanType: "LLM", "CHAIN" …; "" when there is none. */
    type: text().notNull(),
    status: text({ enum: ["UNSET", "OK", "ERROR"] }).notNull(),
    startedAtNanoseconds: bigint({ mode: "bigint" }).notNull(),
    endedAtNanoseconds: bigint({ mode: "bigint" }).notNull(),
    /** As text, what is not text as JSON; for filters. */
    attributes: jsonb().$type<Record<string, string>>().notNull(),
    /** The complete span as OTLP JSON, with names in snake_case. */
    content: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.traceId, table.id] }),
    foreignKey({
      columns: [table.workspaceId, table.traceId],
      foreignColumns: [traces.workspaceId, traces.id],
    }).onDelete("cascade"),
  ],
);

/** A verdict on a trace (feedback) or what it should have been (expectation). */
export const traceAssessments = pgTable(
  "trace_assessments",
  {
    ...ofTrace(),
    id: text().notNull(),
    kind: text({ enum: ["feedback", "expectation"] }).notNull(),
    name: text().notNull(),
    /** JSON of any kind, as text. */
    value: text().notNull(),
    sourceType: text().notNull(),
    sourceId: text().notNull(),
    rationale: text(),
    metadata: jsonb().$type<Record<string, string>>(),
    spanId: text(),
    /** The assessment that this one replaces. */
    overrides: text(),
    /** Error of the assessment, as the client sent it. */
    error: jsonb().$type<unknown>(),
    /** False once another one overrides it. */
    isValid: boolean().notNull().default(true),
    createdAt: milliseconds().notNull(),
    updatedAt: milliseconds().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.id] }),
    foreignKey({
      columns: [table.workspaceId, table.traceId],
      foreignColumns: [traces.workspaceId, traces.id],
    }).onDelete("cascade"),
    index("trace_assessments_trace").on(table.workspaceId, table.traceId),
  ],
);

/** Questions and their expected answers, stored to evaluate an application repeatedly. */
export const evaluationDatasets = pgTable(
  "evaluation_datasets",
  {
    workspaceId: uuid().notNull(),
    id: text().notNull(),
    name: text().notNull(),
    digest: text().notNull(),
    tags: jsonb().$type<Record<string, string>>().notNull().default({}),
    experimentIds: bigint({ mode: "number" }).array().notNull().default(sql`'{}'`),
    createdBy: text().notNull(),
    updatedBy: text().notNull(),
    createdAt: milliseconds().notNull(),
    updatedAt: milliseconds().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.id] }),
    index("evaluation_datasets_created").on(table.workspaceId, table.createdAt),
  ],
);

export const evaluationRecords = pgTable(
  "evaluation_records",
  {
    workspaceId: uuid().notNull(),
    datasetId: text().notNull(),
    id: text().notNull(),
    /** SHA-256 of the inputs: the same question is one record. */
    inputHash: text().notNull(),
    inputs: jsonb().$type<Record<string, unknown>>().notNull(),
    outputs: jsonb().$type<unknown>(),
    expectations: jsonb().$type<Record<string, unknown>>(),
    tags: jsonb().$type<Record<string, string>>(),
    /** Source of the record as the client sent it: a trace, a document, a person. */
    source: jsonb().$type<unknown>(),
    createdBy: text().notNull(),
    updatedBy: text().notNull(),
    createdAt: milliseconds().notNull(),
    updatedAt: milliseconds().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.datasetId, table.inputHash] }),
    foreignKey({
      columns: [table.workspaceId, table.datasetId],
      foreignColumns: [evaluationDatasets.workspaceId, evaluationDatasets.id],
    }).onDelete("cascade"),
  ],
);
