import { z } from "zod";
import { problemOfDatasetName } from "./names.ts";

/** Kinds of a value; see rows/value.ts for how one is told from the other. */
const valueKinds = ["boolean", "integer", "number", "time", "text"] as const;
const ValueKind = z.enum(valueKinds);
export type ValueKind = z.infer<typeof ValueKind>;

/** The kind that holds every value of a column; empty: no row has a value. */
const ColumnType = z.enum([...valueKinds, "empty"]);
export type ColumnType = z.infer<typeof ColumnType>;

const Level = z.object({ value: z.string(), count: z.number().int() });
const Bin = z.object({ from: z.number(), to: z.number(), count: z.number().int() });

/** What the rows of one column hold. */
export const ColumnProfile = z.object({
  name: z.string(),
  type: ColumnType,
  /** Rows that have a value. */
  count: z.number().int(),
  missing: z.number().int(),
  /** How many values there are of each kind, with the first of them; more than one kind is often a mistake. */
  kinds: z.array(
    z.object({ kind: ValueKind, count: z.number().int(), firstAt: z.number().int(), example: z.string() }),
  ),
  /** Different values. hyperloglog: an estimate with a standard error of 1.6 %. */
  distinct: z.object({ count: z.number().int(), method: z.enum(["exact", "hyperloglog"]) }),
  /** The most frequent values; null when there are too many different ones to count each. */
  levels: z.array(Level).nullable(),
  /** Of integers and numbers that are finite; sd is that of the sample (n − 1). */
  numbers: z
    .object({
      min: z.number(),
      max: z.number(),
      mean: z.number(),
      sd: z.number().nullable(),
      /** At 0, 5, … 100 %. */
      quantiles: z.array(z.number()),
      /** Bins of equal width. */
      bins: z.array(Bin),
      /** all: quantiles and bins are exact; sample: of 4,096 values drawn evenly, so a share is right to about 2 points. */
      basis: z.enum(["all", "sample"]),
    })
    .nullable(),
  /** ISO 8601, UTC. */
  times: z.object({ min: z.string(), max: z.string() }).nullable(),
  /** Lengths of texts in characters. */
  texts: z.object({ shortest: z.number().int(), longest: z.number().int(), mean: z.number() }).nullable(),
});
export type ColumnProfile = z.infer<typeof ColumnProfile>;

const datasetFormats = ["csv", "parquet"] as const;
export const DatasetFormat = z.enum(datasetFormats);
export type DatasetFormat = z.infer<typeof DatasetFormat>;

/** Why a file could not be read, and where. */
export const UploadProblem = z.object({
  message: z.string(),
  line: z.number().int().optional(),
  column: z.string().optional(),
  /** Nothing is wrong with the file: Leeway gave up reading it, and keeps it for some days to be read again. */
  canRetry: z.boolean().optional(),
});
export type UploadProblem = z.infer<typeof UploadProblem>;

export const workStates = ["waiting", "running", "done", "failed"] as const;

export const DatasetUpload = z.object({
  id: z.uuid(),
  name: z.string(),
  fileName: z.string(),
  format: DatasetFormat,
  sizeBytes: z.number().int(),
  note: z.string(),
  state: z.enum(workStates),
  rowsRead: z.number().int(),
  problem: UploadProblem.nullable(),
  /** Of the version it became, which may be older than the upload: the same rows are the same version. */
  digest: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.date(),
  finishedAt: z.date().nullable(),
});
export type DatasetUpload = z.infer<typeof DatasetUpload>;

export const RetryUpload = z.object({ name: z.string(), id: z.uuid() });
export type RetryUpload = z.infer<typeof RetryUpload>;

export const Column = z.string().min(1).max(1000);

/** What a dataset promises of one column. */
export const ColumnRule = z.object({
  column: Column,
  /** The column is there. */
  required: z.boolean().default(true),
  /** Every value is of this kind; an integer is a number, and everything is a text. */
  type: ValueKind.nullable().default(null),
  /** Rows may lack a value. */
  nullable: z.boolean().default(true),
  /** Of numbers; null is no limit. */
  min: z.number().nullable().default(null),
  max: z.number().nullable().default(null),
  /** The only values there may be, as written in profiles. */
  levels: z.array(z.string().max(1000)).min(1).max(1000).nullable().default(null),
  /** No value twice. */
  unique: z.boolean().default(false),
});
export type ColumnRule = z.infer<typeof ColumnRule>;

export const ContractRules = z
  .object({
    columns: z.array(ColumnRule).max(2000),
    /** Columns without a rule may be there. */
    allowsOtherColumns: z.boolean().default(true),
  })
  .superRefine(({ columns }, refinement) => {
    const seen = new Set<string>();
    columns.forEach(({ column, min, max }, index) => {
      const path = ["columns", index];
      if (seen.has(column)) refinement.addIssue({ code: "custom", path, message: `"${column}" has two rules.` });
      seen.add(column);
      if (min !== null && max !== null && min > max) {
        refinement.addIssue({ code: "custom", path, message: `The least of "${column}" is above its most.` });
      }
    });
  });
export type ContractRules = z.infer<typeof ContractRules>;

export const DatasetContract = z.object({
  id: z.uuid(),
  revision: z.number().int(),
  rules: ContractRules,
  reason: z.string(),
  createdBy: z.string(),
  createdAt: z.date(),
});
export type DatasetContract = z.infer<typeof DatasetContract>;

/** How the rows fared against one promise. */
export const RuleResult = z.object({
  /** Null for a promise about the whole table. */
  column: z.string().nullable(),
  rule: z.enum(["required", "type", "nullable", "range", "levels", "unique", "other columns"]),
  expected: z.string(),
  measured: z.string(),
  passed: z.boolean(),
  /** Rows, or columns, that break it. */
  violations: z.number().int(),
  /** Where the first ones are: lines of a CSV file, rows of a Parquet file, both counted from 1. */
  examples: z.array(z.object({ at: z.number().int(), value: z.string() })),
});
export type RuleResult = z.infer<typeof RuleResult>;

export const DatasetCheck = z.object({
  id: z.uuid(),
  digest: z.string(),
  revision: z.number().int(),
  passed: z.boolean(),
  results: z.array(RuleResult),
  createdAt: z.date(),
});
export type DatasetCheck = z.infer<typeof DatasetCheck>;

/** Of the newest version that was checked. */
const CheckState = DatasetCheck.pick({ digest: true, revision: true, passed: true, createdAt: true }).extend({
  failed: z.number().int(),
});

/** A row of the list of datasets. */
export const DatasetSummary = z.object({
  name: z.string(),
  versions: z.number().int(),
  newest: z
    .object({ digest: z.string(), rows: z.number().int().nullable(), createdAt: z.date() })
    .nullable()
    .describe("Null while the first file is being read."),
  runs: z.number().int(),
  modelVersions: z.number().int(),
  check: CheckState.nullable(),
  contractRevision: z.number().int().nullable(),
});
export type DatasetSummary = z.infer<typeof DatasetSummary>;

/** A version among those of its dataset. */
export const VersionSummary = z.object({
  digest: z.string(),
  /** uploaded: Leeway has read its rows; logged: a client told of it. */
  isUploaded: z.boolean(),
  isLogged: z.boolean(),
  rows: z.number().int().nullable(),
  columns: z.number().int().nullable(),
  runs: z.number().int(),
  modelVersions: z.number().int(),
  check: CheckState.nullable(),
  createdAt: z.date(),
});
export type VersionSummary = z.infer<typeof VersionSummary>;

export const Dataset = DatasetSummary.extend({
  /** Newest first, at most 100. */
  list: z.array(VersionSummary),
  /** Under way or failed, newest first. */
  uploads: z.array(DatasetUpload),
  contract: DatasetContract.nullable(),
});
export type Dataset = z.infer<typeof Dataset>;

export const DatasetVersion = VersionSummary.extend({
  name: z.string(),
  /** Of an uploaded version. */
  file: z
    .object({
      fileName: z.string(),
      format: DatasetFormat,
      sizeBytes: z.number().int(),
      sha256: z.string(),
      contentHash: z.string(),
      note: z.string(),
      createdBy: z.string(),
    })
    .nullable(),
  /** Where a client says it is. */
  source: z.object({ type: z.string(), text: z.string() }).nullable(),
  /** Columns with their types, whoever told them; null when nobody did. */
  schema: z.array(z.object({ name: z.string(), type: z.string(), required: z.boolean() })).nullable(),
  /** What a client told of its profile, as plain facts. */
  facts: z.array(z.object({ name: z.string(), value: z.string() })),
  /** Null when Leeway has not read the rows. */
  profile: z.array(ColumnProfile).nullable(),
  /** Newest first, at most 100. */
  usedByRuns: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      experimentId: z.number().int(),
      experimentName: z.string(),
      context: z.string().nullable(),
    }),
  ),
  usedByModelVersions: z.array(z.object({ modelName: z.string(), version: z.number().int(), runId: z.string() })),
  checks: z.array(DatasetCheck),
});
export type DatasetVersion = z.infer<typeof DatasetVersion>;

/** A version whose rows can be compared with others. */
export const ReadVersion = z.object({
  name: z.string(),
  digest: z.string(),
  rows: z.number().int(),
  createdAt: z.date(),
});
export type ReadVersion = z.infer<typeof ReadVersion>;

const DatasetName = z.string().superRefine((name, refinement) => {
  const message = problemOfDatasetName(name);
  if (message) refinement.addIssue({ code: "custom", message });
});

export const ListDatasets = z.object({
  /** Part of the name, in any case. */
  search: z.string().default(""),
  /** The name to go on after. */
  after: z.string().optional(),
  limit: z.number().int().min(1).max(500).default(100),
});
export type ListDatasets = z.input<typeof ListDatasets>;

export const VersionKey = z.object({ name: z.string(), digest: z.string() });
export type VersionKey = z.infer<typeof VersionKey>;

export const UploadDataset = z.object({
  name: DatasetName,
  /** Its ending tells the format. */
  fileName: z.string().trim().min(1, "Say what the file is called.").max(255),
  note: z.string().trim().max(2000).default(""),
});
export type UploadDataset = z.input<typeof UploadDataset>;

export const SetContract = z.object({
  name: DatasetName,
  rules: ContractRules,
  reason: z.string().trim().min(1, "Say why in a few words.").max(2000),
});
export type SetContract = z.input<typeof SetContract>;
