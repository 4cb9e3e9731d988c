import { bigint, boolean, index, integer, jsonb, pgEnum, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import { storedSecret } from "./stored-secret.ts";

export const transferState = pgEnum("transfer_state", ["waiting", "running", "done", "failed", "cancelled"]);

/** Taking over from elsewhere: another MLflow server, a folder, event files, an export of Leeway. */
export const imports = pgTable(
  "imports",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    kind: text({ enum: ["mlflow-server", "mlruns", "tensorboard", "leeway"] }).notNull(),
    /** Address of the server, or name of the file. */
    origin: text().notNull(),
    /** Token of the server; deleted when the import ends. */
    secret: storedSecret(),
    /** Key of the uploaded file in the artifact store; removed when the import ends. */
    artifactKey: text(),
    state: transferState().notNull().default("waiting"),
    /** Reason for the failure. */
    message: text(),
    startedByName: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    endedAt: instant(),
    /** Process that runs the import, and the time at which its lease expires without a heartbeat. */
    runner: uuid(),
    leasedUntil: instant(),
    /** Runners that began it since it last made progress: data on which each runner dies is not tried for ever. */
    attempts: integer().notNull().default(0),
  },
  (table) => [index("imports_workspace").on(table.workspaceId, table.createdAt)],
);

/** One imported item, so that an import resumes where it stopped and a later one skips what has not changed. */
export const importItems = pgTable(
  "import_items",
  {
    workspaceId: ofWorkspace(),
    importId: belongsTo(() => imports.id),
    kind: text({ enum: ["experiment", "run", "logged-model", "version"] }).notNull(),
    /** Id or name of the item at the source. */
    sourceId: text().notNull(),
    /** Id of the item in Leeway; null when it could not be imported. */
    localId: text(),
    /** Changes when the thing does at the source. */
    fingerprint: text().notNull().default(""),
    points: bigint({ mode: "number" }).notNull().default(0),
    files: integer().notNull().default(0),
    bytes: bigint({ mode: "number" }).notNull().default(0),
    /** It had not changed since an import before. */
    isUnchanged: boolean().notNull().default(false),
    /** Sentences that describe what is missing or differs. */
    problems: jsonb().$type<string[]>().notNull().default([]),
    at: instant().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.importId, table.kind, table.sourceId] }),
    index("import_items_source").on(table.workspaceId, table.kind, table.sourceId),
  ],
);

/** A workspace written to one file that can be imported again. */
export const exports = pgTable(
  "exports",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    state: transferState().notNull().default("waiting"),
    message: text(),
    hasArtifacts: boolean().notNull().default(true),
    artifactKey: text(),
    sizeBytes: bigint({ mode: "number" }),
    sha256: text(),
    startedByName: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    endedAt: instant(),
    runner: uuid(),
    leasedUntil: instant(),
    /** Runners that began it. */
    attempts: integer().notNull().default(0),
  },
  (table) => [index("exports_workspace").on(table.workspaceId, table.createdAt)],
);
