import { sql } from "drizzle-orm";
import {
  bigint,
  bigserial,
  boolean,
  customType,
  date,
  doublePrecision,
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
import { belongsTo, bytes, instant, microseconds, ofWorkspace } from "./columns.ts";
import { datasetVersions } from "./datasets.ts";
import type { JsonColumns } from "./json-columns.ts";
import { storedSecret } from "./stored-secret.ts";

// Times of rows are microseconds since 1970 (UTC), in which event and created times are compared. Times of people's actions are instants.

/** A transaction id that does not wrap around. Readers compare it with pg_snapshot_xmin in SQL. */
const transactionId = customType<{ data: string }>({ dataType: () => "xid8" });

/** Columns of every definition. */
const definition = () => ({
  id: uuid().primaryKey().defaultRandom(),
  workspaceId: ofWorkspace(),
  name: text().notNull(),
  description: text().notNull().default(""),
  owner: text().notNull().default(""),
  tags: jsonb().$type<Record<string, string>>().notNull().default({}),
  /** The message as a Feast client sent it, returned to clients unchanged; null when it was defined elsewhere. */
  feastMessage: bytes(),
  /** SHA-256 of what it defines, as hex. */
  digest: text().notNull(),
  createdBy: text().notNull(),
  createdAt: instant().notNull().defaultNow(),
  updatedAt: instant().notNull().defaultNow(),
});

/** What rows of features are about. */
export const featureEntities = pgTable(
  "feature_entities",
  {
    ...definition(),
    /** The column that names it. */
    joinKey: text().notNull(),
    /** KeyType of server/develop/features/contract.ts. */
    type: text({ enum: ["bool", "int32", "int64", "string", "bytes", "timestamp"] }).notNull(),
  },
  (table) => [uniqueIndex("feature_entities_name").on(table.workspaceId, table.name)],
);

/** Where rows of views come from: push sources, files, datasets, SQL, predictions, and kinds that are only stored. */
export const featureSources = pgTable(
  "feature_sources",
  {
    ...definition(),
    /** "stored" is a kind that Leeway keeps for clients and does not read. */
    kind: text({ enum: ["push", "file", "dataset", "sql", "predictions", "stored"] }).notNull(),
    /** Column with the event time. */
    eventTimeColumn: text().notNull(),
    /** Column with the created time; null where rows have none. */
    createdTimeColumn: text(),
    /** SourceOptions of server/develop/features/contract.ts. */
    options: jsonb().$type<JsonColumns["featureSources.options"]>().notNull(),
  },
  (table) => [uniqueIndex("feature_sources_name").on(table.workspaceId, table.name)],
);

/** A database from which SQL sources read. They have it by its name. */
export const featureConnections = pgTable(
  "feature_connections",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    name: text().notNull(),
    description: text().notNull().default(""),
    /** Host, port, database and user, for people. */
    address: text().notNull(),
    /** The connection string; null once the master key of secrets was lost. */
    secret: storedSecret(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [uniqueIndex("feature_connections_name").on(table.workspaceId, table.name)],
);

/** The features that one model needs. */
export const featureServices = pgTable(
  "feature_services",
  {
    ...definition(),
    /** Projection[] of server/develop/features/contract.ts. */
    projections: jsonb().$type<JsonColumns["featureServices.projections"]>().notNull(),
  },
  (table) => [uniqueIndex("feature_services_name").on(table.workspaceId, table.name)],
);

/** Objects of a Feast registry that Leeway stores and returns, and does not read: projects, permissions, saved datasets, … */
export const featureRegistryObjects = pgTable(
  "feature_registry_objects",
  {
    workspaceId: ofWorkspace(),
    kind: text().notNull(),
    name: text().notNull(),
    message: bytes().notNull(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.kind, table.name] })],
);

/** A named group of features. What may change in place is here; what may not is in its versions. */
export const featureViews = pgTable(
  "feature_views",
  {
    ...definition(),
    /** Part of the keys of its rows. No other view ever has it, even after this one is deleted. */
    number: integer().notNull().unique().generatedAlwaysAsIdentity(),
    currentVersion: integer().notNull(),
    /** Greatest age at which a value counts; null for no limit. */
    ttlUs: microseconds(),
    /** Whether a value that is too old is withheld, or served beside its status. */
    stale: text({ enum: ["null", "serve"] })
      .notNull()
      .default("null"),
    /** What rows a training set may know: those created by then, those that had arrived, or all. */
    cutoff: text({ enum: ["created", "arrival", "event"] })
      .notNull()
      .default("created"),
    /** Name of its source; null for rows that only come by its own name. */
    source: text(),
    /** Whether look-ups read it. */
    isOnline: boolean().notNull().default(true),
    /** Event time up to which its source was materialised. */
    materialisedUntil: microseconds(),
  },
  (table) => [
    uniqueIndex("feature_views_name").on(table.workspaceId, table.name),
    index("feature_views_source").on(table.workspaceId, table.source),
  ],
);

/** Schema, contract and expressions of a view. Never changes. */
export const featureViewVersions = pgTable(
  "feature_view_versions",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    viewId: belongsTo(() => featureViews.id),
    version: integer().notNull(),
    /** ViewEntity[] of server/develop/features/contract.ts, in the order of their join keys. */
    entities: jsonb().$type<JsonColumns["featureViewVersions.entities"]>().notNull(),
    /** ViewFeature[] of server/develop/features/contract.ts, in the order of their slots in a row. */
    features: jsonb().$type<JsonColumns["featureViewVersions.features"]>().notNull(),
    /** FeatureExpression[] of server/develop/features/contract.ts. */
    expressions: jsonb().$type<JsonColumns["featureViewVersions.expressions"]>().notNull(),
    /** RequestInput[] of server/develop/features/contract.ts: what a look-up must bring for expressions on demand. */
    requestInputs: jsonb().$type<JsonColumns["featureViewVersions.requestInputs"]>().notNull(),
    /** SHA-256 of the RFC 8785 form of names, types, keys, rules, expressions and source. */
    digest: text().notNull(),
    /** Reason why a feature in use was removed or retyped. */
    reason: text(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [uniqueIndex("feature_view_versions_number").on(table.viewId, table.version)],
);

/**
 * The newest row of each entity. The migration partitions the table 16 times by the hash of the view's number and gives the partitions a
 * fill factor of 85, so that updates stay on their page. It has no other index.
 */
export const featureLatest = pgTable(
  "feature_latest",
  {
    viewNumber: integer().notNull(),
    /** Entity key of server/develop/features/rows/entity-key.ts; empty in a view without entities. */
    key: bytes().notNull(),
    workspaceId: uuid().notNull(),
    eventAt: microseconds().notNull(),
    createdAt: microseconds().notNull(),
    arrivedAt: microseconds().notNull(),
    /** Row of server/develop/features/rows/packed-row.ts, which begins with the version of its schema. */
    packed: bytes().notNull(),
  },
  (table) => [primaryKey({ columns: [table.viewNumber, table.key] })],
);

/**
 * Every row that was written, in the order of writing: the history until it is packed into files, and what gateways follow. The migration
 * partitions the table by day of `arrivedAt`. Append only.
 */
export const featureArrivals = pgTable(
  "feature_arrivals",
  {
    viewNumber: integer().notNull(),
    /** Transaction that wrote it. A reader that follows takes those below pg_snapshot_xmin: sequence numbers commit out of order. */
    transaction: transactionId().notNull().default(sql`pg_current_xact_id()`),
    /** Order of writing. Of rows with one key, the later has the greater. */
    sequence: bigserial({ mode: "number" }).notNull(),
    arrivedAt: microseconds().notNull(),
    workspaceId: uuid().notNull(),
    key: bytes().notNull(),
    eventAt: microseconds().notNull(),
    createdAt: microseconds().notNull(),
    packed: bytes().notNull(),
    /** Whether it became the newest row of its key. */
    isNewest: boolean().notNull(),
    /** Whether look-ups were to find it: it was not written for the history alone. */
    isOnline: boolean().notNull().default(true),
    /** What wrote it: push, rows, feast, materialisation. */
    origin: text().notNull(),
  },
  (table) => [
    primaryKey({
      name: "feature_arrivals_pk",
      columns: [table.viewNumber, table.transaction, table.sequence, table.arrivedAt],
    }),
    index("feature_arrivals_key").on(table.viewNumber, table.key, table.eventAt),
  ],
);

/** A Parquet file of history. A file that was merged into another stays as long as a training set names it. */
export const featureFiles = pgTable(
  "feature_files",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    viewId: belongsTo(() => featureViews.id),
    version: integer().notNull(),
    artifactKey: text().notNull(),
    sizeBytes: bigint({ mode: "number" }).notNull(),
    sha256: text().notNull(),
    rows: bigint({ mode: "number" }).notNull(),
    minKey: bytes().notNull(),
    maxKey: bytes().notNull(),
    minEventAt: microseconds().notNull(),
    maxEventAt: microseconds().notNull(),
    minArrivedAt: microseconds().notNull(),
    maxArrivedAt: microseconds().notNull(),
    createdAt: instant().notNull().defaultNow(),
    /** When another file took its place. */
    replacedAt: instant(),
    replacedBy: uuid(),
  },
  (table) => [index("feature_files_view").on(table.viewId, table.createdAt)],
);

/** State of a materialisation, or of making a training set. */
export const featureWork = pgEnum("feature_work", ["waiting", "running", "done", "failed", "cancelled"]);

/** Taking the newest rows of a source into the latest rows of a view. */
export const featureMaterialisations = pgTable(
  "feature_materialisations",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    viewId: belongsTo(() => featureViews.id),
    /** Both ends are included. */
    fromEventAt: microseconds().notNull(),
    toEventAt: microseconds().notNull(),
    /** Who wanted it: a person or client, the interval of the source, or a new version of its dataset. */
    trigger: text({ enum: ["request", "interval", "dataset-version"] })
      .notNull()
      .default("request"),
    /** What is read, fixed when it is requested: MaterialisationInput of server/develop/features/materialisations/contract.ts. */
    input: jsonb().$type<JsonColumns["featureMaterialisations.input"]>(),
    state: featureWork().notNull().default("waiting"),
    rowsTotal: bigint({ mode: "number" }),
    rowsRead: bigint({ mode: "number" }).notNull().default(0),
    rowsWritten: bigint({ mode: "number" }).notNull().default(0),
    rowsOlder: bigint({ mode: "number" }).notNull().default(0),
    rowsRejected: bigint({ mode: "number" }).notNull().default(0),
    /** Where the next runner continues: MaterialisationCheckpoint of server/develop/features/materialisations/contract.ts. */
    checkpoint: jsonb().$type<JsonColumns["featureMaterialisations.checkpoint"]>(),
    /** Reason for the failure. */
    problem: text(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    startedAt: instant(),
    endedAt: instant(),
    /** Process that runs it, and the time at which its lease expires without a heartbeat. */
    runner: uuid(),
    leasedUntil: instant(),
    /** Runners that began it since it last made progress. */
    attempts: integer().notNull().default(0),
  },
  (table) => [
    // At most one per view.
    uniqueIndex("feature_materialisations_active")
      .on(table.viewId)
      .where(sql`${table.state} in ('waiting', 'running')`),
    index("feature_materialisations_view").on(table.viewId, table.createdAt),
    index("feature_materialisations_workspace").on(table.workspaceId, table.createdAt),
  ],
);

/** A training set that was asked for: rows joined to features as of their time, which become a version of a dataset. */
export const featureTrainingSets = pgTable(
  "feature_training_sets",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    /** Name of the dataset that it becomes. */
    name: text().notNull(),
    /** Rows, features pinned to versions, cut-off and split. */
    request: jsonb().$type<Record<string, unknown>>().notNull(),
    state: featureWork().notNull().default("waiting"),
    rowsTotal: bigint({ mode: "number" }),
    rowsDone: bigint({ mode: "number" }).notNull().default(0),
    /** What it was made from: hash of the rows, versions of views, files, engine. The same record gives the same hash. */
    record: jsonb().$type<Record<string, unknown>>(),
    /** Result of the leak check. */
    warnings: jsonb().$type<Record<string, unknown>[]>(),
    datasetVersionId: uuid().references(() => datasetVersions.id, { onDelete: "set null" }),
    /** Reason for the failure. */
    problem: text(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    startedAt: instant(),
    endedAt: instant(),
    /** Process that runs it, and the time at which its lease expires without a heartbeat. */
    runner: uuid(),
    leasedUntil: instant(),
    /** Runners that began it since it last made progress. */
    attempts: integer().notNull().default(0),
  },
  (table) => [index("feature_training_sets_workspace").on(table.workspaceId, table.createdAt)],
);

/** A row that broke the contract of its view. */
export const featureRejects = pgTable(
  "feature_rejects",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    workspaceId: ofWorkspace(),
    viewId: belongsTo(() => featureViews.id),
    /** The materialisation that read it, if one did. */
    materialisationId: uuid().references(() => featureMaterialisations.id, { onDelete: "cascade" }),
    at: instant().notNull().defaultNow(),
    /** What sent it, as in feature_arrivals. */
    origin: text().notNull(),
    /** Cells by column, as they came. */
    row: jsonb().$type<Record<string, unknown>>().notNull(),
    /** Column of the first bad cell; null when the row as a whole is bad. */
    column: text(),
    reason: text().notNull(),
  },
  (table) => [
    index("feature_rejects_view").on(table.viewId, table.at),
    index("feature_rejects_at").on(table.at),
    index("feature_rejects_materialisation").on(table.materialisationId),
  ],
);

/** Look-ups of a view per minute, and rows that arrived. */
export const featureMinutes = pgTable(
  "feature_minutes",
  {
    workspaceId: ofWorkspace(),
    viewId: belongsTo(() => featureViews.id),
    /** Id of the endpoint that looked up; empty for clients, and for what arrived. */
    consumer: text().notNull().default(""),
    minute: instant().notNull(),
    /** Process that counted. */
    countedBy: text().notNull(),
    lookUps: bigint({ mode: "number" }).notNull().default(0),
    found: bigint({ mode: "number" }).notNull().default(0),
    stale: bigint({ mode: "number" }).notNull().default(0),
    missing: bigint({ mode: "number" }).notNull().default(0),
    nulls: bigint({ mode: "number" }).notNull().default(0),
    /** Look-ups of rows whose event time is in the future. */
    clockAhead: bigint({ mode: "number" }).notNull().default(0),
    written: bigint({ mode: "number" }).notNull().default(0),
    older: bigint({ mode: "number" }).notNull().default(0),
    rejected: bigint({ mode: "number" }).notNull().default(0),
    /** Age at look-up, and time from event to arrival: counts by bucket, as FeatureAges of server/develop/features/contract.ts. */
    ages: jsonb().$type<JsonColumns["featureMinutes.ages"]>(),
    /** Greatest event time of the view when the minute ended. */
    newestEventAt: microseconds(),
  },
  (table) => [
    primaryKey({ columns: [table.viewId, table.consumer, table.minute, table.countedBy] }),
    index("feature_minutes_workspace").on(table.workspaceId, table.minute),
    index("feature_minutes_minute").on(table.minute),
  ],
);

/** Up to where the arrivals of a view were counted into its minutes. */
export const featureMarks = pgTable("feature_marks", {
  viewId: belongsTo(() => featureViews.id).primaryKey(),
  workspaceId: ofWorkspace(),
  /** Arrivals of transactions below it are counted; null starts at the present, as after a restore. */
  transaction: transactionId(),
  /** The last minute whose newest event is in feature_minutes. */
  minute: instant().notNull(),
  /** Greatest event time that has arrived; null before the first row. */
  newestEventAt: microseconds(),
});

/** Values that arrived per hour, of a sample of rows: what a batch is compared with. */
export const featureValueHours = pgTable(
  "feature_value_hours",
  {
    workspaceId: ofWorkspace(),
    viewId: belongsTo(() => featureViews.id),
    feature: text().notNull(),
    hour: instant().notNull(),
    rows: bigint({ mode: "number" }).notNull(),
    nulls: bigint({ mode: "number" }).notNull(),
    /** Rows by level; null if the feature has no levels, or too many. */
    levels: jsonb().$type<Record<string, number>>(),
  },
  (table) => [
    primaryKey({ columns: [table.viewId, table.feature, table.hour] }),
    index("feature_value_hours_hour").on(table.hour),
  ],
);

/** What is wrong with a view: its source is late, a materialisation failed, its values changed, … Alerts follow from the open ones. */
export const featureFindings = pgTable(
  "feature_findings",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    viewId: belongsTo(() => featureViews.id),
    /** One open finding of each key: what it is about, canonical. */
    key: text().notNull(),
    /** ViewFindingKind of server/watch/features/contract.ts. */
    kind: text().notNull(),
    /** "" if it concerns the view as a whole. */
    feature: text().notNull().default(""),
    severity: text({ enum: ["page", "ticket"] }).notNull(),
    /** One sentence with its numbers. */
    words: text().notNull(),
    /** The numbers of it, by kind. */
    evidence: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    openedAt: instant().notNull().defaultNow(),
    seenAt: instant().notNull().defaultNow(),
    closedAt: instant(),
  },
  (table) => [
    index("feature_findings_view").on(table.viewId, table.openedAt),
    index("feature_findings_workspace").on(table.workspaceId, table.openedAt),
    uniqueIndex("feature_findings_open").on(table.viewId, table.key).where(sql`${table.closedAt} is null`),
  ],
);

/** Served values compared with values that the history gives, by day. */
export const featureSkew = pgTable(
  "feature_skew",
  {
    workspaceId: ofWorkspace(),
    viewId: belongsTo(() => featureViews.id),
    version: integer().notNull(),
    feature: text().notNull(),
    day: date().notNull(),
    /** Against what was known when it was served, or against what is known now. */
    comparison: text({ enum: ["known", "true"] }).notNull(),
    compared: bigint({ mode: "number" }).notNull(),
    mismatched: bigint({ mode: "number" }).notNull(),
    missing: bigint({ mode: "number" }).notNull(),
    extra: bigint({ mode: "number" }).notNull(),
    /** Mismatches by cause. */
    causes: jsonb().$type<Record<string, number>>().notNull(),
    /** Sums of |a − b| and of |a| + |b|, whose quotient is SMAPE. */
    differenceSum: doublePrecision().notNull().default(0),
    magnitudeSum: doublePrecision().notNull().default(0),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({
      name: "feature_skew_pk",
      columns: [table.viewId, table.version, table.feature, table.day, table.comparison],
    }),
  ],
);

/**
 * An hour of look-ups in the prediction log that was compared. Comparing it again replaces it, and a day of feature_skew is the sum of its hours,
 * so no look-up counts twice however often a worker dies.
 */
export const featureSkewHours = pgTable(
  "feature_skew_hours",
  {
    workspaceId: ofWorkspace(),
    viewId: belongsTo(() => featureViews.id),
    hour: instant().notNull(),
    /** Predictions of the hour that looked the view up, when it was compared. More of them later: it is compared again. */
    predictions: bigint({ mode: "number" }).notNull(),
    /** Look-ups of one key that were compared. */
    lookUps: bigint({ mode: "number" }).notNull(),
    /** Share of the keys whose look-ups are compared; below 1 where there are too many. */
    keyShare: doublePrecision().notNull().default(1),
    /** Whether it was compared with what is true as well, after late rows had time to arrive. */
    isFinal: boolean().notNull(),
    /** ViewSkewTally[] of server/watch/features/skew/contract.ts. */
    tallies: jsonb().$type<JsonColumns["featureSkewHours.tallies"]>().notNull(),
    comparedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.viewId, table.hour] }),
    index("feature_skew_hours_workspace").on(table.workspaceId, table.hour),
  ],
);

/** Distributions with which the days of a view are compared. Never changes; a new one takes its place. */
export const featureDriftReferences = pgTable(
  "feature_drift_references",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    viewId: belongsTo(() => featureViews.id),
    version: integer().notNull(),
    /** Rows that arrived in a week, or those of the training set in which the view was last used. */
    kind: text({ enum: ["week", "training-set"] }).notNull(),
    fromAt: instant(),
    toAt: instant(),
    datasetVersionId: uuid().references(() => datasetVersions.id, { onDelete: "set null" }),
    /** Rows that the distributions were made from. */
    rows: bigint({ mode: "number" }).notNull(),
    /** ViewProfile[] of server/watch/features/drift/contract.ts, in the order of packed states. */
    features: jsonb().$type<JsonColumns["featureDriftReferences.features"]>().notNull(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [index("feature_drift_references_view").on(table.viewId, table.createdAt)],
);

/** Rows of a view that arrived on a day, against a reference. */
export const featureDriftDays = pgTable(
  "feature_drift_days",
  {
    workspaceId: ofWorkspace(),
    referenceId: belongsTo(() => featureDriftReferences.id),
    day: date().notNull(),
    /** Rows that arrived, and how many of them were counted. */
    arrived: bigint({ mode: "number" }).notNull(),
    rows: bigint({ mode: "number" }).notNull(),
    /** PackedState of server/watch/monitoring/state. */
    state: bytes().notNull(),
    /** ViewFeatureDrift[] of server/watch/features/drift/contract.ts. */
    features: jsonb().$type<JsonColumns["featureDriftDays.features"]>().notNull(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.referenceId, table.day] })],
);

/** A request to remove an entity key from a view, and its receipt. */
export const featureKeyRemovals = pgTable(
  "feature_key_removals",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    viewId: belongsTo(() => featureViews.id),
    /** The key until the removal is done, and null afterwards: the receipt must not keep what was to be removed. */
    key: bytes(),
    /** SHA-256 of the id of the request and the key, as hex, by which the receipt can be checked. */
    keyDigest: text().notNull(),
    /** Rows that arrived later belong to a key that was written again. */
    arrivedBy: microseconds().notNull(),
    state: featureWork().notNull().default("waiting"),
    latestRows: integer().notNull().default(0),
    arrivalRows: bigint({ mode: "number" }).notNull().default(0),
    /** RemovedFromFile[] of server/develop/features/removal/contract.ts. */
    files: jsonb().$type<JsonColumns["featureKeyRemovals.files"]>().notNull().default([]),
    /** ListedTrainingSet[] of server/develop/features/removal/contract.ts: made before, and not changed. */
    trainingSets: jsonb().$type<JsonColumns["featureKeyRemovals.trainingSets"]>().notNull().default([]),
    reason: text().notNull(),
    /** Reason why it waits or has failed. */
    problem: text(),
    createdBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    endedAt: instant(),
    /** Process that runs it, and the time at which its lease expires without a heartbeat. */
    runner: uuid(),
    leasedUntil: instant(),
    /** Runners that began it since it last made progress. */
    attempts: integer().notNull().default(0),
  },
  (table) => [index("feature_key_removals_view").on(table.viewId, table.createdAt)],
);

/** What uses a version of a view, and which of its features. */
export const featureUses = pgTable(
  "feature_uses",
  {
    workspaceId: ofWorkspace(),
    viewId: belongsTo(() => featureViews.id),
    version: integer().notNull(),
    userKind: text({ enum: ["model-version", "endpoint", "dataset-version", "run"] }).notNull(),
    userId: text().notNull(),
    /** Name of the user for people, such as "churn v3". */
    userName: text().notNull(),
    features: text().array().notNull(),
    /** Files of history that a dataset version was made from. */
    files: uuid().array(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.viewId, table.version, table.userKind, table.userId] }),
    index("feature_uses_user").on(table.workspaceId, table.userKind, table.userId),
  ],
);
