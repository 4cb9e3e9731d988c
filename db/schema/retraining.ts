import { sql } from "drizzle-orm";
import { foreignKey, index, integer, jsonb, pgTable, text, unique, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import type { JsonColumns } from "./json-columns.ts";
import { registeredModels } from "./registry.ts";
import { endpoints } from "./serving.ts";

/** When the model of an endpoint is trained again, and how. One for each model. docs/spec/retraining.md. */
export const retrainingPolicies = pgTable(
  "retraining_policies",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    modelId: belongsTo(() => registeredModels.id),
    endpointId: belongsTo(() => endpoints.id),
    /** From 1; each change of rules or plan is a new one. */
    revision: integer().notNull().default(1),
    /** RetrainingPolicy of server/improve/retraining/contract.ts: when. */
    rules: jsonb().$type<JsonColumns["retrainingPolicies.rules"]>().notNull(),
    /** RetrainingPlan of server/improve/retraining/contract.ts: how. */
    plan: jsonb().$type<JsonColumns["retrainingPolicies.plan"]>().notNull(),
    /** User who is notified, and in whose name jobs run; without one, nothing is trained. */
    ownerId: text(),
    /** Since when it is paused; null while it is not. */
    pausedAt: instant(),
    pausedBy: text(),
    pauseReason: text(),
    /** When a worker last looked; null before the first time. */
    lookedAt: instant(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    unique("retraining_policies_id").on(table.workspaceId, table.id),
    uniqueIndex("retraining_policies_model").on(table.workspaceId, table.modelId),
    index("retraining_policies_endpoint").on(table.endpointId),
  ],
);

/** Runs through the loop: from what spoke for a training to what became of its candidate. */
export const retrainingCycles = pgTable(
  "retraining_cycles",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    policyId: uuid().notNull(),
    /** From 1, for each policy. */
    number: integer().notNull(),
    /** Revision of the policy that it follows, and what that was. */
    revision: integer().notNull(),
    rules: jsonb().$type<JsonColumns["retrainingCycles.rules"]>().notNull(),
    plan: jsonb().$type<JsonColumns["retrainingCycles.plan"]>().notNull(),
    /** Evidence[] of server/improve/retraining/look/evidence.ts. */
    evidence: jsonb().$type<JsonColumns["retrainingCycles.evidence"]>().notNull(),
    /** Name and id of who asked for it, and why; null where the policy did. */
    requestedBy: text(),
    requestedById: text(),
    requestReason: text(),
    state: text({
      enum: [
        "requested",
        "checking-data",
        "training",
        "evaluating",
        "gating",
        "approving",
        "rolling-out",
        "adopted",
        "rejected",
        "cancelled",
        "expired",
        "superseded",
      ],
    })
      .notNull()
      .default("requested"),
    /** Why it has ended, in words; "" until then. */
    words: text().notNull().default(""),
    /** Step that rejected it: "data", "training", "evaluation", "gate", "approval", "canary"; null for other ends. */
    rejectedAt: text({ enum: ["data", "training", "evaluation", "gate", "approval", "canary"] }),
    /** Version that served when it began; those that follow supersede it. */
    championId: uuid().notNull(),
    championVersion: integer().notNull(),
    /** DataPart of server/improve/retraining/contract.ts: what makes the dataset version, and that; null until it is asked for. */
    data: jsonb().$type<JsonColumns["retrainingCycles.data"]>(),
    /** The job that trains; null until it is submitted. */
    jobId: text(),
    /** The version that the job registered. */
    candidateId: uuid(),
    candidateVersion: integer(),
    /** ComparisonPart of server/improve/retraining/contract.ts: its evaluation runs, and the verdict; null until it is asked for. */
    comparison: jsonb().$type<JsonColumns["retrainingCycles.comparison"]>(),
    /** When the check list of the candidate was begun. */
    gatesAt: instant(),
    /** ApprovalPart of server/improve/retraining/contract.ts; null until it is asked for. */
    approval: jsonb().$type<JsonColumns["retrainingCycles.approval"]>(),
    rolloutId: uuid(),
    /** RetrainingOutcome of server/improve/retraining/outcome/contract.ts: whether an adopted candidate helped; null until it is known. */
    outcome: jsonb().$type<JsonColumns["retrainingCycles.outcome"]>(),
    /** CancelRequest of server/improve/retraining/contract.ts; null unless a person ends it. */
    cancelRequest: jsonb().$type<JsonColumns["retrainingCycles.cancelRequest"]>(),
    startedAt: instant().notNull().defaultNow(),
    endedAt: instant(),
  },
  (table) => [
    unique("retraining_cycles_id").on(table.workspaceId, table.id),
    uniqueIndex("retraining_cycles_number").on(table.policyId, table.number),
    // A storm cannot begin: a policy has one open cycle.
    uniqueIndex("retraining_cycles_open").on(table.policyId).where(sql`ended_at is null`),
    uniqueIndex("retraining_cycles_job").on(table.jobId),
    uniqueIndex("retraining_cycles_rollout").on(table.rolloutId),
    index("retraining_cycles_started").on(table.workspaceId, table.startedAt),
    foreignKey({
      name: "retraining_cycles_policy",
      columns: [table.workspaceId, table.policyId],
      foreignColumns: [retrainingPolicies.workspaceId, retrainingPolicies.id],
    }).onDelete("cascade"),
  ],
);

/** Steps that a cycle has begun, each once, with what it left behind. */
export const retrainingSteps = pgTable(
  "retraining_steps",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    cycleId: belongsTo(() => retrainingCycles.id),
    /** State of the cycle that began with it. */
    state: text().notNull(),
    /** One sentence with its numbers. */
    words: text().notNull().default(""),
    at: instant().notNull().defaultNow(),
  },
  (table) => [uniqueIndex("retraining_steps_state").on(table.cycleId, table.state)],
);

/** What a policy decided when it looked; written where it differs from the one before. */
export const retrainingDecisions = pgTable(
  "retraining_decisions",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    policyId: uuid().notNull(),
    revision: integer().notNull(),
    kind: text({ enum: ["quiet", "held", "fired"] }).notNull(),
    /** Evidence[] and Hold[] of server/improve/retraining/look. */
    evidence: jsonb().$type<JsonColumns["retrainingDecisions.evidence"]>().notNull(),
    holds: jsonb().$type<JsonColumns["retrainingDecisions.holds"]>().notNull(),
    /** The cycle that it started; null for others. */
    cycleId: uuid().references(() => retrainingCycles.id, { onDelete: "set null" }),
    at: instant().notNull().defaultNow(),
  },
  (table) => [
    index("retraining_decisions_policy").on(table.policyId, table.at),
    foreignKey({
      name: "retraining_decisions_policy_fk",
      columns: [table.workspaceId, table.policyId],
      foreignColumns: [retrainingPolicies.workspaceId, retrainingPolicies.id],
    }).onDelete("cascade"),
  ],
);
