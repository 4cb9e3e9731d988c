import { bigint, boolean, index, integer, jsonb, pgEnum, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";

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
    /** Token of the server; forgotten when the import ends. */
    secret: text(),
    /** Where the uploaded file lies in the artifact store; removed when the import ends. */
    artifactKey: text(),
    state: transferState().notNull().default("waiting"),
    /** Why it failed. */
    message: text(),
    startedByName: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    endedAt: instant(),
    /** Who runs it, and until when that counts without a sign of life. */
    runner: uuid(),
    leasedUntil: instant(),
  },
  (table) => [index("imports_workspace").on(table.workspaceId, table.createdAt)],
);

/** One thing that was taken over, so that an import goes on where it stopped and a later one skips what has not changed. */
export const importItems = pgTable(
  "import_items",
  {
    workspaceId: ofWorkspace(),
    importId: belongsTo(() => imports.id),
    kind: text({ enum: ["experiment", "run", "logged-model", "version"] }).notNull(),
    /** Its id or name at the source. */
    sourceId: text().notNull(),
    /** Its id here; null when it could not be taken over. */
    localId: text(),
    /** Changes when the thing does at the source. */
    fingerprint: text().notNull().default(""),
    points: bigint({ mode: "number" }).notNull().default(0),
    files: integer().notNull().default(0),
    bytes: bigint({ mode: "number" }).notNull().default(0),
    /** It had not changed since an import before. */
    isUnchanged: boolean().notNull().default(false),
    /** What is missing or differs, in sentences. */
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
  },
  (table) => [index("exports_workspace").on(table.workspaceId, table.createdAt)],
);
