import { z } from "zod";
import { boundedRecord } from "#server/base/bounded-record.ts";
import { limits } from "#server/base/limits.ts";
import { FeatureName, SourceName } from "./names.ts";
import type { RowOrigin } from "./rows/feature-rows.ts";

// Types and values.

const scalarTypes = [
  "bool",
  "int32",
  "int64",
  "float32",
  "float64",
  "string",
  "bytes",
  "timestamp",
  "json",
  "map",
] as const;
/** "json" is text that holds JSON; "map" is the same, and answered as an object. Timestamps have microseconds. */
export type ScalarType = (typeof scalarTypes)[number];
type ListType = `list<${ScalarType}>`;
export type FeatureType = ScalarType | ListType;
export const featureTypes: readonly FeatureType[] = [
  ...scalarTypes,
  ...scalarTypes.map((type): ListType => `list<${type}>`),
];
export const FeatureType = z.enum(featureTypes as [FeatureType, ...FeatureType[]]);

/** Types that an entity's key may have. */
export const KeyType = z.enum(["bool", "int32", "int64", "string", "bytes", "timestamp"]);
export type KeyType = z.infer<typeof KeyType>;

/**
 * Value in memory, by type: bool boolean; int32, float32, float64 number; int64 bigint; timestamp bigint, microseconds since 1970; string,
 * json, map text; bytes Uint8Array; a list an array of these without nulls.
 */
export type ScalarValue = boolean | number | bigint | string | Uint8Array;
export type StoreValue = ScalarValue | readonly ScalarValue[] | null;

/**
 * Most bytes of a value: of a text, also one that holds JSON, in UTF-8; of bytes; and of those of a list together. A page of rows has at most one
 * more than fits.
 */
export const maxValueBytes = 2 ** 20;
/** Most bytes of an entity key, section 2 of docs/spec/features.md: an index of Postgres holds no longer ones. */
export const maxKeyBytes = 2_000;

// Definitions.

const Tags = boundedRecord(z.string().max(500), z.string().max(5_000), 200).default({});
const common = {
  name: FeatureName,
  description: z.string().max(10_000).default(""),
  owner: z.string().max(500).default(""),
  tags: Tags,
  /** The message of a Feast client, stored and returned unchanged; left out by everyone else. */
  feastMessage: z.instanceof(Uint8Array).nullable().default(null),
};

/** Rules for the values of a feature, checked at arrival. */
export const FeatureRules = z.object({
  /** Rows may lack a value. */
  nullable: z.boolean().default(true),
  /** Limits of numbers; null means no limit. */
  min: z.number().nullable().default(null),
  max: z.number().nullable().default(null),
  /** The only values there may be, as texts. */
  levels: z.array(z.string().max(1000)).min(1).max(1000).nullable().default(null),
});
export type FeatureRules = z.infer<typeof FeatureRules>;

export const ViewFeature = z.object({
  name: FeatureName,
  type: FeatureType,
  description: z.string().max(10_000).default(""),
  /** A feature tagged "pii" is redacted in logs. */
  tags: Tags,
  rules: FeatureRules.optional(),
});
export type ViewFeature = z.infer<typeof ViewFeature>;

/** A value that the caller of a look-up brings. */
export const RequestInput = z.object({ name: FeatureName, type: FeatureType });
export type RequestInput = z.infer<typeof RequestInput>;

/** A feature that Leeway computes, by a CEL expression. */
export const FeatureExpression = z.object({
  name: FeatureName,
  type: FeatureType,
  /** "arrival": over the row, and stored with it. "look-up": over features and request inputs, not stored. */
  at: z.enum(["arrival", "look-up"]),
  cel: z.string().min(1).max(2_000),
  /** Features of other views by the name that the expression has for them: { "trips": "driver_stats:avg_daily_trips" }. */
  inputs: boundedRecord(FeatureName, z.string().max(500), 100).default({}),
  description: z.string().max(10_000).default(""),
});
export type FeatureExpression = z.infer<typeof FeatureExpression>;

/** An entity as a version of a view has it. */
export const ViewEntity = z.object({ name: z.string(), joinKey: z.string(), type: KeyType });
export type ViewEntity = z.infer<typeof ViewEntity>;

export const DefineFeatureEntity = z.object({ ...common, joinKey: FeatureName, type: KeyType });
export type DefineFeatureEntity = z.input<typeof DefineFeatureEntity>;

const sourceKinds = ["push", "file", "dataset", "sql", "predictions", "stored"] as const;

export const SourceOptions = z.object({
  /** push: the source that holds its history, and from which views are materialised. */
  batchSource: SourceName.nullable().default(null),
  /** file: "dataset:name" (its newest version), "dataset:name@digest", or the path of an artifact: "runs/RUN_ID/artifacts/…". */
  path: z.string().max(5_000).nullable().default(null),
  /** dataset: its name; each new version is read. */
  dataset: z.string().max(500).nullable().default(null),
  /** sql: stored connection and query. */
  connection: z.string().max(500).nullable().default(null),
  query: z.string().max(100_000).nullable().default(null),
  /** predictions: name of the endpoint whose log is read. */
  endpoint: z.string().max(500).optional(),
  /** Views are materialised from where the last one ended, each time so many minutes after the last began. */
  everyMinutes: z.number().int().min(1).max(527_040).optional(),
  /** Share of rejected rows above which a materialisation fails, 0 to 1; by default 0.1. */
  maxRejectedShare: z.number().min(0).max(1).optional(),
  /** stored: the kind in words, such as "KafkaSource". */
  kindName: z.string().max(500).nullable().default(null),
  /** Feature by column of the source, where the names differ. */
  fieldMapping: boundedRecord(z.string().max(500), FeatureName, 1_000).default({}),
});
export type SourceOptions = z.infer<typeof SourceOptions>;

export const DefineViewSource = z.object({
  ...common,
  name: SourceName,
  kind: z.enum(sourceKinds),
  eventTimeColumn: z.string().min(1).max(500).default("event_timestamp"),
  createdTimeColumn: z.string().min(1).max(500).nullable().default(null),
  options: SourceOptions.prefault({}),
});
export type DefineViewSource = z.input<typeof DefineViewSource>;

export const stalePolicies = ["null", "serve"] as const;
export const cutoffs = ["created", "arrival", "event"] as const;

/** Greatest TTL, in microseconds: about 200 years. */
const maxTtlUs = 2 ** 52;

export const DefineFeatureView = z.object({
  ...common,
  /** Names of entities. None: the view has one row. */
  entities: z.array(FeatureName).max(20).default([]),
  /** Greatest age at which a value counts, in microseconds; 0 and null mean no limit. */
  ttlUs: z.number().int().min(0).max(maxTtlUs).nullable().default(null),
  /** What a look-up does with a value that is too old. Default: the tag "leeway.stale", else "null". */
  stale: z.enum(stalePolicies).optional(),
  /** What a training set may know. Default: the tag "leeway.cutoff", else "created". */
  cutoff: z.enum(cutoffs).optional(),
  /** Name of a source. Null: rows are written by the view's name, with times in the columns event_timestamp and created. */
  source: SourceName.nullable().default(null),
  isOnline: z.boolean().default(true),
  features: z.array(ViewFeature).max(1_000),
  expressions: z.array(FeatureExpression).max(100).default([]),
  requestInputs: z.array(RequestInput).max(100).default([]),
  /** Reason for removing or retyping a feature that something uses; without one that is refused. */
  force: z.string().trim().min(1).max(2_000).optional(),
});
export type DefineFeatureView = z.input<typeof DefineFeatureView>;

/** Features of one view in a service, under which names and by which keys. */
export const Projection = z.object({
  view: FeatureName,
  /** Null follows the current version. */
  version: z.number().int().min(1).nullable().default(null),
  /** Empty means all. */
  features: z.array(FeatureName).max(1_000).default([]),
  /** Takes the view's place in full names. */
  alias: FeatureName.nullable().default(null),
  /** Column of the request by join key, where the names differ: { "driver_id": "origin_id" }. */
  joinKeys: boundedRecord(FeatureName, FeatureName, 20).default({}),
});
export type Projection = z.infer<typeof Projection>;

export const DefineFeatureService = z.object({ ...common, projections: z.array(Projection).max(500) });
export type DefineFeatureService = z.input<typeof DefineFeatureService>;

export const DeleteDefinition = z.object({
  name: z.string().max(limits.nameLength),
  /** Reason for deleting what something uses; without one that is refused. */
  force: z.string().trim().min(1).max(2_000).optional(),
});
export type DeleteDefinition = z.input<typeof DeleteDefinition>;

const described = {
  name: z.string(),
  description: z.string(),
  owner: z.string(),
  tags: z.record(z.string(), z.string()),
  digest: z.string(),
  createdBy: z.string(),
  createdAt: z.date(),
  updatedAt: z.date(),
};

export const FeatureEntity = z.object({ ...described, joinKey: z.string(), type: KeyType });
export type FeatureEntity = z.infer<typeof FeatureEntity>;

export const ViewSource = z.object({
  ...described,
  kind: z.enum(sourceKinds),
  eventTimeColumn: z.string(),
  createdTimeColumn: z.string().nullable(),
  options: SourceOptions,
});
export type ViewSource = z.infer<typeof ViewSource>;

export const FeatureService = z.object({ ...described, projections: z.array(Projection) });
export type FeatureService = z.infer<typeof FeatureService>;

/** What a version of a view fixes. */
export const ViewVersion = z.object({
  version: z.number().int(),
  /** In the order of their join keys. */
  entities: z.array(ViewEntity),
  features: z.array(ViewFeature),
  expressions: z.array(FeatureExpression),
  requestInputs: z.array(RequestInput),
  digest: z.string(),
  reason: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.date(),
});
export type ViewVersion = z.infer<typeof ViewVersion>;

export const FeatureView = z.object({
  ...described,
  id: z.uuid(),
  number: z.number().int(),
  ttlUs: z.number().nullable(),
  stale: z.enum(stalePolicies),
  cutoff: z.enum(cutoffs),
  source: z.string().nullable(),
  eventTimeColumn: z.string(),
  createdTimeColumn: z.string().nullable(),
  isOnline: z.boolean(),
  materialisedUntil: z.number().nullable().describe("Event time in microseconds since 1970."),
  current: ViewVersion,
});
export type FeatureView = z.infer<typeof FeatureView>;

// Look-ups.

/** A column of a request. Its cells are checked with their types. */
export const Cells = z.custom<readonly unknown[]>((cells) => Array.isArray(cells), "A list is required.");

/** What a look-up found for one feature of one row. */
export const lookUpStatuses = ["PRESENT", "OUTSIDE_MAX_AGE", "NULL_VALUE", "NOT_FOUND"] as const;
export type LookUpStatus = (typeof lookUpStatuses)[number];

export const LookUpFeatures = z.object({
  /** "view:feature", "view@latest:feature" or "view@v2:feature". */
  features: z.array(z.string().max(limits.nameLength)).max(5_000).optional(),
  /** Wins over features. */
  service: z.string().max(limits.nameLength).optional(),
  /** Values by join key or name of the entity, all of one length. */
  entities: boundedRecord(z.string().max(limits.nameLength), Cells),
  fullNames: z.boolean().default(false),
});
export type LookUpFeatures = z.input<typeof LookUpFeatures>;

/** Most cells of the answer to one look-up. */
export const maxLookedUpCells = 1_000_000;

/** What was looked up in one view: by row of the request, null where there is none. Times are microseconds since 1970. */
export interface ViewAnswer {
  viewId: string;
  view: string;
  number: number;
  /** Greatest age at which a value counts, in microseconds; null for no limit. */
  ttlUs: number | null;
  /** Version of the view that the reference named. */
  version: number;
  eventAt: (number | null)[];
  createdAt: (number | null)[];
  /** Never below 0. */
  ageUs: (number | null)[];
  /** Entity keys; undefined where a part of it is null. */
  keys: (Buffer | undefined)[];
  /** Where each row, or that there is none, is known from; undefined if the store did not answer in time. */
  sources: (RowOrigin | undefined)[];
}

/** One column of the answer. */
export interface LookedUpColumn {
  /** As the caller sees it: with full names "view__feature". */
  name: string;
  feature: string;
  type: FeatureType;
  values: StoreValue[];
  statuses: LookUpStatus[];
  answer: ViewAnswer;
}

/** Answer to a look-up; values are typed, not JSON. */
export interface LookUpAnswer {
  rows: number;
  /** Given columns that are join keys, in the order of the request, converted to the entity's type. */
  keys: { name: string; type: KeyType; values: (ScalarValue | null)[] }[];
  /** In the order of the request. */
  columns: LookedUpColumn[];
  /** By view, each once. */
  views: ViewAnswer[];
  /** Time at which ages were judged, in microseconds since 1970. */
  servedAt: number;
}

// Writes.

/** Most rows of one write. */
export const maxWrittenRows = 100_000;

/**
 * Values by column: join keys, features, event time, and created time. All of one length. Times of rows are text (UTC without an offset), Date,
 * or bigint microseconds.
 */
export const WrittenColumns = boundedRecord(z.string().max(limits.nameLength), Cells);

export const WriteFeatures = z
  .object({
    /** Name of a view, */
    view: z.string().max(limits.nameLength).optional(),
    /** or of a push source: then every view that has it. */
    pushSource: z.string().max(limits.nameLength).optional(),
    columns: WrittenColumns,
    /** Rows go to the history, and look-ups do not find them. */
    isHistoryOnly: z.boolean().default(false),
    origin: z.enum(["push", "rows", "feast", "materialisation"]).default("rows"),
  })
  .refine((input) => (input.view === undefined) !== (input.pushSource === undefined), "Enter a view or a push source.");
export type WriteFeatures = z.input<typeof WriteFeatures>;

/** Written rows, and rows that were older than what the view had. */
export const WrittenFeatures = z.object({ written: z.number().int(), older: z.number().int() });
export type WrittenFeatures = z.infer<typeof WrittenFeatures>;

/** A cell that breaks the contract. Rows are counted from 0. */
export const BadCell = z.object({ row: z.number().int(), column: z.string(), problem: z.string() });
export type BadCell = z.infer<typeof BadCell>;

/** Most bad cells that an answer names. */
export const maxNamedCells = 20;

// What arrived.

/** How fresh a view is at its source, and who uses it. Times are microseconds since 1970; null before the first row. */
export interface ViewFreshness {
  view: string;
  arrivedAt: number | null;
  /** The newest event among the last arrivals. */
  eventAt: number | null;
  ageUs: number | null;
  /** Model versions and endpoints. */
  users: { kind: "model-version" | "endpoint"; name: string }[];
}

/** What uses a feature service: something recorded as a user of one of its views, by features that the service lists. */
export interface ServiceUser {
  service: string;
  kind: "model-version" | "endpoint" | "dataset-version" | "run";
  /** As people call it: "churn v3". */
  name: string;
  /** Version of a dataset. */
  digest: string | null;
  /** Views of the service that it uses. */
  views: string[];
}

/** A row as it arrived. Times are microseconds since 1970. */
export interface FeatureArrival {
  /** In the order of the join keys. */
  keys: ScalarValue[];
  values: { name: string; type: FeatureType; value: StoreValue }[];
  version: number;
  eventAt: number;
  createdAt: number;
  arrivedAt: number;
  /** Whether it became the newest row of its key. */
  isNewest: boolean;
  origin: string;
}

// Work and counts, stored as JSON.

/** Counts by bucket; bucket b holds times from 2^(b/4) to 2^((b+1)/4) ms, bucket 0 also what is shorter. */
export const FeatureAges = z.object({
  atLookUp: z.record(z.string(), z.number()),
  toArrival: z.record(z.string(), z.number()),
  /**
   * Exact counts at the limits of SLOs, by limit in milliseconds: rows at most so old when they were looked up, and all rows that were judged
   * by it. A limit counts from the moment that it becomes known, so a minute may have judged only a part of its rows.
   */
  atLimits: z.record(z.string(), z.tuple([z.number(), z.number()])).optional(),
});
export type FeatureAges = z.infer<typeof FeatureAges>;

/** What a command that defines something did. "unchanged": the same definition was there already, and nothing was written. */
type DefineOutcome = "created" | "new-version" | "changed" | "unchanged";

/** How the schema of a view changes. Adding a feature is compatible: older rows read null. */
export interface SchemaChange {
  added: string[];
  removed: string[];
  retyped: { name: string; before: FeatureType; after: FeatureType }[];
  /** Whether rows get other keys. The rows that are there cannot be found under these. */
  hasOtherKeys: boolean;
}

/** What a definition of a view would do. */
export interface ViewPreview {
  outcome: DefineOutcome;
  /** The current version afterwards. */
  version: number;
  /** Null unless there is a new version of a view that exists. */
  change: SchemaChange | null;
  /** Features and expressions that stay with their type, and change otherwise: rules, expression, description. */
  altered: string[];
  /** What uses a feature that is removed or retyped, or the view if its keys change. Then it needs a reason. */
  breaks: string[];
}

/** A definition after a command. */
export interface Defined<Definition> {
  definition: Definition;
  outcome: DefineOutcome;
}
