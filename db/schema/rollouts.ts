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

/** A new version that takes the traffic of an endpoint step by step. At most one of an endpoint is not over. */
export const rollouts = pgTable(
  "rollouts",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    endpointId: belongsTo(() => endpoints.id),
    /** What answered before, and again after a rollback; with it the deployment whose providers and engine it had. */
    stableVersionId: version(),
    stableDeploymentId: bigint({ mode: "number" }).notNull(),
    canaryVersionId: version(),
    /** Of the new version, in order of preference; empty leaves the choice to the gateway. */
    providers: text().array().notNull(),
    /** RolloutPlan of server/serve/rollout/plan/contract.ts, never changed after the start. */
    plan: jsonb().$type<JsonColumns["rollouts.plan"]>().notNull(),
    /** FrozenFacts of server/serve/rollout/contract.ts: what was read of the endpoint at the start, such as the latency that counts as slow. */
    frozen: jsonb().$type<JsonColumns["rollouts.frozen"]>().notNull(),
    /** Of the hash by which units are assigned. */
    salt: text().notNull(),
    phase: text({ enum: ["starting", "stepping", "watching", "promoted", "rolled-back"] }).notNull(),
    /** RolloutState of server/serve/rollout/contract.ts. */
    state: jsonb().$type<JsonColumns["rollouts.state"]>().notNull(),
    /** Goes up with every change of `state`: of two people at once, the second one is told that it has changed. */
    revision: integer().notNull().default(0),
    reason: text().notNull(),
    startedBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    endedAt: instant(),
    /** When the worker looked at it last. */
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
 * What was counted, by metric and step. Of units that are requests, each life of a gateway has its own rows and writes whole counts
 * again and again; of units that are keys, and of labels, rows are added to in the transaction that marks the units as counted.
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
    /** Of outputs; 0 elsewhere. */
    bin: integer().notNull().default(0),
    step: integer().notNull(),
    /** pair: the same input ran on both versions. */
    arm: text({ enum: ["stable", "canary", "pair"] }).notNull(),
    /** Share of the new version when they were routed. */
    weight: doublePrecision().notNull(),
    /** Units that were looked at; of pairs, pairs. */
    units: bigint({ mode: "number" }).notNull(),
    /** Of them bad; of pairs, those where only the new version was bad, or where the two differ. */
    events: bigint({ mode: "number" }).notNull(),
    /** Of pairs, those where only the version before was bad. */
    misses: bigint({ mode: "number" }).notNull().default(0),
    /** Of values, such as costs, and of their squares. */
    sum: doublePrecision().notNull().default(0),
    sumSquares: doublePrecision().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.rolloutId, table.source, table.metric, table.bin, table.step, table.arm] })],
);

/** Keys that took part in a rollout with sticky assignment: each is a unit once, and bad in a metric at most once. */
export const rolloutUnits = pgTable(
  "rollout_units",
  {
    workspaceId: ofWorkspace(),
    rolloutId: ofRollout(),
    /** The first 16 hexadecimal digits of the SHA-256 of salt and key: keys themselves are not kept. */
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
    /** Of a person; null for Leeway itself. */
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
