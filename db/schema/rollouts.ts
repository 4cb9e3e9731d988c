import { sql } from "drizzle-orm";
import {
  bigint,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import type { JsonColumns } from "./json-columns.ts";
import { modelVersions } from "./registry.ts";
import { endpoints } from "./serving.ts";

const version = () => belongsTo(() => modelVersions.id);

/** A new version that takes over the traffic of an endpoint step by step. At most one per endpoint is ongoing. */
export const rollouts = pgTable(
  "rollouts",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    endpointId: belongsTo(() => endpoints.id),
    /** Version that served before, and serves again after a rollback, with the deployment that holds its providers and engine. */
    stableVersionId: version(),
    stableDeploymentId: bigint({ mode: "number" }).notNull(),
    canaryVersionId: version(),
    /** Providers of the new version, in order of preference; empty leaves the choice to the gateway. */
    providers: text().array().notNull(),
    /** RolloutPlan of server/serve/rollout/plan/contract.ts, never changed after the start. */
    plan: jsonb().$type<JsonColumns["rollouts.plan"]>().notNull(),
    /**
     * FrozenFacts of server/serve/rollout/contract.ts: facts about the endpoint read at the start, such as the latency that counts as
     * slow.
     */
    frozen: jsonb().$type<JsonColumns["rollouts.frozen"]>().notNull(),
    /** Salt of the hash that assigns units. */
    salt: text().notNull(),
    phase: text({ enum: ["starting", "stepping", "watching", "promoted", "rolled-back"] }).notNull(),
    /** RolloutState of server/serve/rollout/contract.ts. */
    state: jsonb().$type<JsonColumns["rollouts.state"]>().notNull(),
    /** Incremented with every change of `state`: of two concurrent changes, the second is rejected as a conflict. */
    revision: integer().notNull().default(0),
    reason: text().notNull(),
    startedBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    endedAt: instant(),
    /** Time of the worker's last evaluation. */
    evaluatedAt: instant(),
  },
  (table) => [
    index("rollouts_endpoint").on(table.endpointId, table.createdAt),
    index("rollouts_workspace").on(table.workspaceId, table.createdAt),
    uniqueIndex("rollouts_one_at_a_time")
      .on(table.endpointId)
      .where(sql`phase in ('starting', 'stepping', 'watching')`),
  ],
);

const ofRollout = () => belongsTo(() => rollouts.id);

/**
 * Counts by metric and step. For units that are requests, each lifetime of a gateway has its own rows and rewrites the complete counts
 * repeatedly; for units that are keys, and for labels, the transaction that marks the units as counted increments the rows.
 */
export const rolloutCounts = pgTable(
  "rollout_counts",
  {
    workspaceId: ofWorkspace(),
    rolloutId: ofRollout(),
    /** Life of a gateway, "units", "labels" or "outcomes". */
    source: text().notNull(),
    /** GuardrailMetric of server/serve/rollout/plan/contract.ts. */
    metric: text().notNull(),
    /** Bin of the outputs; 0 for other metrics. */
    bin: integer().notNull().default(0),
    step: integer().notNull(),
    /** pair: the same input ran on both versions. */
    arm: text({ enum: ["stable", "canary", "pair"] }).notNull(),
    /** Share of the new version when they were routed. */
    weight: doublePrecision().notNull(),
    /** Number of units evaluated; for pairs, number of pairs. */
    units: bigint({ mode: "number" }).notNull(),
    /** Number of bad units; for pairs, number of those where only the new version was bad, or where the two differ. */
    events: bigint({ mode: "number" }).notNull(),
    /** Number of pairs where only the previous version was bad. */
    misses: bigint({ mode: "number" }).notNull().default(0),
    /** Sums of values, such as costs, and of their squares. */
    sum: doublePrecision().notNull().default(0),
    sumSquares: doublePrecision().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.rolloutId, table.source, table.metric, table.bin, table.step, table.arm] })],
);

/** Keys seen by a rollout with sticky assignment: each is one unit, and counts as bad at most once per metric. */
export const rolloutUnits = pgTable(
  "rollout_units",
  {
    workspaceId: ofWorkspace(),
    rolloutId: ofRollout(),
    /** The first 16 hexadecimal digits of the SHA-256 of salt and key; the keys themselves are not stored. */
    unit: text().notNull(),
    arm: text({ enum: ["stable", "canary"] }).notNull(),
    step: integer().notNull(),
    weight: doublePrecision().notNull(),
    /** Metrics in which it was counted as bad. */
    bad: text().array().notNull().default([]),
    seenAt: instant().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.rolloutId, table.unit] })],
);

/** Business events that callers posted, by the request or the key that they follow; each name once per unit. */
export const rolloutOutcomes = pgTable(
  "rollout_outcomes",
  {
    workspaceId: ofWorkspace(),
    rolloutId: ofRollout(),
    /** Request id, or a unit of rollout_units. */
    unit: text().notNull(),
    name: text().notNull(),
    value: doublePrecision(),
    arm: text({ enum: ["stable", "canary"] }).notNull(),
    step: integer().notNull(),
    at: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.rolloutId, table.unit, table.name] })],
);

/** Every decision and every word of a person, never changed. */
export const rolloutDecisions = pgTable(
  "rollout_decisions",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    workspaceId: ofWorkspace(),
    rolloutId: ofRollout(),
    /** DecisionKind of server/serve/rollout/contract.ts. */
    kind: text().notNull(),
    /** HoldReason and the like, in one word. */
    code: text().notNull(),
    words: text().notNull(),
    step: integer().notNull(),
    weight: doublePrecision().notNull(),
    /** Reason given by a user; null for Leeway itself. */
    reason: text(),
    actorName: text().notNull(),
    /** Evidence of server/serve/rollout/evidence/contract.ts at that moment. */
    evidence: jsonb().$type<JsonColumns["rolloutDecisions.evidence"]>(),
    at: instant().notNull().defaultNow(),
  },
  (table) => [index("rollout_decisions_of").on(table.rolloutId, table.id)],
);

/** Points of the curves of a rollout. */
export const rolloutEvidence = pgTable(
  "rollout_evidence",
  {
    workspaceId: ofWorkspace(),
    rolloutId: ofRollout(),
    at: instant().notNull(),
    step: integer().notNull(),
    /** EvidencePoint of server/serve/rollout/evidence/contract.ts. */
    point: jsonb().$type<JsonColumns["rolloutEvidence.point"]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.rolloutId, table.at] })],
);
