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
import { belongsTo, bytes, instant, ofWorkspace } from "./columns.ts";
import type { JsonColumns } from "./json-columns.ts";
import { modelVersions } from "./registry.ts";
import { endpoints } from "./serving.ts";

/** Monitoring settings of an endpoint. An endpoint without a row uses the defaults. */
export const monitors = pgTable("monitors", {
  endpointId: belongsTo(() => endpoints.id).primaryKey(),
  workspaceId: ofWorkspace(),
  /** MonitorSettings of server/watch/monitoring/contract.ts; what it leaves out has its default. */
  settings: jsonb().$type<JsonColumns["monitors.settings"]>().notNull(),
  revision: integer().notNull().default(1),
  updatedBy: text().notNull(),
  updatedAt: instant().notNull().defaultNow(),
});

/** Reference that a version is compared with, frozen once it is ready. The newest ready one that is not retired is in effect. */
export const referenceProfiles = pgTable(
  "reference_profiles",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    versionId: belongsTo(() => modelVersions.id),
    /** ProfileSource of server/watch/monitoring/profiles/contract.ts. */
    source: jsonb().$type<JsonColumns["referenceProfiles.source"]>().notNull(),
    state: text({ enum: ["waiting", "running", "failed", "ready"] })
      .notNull()
      .default("waiting"),
    rowsRead: bigint({ mode: "number" }).notNull().default(0),
    /** Number of rows of the source, if it is known before reading. */
    rowsExpected: bigint({ mode: "number" }),
    /** Number of rows on which the profile is based; null until it is ready. */
    rows: bigint({ mode: "number" }),
    /** UploadProblem of server/develop/datasets/contract.ts. */
    problem: jsonb().$type<JsonColumns["referenceProfiles.problem"]>(),
    /** Artifact key of a sample of at most 5,000 raw rows with the version's predictions, for everything that needs rows. */
    sampleKey: text(),
    /** ReferenceQuality of server/watch/monitoring/profiles/contract.ts: quality of the reference by its labels; null without labels. */
    quality: jsonb().$type<JsonColumns["referenceProfiles.quality"]>(),
    /** Calibration of server/watch/monitoring/profiles/contract.ts; null where scores are taken as they are. */
    calibration: jsonb().$type<JsonColumns["referenceProfiles.calibration"]>(),
    /** Share of each feature in the total influence on the prediction, by name, summing to 1; null if unknown. */
    importances: jsonb().$type<Record<string, number>>(),
    /** Sentences that name what could not be derived from the reference, and why: string[]. */
    notes: jsonb().$type<string[]>().notNull().default([]),
    reason: text().notNull().default(""),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    finishedAt: instant(),
    retiredAt: instant(),
  },
  (table) => [index("reference_profiles_version").on(table.versionId, table.createdAt)],
);

/** One feature of a profile: an input, or a property of the output. */
export const referenceFeatures = pgTable(
  "reference_features",
  {
    workspaceId: ofWorkspace(),
    profileId: belongsTo(() => referenceProfiles.id),
    /** Index in packed states, starting at 0. */
    ordinal: integer().notNull(),
    name: text().notNull(),
    role: text({ enum: ["input", "output"] }).notNull(),
    /** FeatureProfile of server/watch/monitoring/state/contract.ts. */
    profile: jsonb().$type<JsonColumns["referenceFeatures.profile"]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.profileId, table.ordinal] })],
);

/** Profile of one segment's rows in a reference, computed from its sample when someone starts to monitor by that segment. */
export const referenceSegments = pgTable(
  "reference_segments",
  {
    workspaceId: ofWorkspace(),
    profileId: belongsTo(() => referenceProfiles.id),
    /** As in feature_states: "carrier=UA"; "carrier=" says that all segments by the carrier have been counted. */
    segment: text().notNull(),
    rows: integer().notNull(),
    /** PackedState of server/watch/monitoring/state. */
    state: bytes().notNull(),
  },
  (table) => [primaryKey({ columns: [table.profileId, table.segment] })],
);

/**
 * Packed observations of all features in one time range. Minutes come from gateways, each complete from its start on, so that writing
 * one twice is idempotent; the worker merges them into hours and days.
 */
export const featureStates = pgTable(
  "feature_states",
  {
    workspaceId: ofWorkspace(),
    endpointId: belongsTo(() => endpoints.id),
    versionId: uuid().notNull(),
    arm: text({ enum: ["stable", "canary", "shadow"] }).notNull(),
    /** "" for all rows, else a tag: "carrier=UA". */
    segment: text().notNull(),
    profileId: uuid().notNull(),
    grain: text({ enum: ["minute", "hour", "day"] }).notNull(),
    start: instant().notNull(),
    /** "" where several were merged. */
    gatewayId: text().notNull().default(""),
    rows: bigint({ mode: "number" }).notNull(),
    /** PackedState of server/watch/monitoring/state. */
    state: bytes().notNull(),
  },
  (table) => [
    primaryKey({
      name: "feature_states_pk",
      columns: [
        table.endpointId,
        table.grain,
        table.start,
        table.versionId,
        table.segment,
        table.arm,
        table.profileId,
        table.gatewayId,
      ],
    }),
    index("feature_states_start").on(table.grain, table.start),
  ],
);

/** The verdict on one window, stored as it was given. */
export const driftWindows = pgTable(
  "drift_windows",
  {
    workspaceId: ofWorkspace(),
    endpointId: belongsTo(() => endpoints.id),
    versionId: uuid().notNull(),
    segment: text().notNull().default(""),
    /** Length of the window. */
    length: text({ enum: ["five-minutes", "hour", "day", "week"] }).notNull(),
    start: instant().notNull(),
    profileId: uuid().notNull(),
    rows: bigint({ mode: "number" }).notNull(),
    /** DriftVerdict of server/watch/monitoring/drift/contract.ts. */
    verdict: jsonb().$type<JsonColumns["driftWindows.verdict"]>().notNull(),
    /** FeatureVerdict[] of the same, in the order of the profile. */
    features: jsonb().$type<JsonColumns["driftWindows.features"]>().notNull(),
    evaluatedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.endpointId, table.length, table.start, table.versionId, table.segment] }),
    index("drift_windows_start").on(table.workspaceId, table.start),
  ],
);

/** A user's statement that a feature's drift is expected, with a reason; revoked, never deleted. */
export const expectedDrifts = pgTable(
  "expected_drifts",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    endpointId: belongsTo(() => endpoints.id),
    feature: text().notNull(),
    /** Null until the next reference. */
    until: instant(),
    reason: text().notNull(),
    markedBy: text().notNull(),
    at: instant().notNull().defaultNow(),
    revokedBy: text(),
    revokedAt: instant(),
  },
  (table) => [index("expected_drifts_endpoint").on(table.endpointId)],
);

/** A monitoring finding that stays open until it no longer applies; the source of alerts. */
export const monitoringFindings = pgTable(
  "monitoring_findings",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    endpointId: belongsTo(() => endpoints.id),
    versionId: uuid(),
    /** Monitor that reported it: each closes its own findings. */
    watcher: text({
      enum: ["drift", "integrity", "quality", "estimate", "fairness", "consistency", "cost", "skew"],
    }).notNull(),
    /** One open finding of each key: what it is about, canonical. */
    key: text().notNull(),
    kind: text().notNull(),
    /** "" if it concerns all features. */
    feature: text().notNull().default(""),
    segment: text().notNull().default(""),
    severity: text({ enum: ["page", "ticket", "note"] }).notNull(),
    /** One sentence with its numbers. */
    words: text().notNull(),
    /** The numbers of it, by kind. */
    evidence: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    openedAt: instant().notNull().defaultNow(),
    seenAt: instant().notNull().defaultNow(),
    closedAt: instant(),
  },
  (table) => [
    index("monitoring_findings_endpoint").on(table.endpointId, table.openedAt),
    index("monitoring_findings_workspace").on(table.workspaceId, table.openedAt),
  ],
);

/** An analysis that a user requested: rows against rows, versions against versions. */
export const monitoringAnalyses = pgTable(
  "monitoring_analyses",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    /** Null if files are compared with files. */
    endpointId: uuid().references(() => endpoints.id, { onDelete: "cascade" }),
    kind: text({ enum: ["domain-classifier", "compatible-scores", "batch", "consistency", "skew"] }).notNull(),
    /** Parameters of the analysis, by kind. */
    question: jsonb().$type<JsonColumns["monitoringAnalyses.question"]>().notNull(),
    state: text({ enum: ["waiting", "running", "failed", "done"] })
      .notNull()
      .default("waiting"),
    /** From 0 to 1. */
    progress: doublePrecision().notNull().default(0),
    result: jsonb().$type<JsonColumns["monitoringAnalyses.result"]>(),
    problem: text(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    finishedAt: instant(),
  },
  (table) => [index("monitoring_analyses_endpoint").on(table.workspaceId, table.endpointId, table.createdAt)],
);

/** Values of a worker that watches, such as up to when it has looked: one row a name. */
export const monitoringMarks = pgTable(
  "monitoring_marks",
  {
    workspaceId: ofWorkspace(),
    endpointId: belongsTo(() => endpoints.id),
    name: text().notNull(),
    at: instant().notNull(),
  },
  (table) => [uniqueIndex("monitoring_marks_name").on(table.endpointId, table.name)],
);
