import {
  bigint,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { belongsTo, instant, milliseconds, ofWorkspace } from "./columns.ts";
import { users } from "./identity.ts";
import type { JsonColumns } from "./json-columns.ts";

/** pending: not yet opened; servable: an ONNX file with a known signature; unservable: says why in inspectionMessage. */
export const inspectionState = pgEnum("inspection_state", ["pending", "servable", "unservable"]);

export const registeredModels = pgTable(
  "registered_models",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    name: text().notNull(),
    description: text(),
    ownerName: text().notNull().default(""),
    /** The user named by `ownerName`; null when it is only a name, such as that of a pipeline. */
    ownerId: uuid().references(() => users.id, { onDelete: "set null" }),
    /** Highest version number ever used, so that numbers are never reused. */
    lastVersion: integer().notNull().default(0),
    createdAt: milliseconds().notNull(),
    updatedAt: milliseconds().notNull(),
  },
  (table) => [uniqueIndex("registered_models_name").on(table.workspaceId, table.name)],
);

const modelId = () => belongsTo(() => registeredModels.id);

export const registeredModelTags = pgTable(
  "registered_model_tags",
  { workspaceId: ofWorkspace(), modelId: modelId(), key: text().notNull(), value: text().notNull() },
  (table) => [primaryKey({ columns: [table.modelId, table.key] })],
);

export const modelVersions = pgTable(
  "model_versions",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    modelId: modelId(),
    version: integer().notNull(),
    source: text().notNull(),
    /** Location of the files: `source` with "models:/…" resolved when the version was created. */
    storageLocation: text().notNull(),
    runId: text().notNull().default(""),
    runLink: text().notNull().default(""),
    loggedModelId: text(),
    description: text(),
    userName: text().notNull().default(""),
    stage: text().notNull().default("None"),
    inspection: inspectionState().notNull().default("pending"),
    inspectionMessage: text(),
    inspectedAt: instant(),
    /** Key of the ONNX file in the artifact store. */
    artifactKey: text(),
    sizeBytes: bigint({ mode: "number" }),
    sha256: text(),
    /** A Signature of server/develop/registry/onnx/contract.ts. */
    signature: jsonb().$type<JsonColumns["modelVersions.signature"]>(),
    /** An OnnxGraph of server/develop/registry/onnx/contract.ts. */
    graph: jsonb().$type<JsonColumns["modelVersions.graph"]>(),
    /** Lines of the requirements.txt beside the model. */
    packages: jsonb().$type<string[]>(),
    /** A Pipeline of server/develop/registry/pipeline/definition.ts; does not change once the version was deployed. */
    pipeline: jsonb().$type<JsonColumns["modelVersions.pipeline"]>(),
    /** SHA-256 of the pipeline's canonical JSON. */
    pipelineDigest: text(),
    createdAt: milliseconds().notNull(),
    updatedAt: milliseconds().notNull(),
  },
  (table) => [
    uniqueIndex("model_versions_number").on(table.modelId, table.version),
    index("model_versions_run").on(table.runId),
    index("model_versions_workspace").on(table.workspaceId, table.createdAt),
  ],
);

const versionId = () => belongsTo(() => modelVersions.id);

export const modelVersionTags = pgTable(
  "model_version_tags",
  { workspaceId: ofWorkspace(), versionId: versionId(), key: text().notNull(), value: text().notNull() },
  (table) => [primaryKey({ columns: [table.versionId, table.key] })],
);

export const modelAliases = pgTable(
  "model_aliases",
  { workspaceId: ofWorkspace(), modelId: modelId(), alias: text().notNull(), versionId: versionId() },
  (table) => [
    primaryKey({ columns: [table.modelId, table.alias] }),
    index("model_aliases_version").on(table.versionId),
  ],
);
