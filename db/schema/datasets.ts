import {
  bigint,
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import type { JsonColumns } from "./json-columns.ts";

// A dataset is what has a name. Versions that MLflow clients logged are in the table datasets of tracking.ts, per experiment.

/** waiting: to be read by the worker; failed: problem says where; done: there is a version. */
export const datasetWork = pgEnum("dataset_work", ["waiting", "running", "done", "failed"]);

/** A version whose rows Leeway has read from an uploaded file. */
export const datasetVersions = pgTable(
  "dataset_versions",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    name: text().notNull(),
    /** Start of contentHash; a client that logs this digest under this name means this version. */
    digest: text().notNull(),
    /** Hash of the rows as a multiset, whatever their order and the format of the file. */
    contentHash: text().notNull(),
    fileName: text().notNull(),
    format: text().notNull(),
    artifactKey: text().notNull(),
    sizeBytes: bigint({ mode: "number" }).notNull(),
    /** Digest of the file. */
    sha256: text().notNull(),
    rows: bigint({ mode: "number" }).notNull(),
    /** ColumnProfile[] of server/develop/datasets/contract.ts. */
    columns: jsonb().$type<JsonColumns["datasetVersions.columns"]>().notNull(),
    note: text().notNull().default(""),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex("dataset_versions_digest").on(table.workspaceId, table.name, table.digest),
    uniqueIndex("dataset_versions_id").on(table.workspaceId, table.id),
  ],
);

/** A file that was received and is to become a version. */
export const datasetUploads = pgTable(
  "dataset_uploads",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    name: text().notNull(),
    fileName: text().notNull(),
    format: text().notNull(),
    artifactKey: text().notNull(),
    sizeBytes: bigint({ mode: "number" }).notNull(),
    sha256: text().notNull(),
    note: text().notNull().default(""),
    state: datasetWork().notNull().default("waiting"),
    rowsRead: bigint({ mode: "number" }).notNull().default(0),
    /** UploadProblem of server/develop/datasets/contract.ts. */
    problem: jsonb().$type<JsonColumns["datasetUploads.problem"]>(),
    versionId: uuid().references(() => datasetVersions.id, { onDelete: "set null" }),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    finishedAt: instant(),
  },
  (table) => [index("dataset_uploads_name").on(table.workspaceId, table.name, table.createdAt)],
);

/** Contract of a dataset; the row with the highest revision is in effect. */
export const datasetContracts = pgTable(
  "dataset_contracts",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    name: text().notNull(),
    revision: integer().notNull(),
    /** ContractRules of server/develop/datasets/contract.ts. */
    rules: jsonb().$type<JsonColumns["datasetContracts.rules"]>().notNull(),
    reason: text().notNull(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [uniqueIndex("dataset_contracts_revision").on(table.workspaceId, table.name, table.revision)],
);

/** Result of checking a version against a contract. */
export const datasetChecks = pgTable(
  "dataset_checks",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    versionId: uuid().notNull(),
    contractId: belongsTo(() => datasetContracts.id),
    passed: boolean().notNull(),
    /** RuleResult[] of server/develop/datasets/contract.ts. */
    results: jsonb().$type<JsonColumns["datasetChecks.results"]>().notNull(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [
    foreignKey({
      columns: [table.workspaceId, table.versionId],
      foreignColumns: [datasetVersions.workspaceId, datasetVersions.id],
    }).onDelete("cascade"),
    uniqueIndex("dataset_checks_once").on(table.versionId, table.contractId),
  ],
);

/** A search for rows that are in two splits. */
export const leakageChecks = pgTable(
  "leakage_checks",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    name: text().notNull(),
    /** LeakageQuestion of server/develop/datasets/contract.ts. */
    question: jsonb().$type<JsonColumns["leakageChecks.question"]>().notNull(),
    state: datasetWork().notNull().default("waiting"),
    /** LeakageResult of server/develop/datasets/contract.ts. */
    result: jsonb().$type<JsonColumns["leakageChecks.result"]>(),
    problem: text(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    finishedAt: instant(),
  },
  (table) => [index("leakage_checks_name").on(table.workspaceId, table.name, table.createdAt)],
);
