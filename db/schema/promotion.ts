import { bigint, doublePrecision, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import type { JsonColumns } from "./json-columns.ts";
import { modelVersions, registeredModels } from "./registry.ts";

const number = () => bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity();

/** Author and time. `personId` is the person behind a session or a token; there is none behind Leeway itself. */
const author = () => ({
  actorKind: text({ enum: ["user", "token", "system"] }).notNull(),
  actorId: text().notNull(),
  actorName: text().notNull(),
  personId: uuid(),
  at: instant().notNull().defaultNow(),
});

/** Every move of every alias, never changed and never removed but with its model (see the migration's trigger). */
export const aliasChanges = pgTable(
  "alias_changes",
  {
    id: number(),
    workspaceId: ofWorkspace(),
    modelId: belongsTo(() => registeredModels.id),
    alias: text().notNull(),
    /** Null: it pointed at nothing. */
    fromVersion: integer(),
    /** Null: it points at nothing. */
    toVersion: integer(),
    /**
     * direct: by an authorised user; override: bypassing the protection, with a reason; request: approved; deletion: its version was
     * deleted.
     */
    cause: text({ enum: ["direct", "override", "request", "deletion"] }).notNull(),
    requestId: uuid(),
    reason: text(),
    ...author(),
  },
  (table) => [index("alias_changes_of_alias").on(table.modelId, table.alias, table.at, table.id)],
);

/** Requirements of a model for its versions. The newest row applies; without a model it is the default of the workspace. */
export const registryPolicies = pgTable(
  "registry_policies",
  {
    id: number(),
    workspaceId: ofWorkspace(),
    modelId: uuid().references(() => registeredModels.id, { onDelete: "cascade" }),
    /** A Policy of server/develop/registry/policy/contract.ts; null restores the default. */
    policy: jsonb().$type<JsonColumns["registryPolicies.policy"]>(),
    reason: text(),
    ...author(),
  },
  (table) => [index("registry_policies_newest").on(table.workspaceId, table.modelId, table.id)],
);

const ofVersion = () => belongsTo(() => modelVersions.id);

/** Result of one gate for one version, compared with the version that the alias pointed to at that time. */
export const gateRuns = pgTable(
  "gate_runs",
  {
    id: number(),
    workspaceId: ofWorkspace(),
    versionId: ofVersion(),
    alias: text().notNull(),
    /** All gates that were run together. */
    checkId: uuid().notNull(),
    /** Names one entry of the policy's checklist: "metric:accuracy". */
    gate: text().notNull(),
    settings: jsonb().$type<JsonColumns["gateRuns.settings"]>().notNull(),
    verdict: text({ enum: ["passed", "failed", "pending"] }).notNull(),
    words: text().notNull(),
    measured: doublePrecision(),
    limit: doublePrecision(),
    evidence: jsonb().$type<JsonColumns["gateRuns.evidence"]>().notNull(),
    baselineVersionId: uuid(),
    baselineVersion: integer(),
    ...author(),
  },
  (table) => [
    uniqueIndex("gate_runs_once").on(table.checkId, table.gate),
    index("gate_runs_newest").on(table.versionId, table.alias, table.gate, table.id),
  ],
);

/** A gate that did not pass and is accepted until a date. */
export const gateWaivers = pgTable(
  "gate_waivers",
  {
    id: number(),
    workspaceId: ofWorkspace(),
    versionId: ofVersion(),
    alias: text().notNull(),
    gate: text().notNull(),
    /** Gate run that was waived. */
    gateRunId: bigint({ mode: "number" }).notNull(),
    reason: text().notNull(),
    until: instant().notNull(),
    ...author(),
  },
  (table) => [index("gate_waivers_of_gate").on(table.versionId, table.alias, table.gate, table.until)],
);

export const promotionRequests = pgTable(
  "promotion_requests",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    modelId: belongsTo(() => registeredModels.id),
    /** Null once the version is deleted. */
    versionId: uuid().references(() => modelVersions.id, { onDelete: "set null" }),
    version: integer().notNull(),
    alias: text().notNull(),
    reason: text().notNull(),
    ...author(),
  },
  (table) => [
    index("promotion_requests_of_model").on(table.modelId, table.at),
    index("promotion_requests_of_workspace").on(table.workspaceId, table.at),
    index("promotion_requests_of_version").on(table.versionId),
  ],
);

/** Outcome of a request. The primary key admits only one of two decisions. */
export const promotionDecisions = pgTable("promotion_decisions", {
  requestId: belongsTo(() => promotionRequests.id).primaryKey(),
  workspaceId: ofWorkspace(),
  kind: text({ enum: ["approved", "rejected", "withdrawn"] }).notNull(),
  reason: text(),
  /** Version that the alias pointed to before it was moved. */
  fromVersion: integer(),
  ...author(),
});
