import { z } from "zod";
import { DatasetName } from "./names.ts";
import { ColumnProfile } from "./profile/contract.ts";
import { DatasetCheck, DatasetContract } from "./rules/contract.ts";

const datasetFormats = ["csv", "parquet", "arrow"] as const;
export const DatasetFormat = z.enum(datasetFormats);
export type DatasetFormat = z.infer<typeof DatasetFormat>;

/** Reason why a file could not be read, and the position. */
export const UploadProblem = z.object({
  message: z.string(),
  line: z.number().int().optional(),
  column: z.string().optional(),
  /** Whether reading can be retried: the file has no problem, but reading failed, and Leeway keeps it for some days. */
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
  /** Digest of the resulting version, which may be older than the upload: equal rows are the same version. */
  digest: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.date(),
  finishedAt: z.date().nullable(),
});
export type DatasetUpload = z.infer<typeof DatasetUpload>;

export const RetryUpload = z.object({ name: z.string(), id: z.uuid() });
export type RetryUpload = z.infer<typeof RetryUpload>;

/** Result of the newest checked version. */
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
    .describe("Null while the first file is being processed."),
  runs: z.number().int(),
  modelVersions: z.number().int(),
  check: CheckState.nullable(),
  contractRevision: z.number().int().nullable(),
});
export type DatasetSummary = z.infer<typeof DatasetSummary>;

/** A version among those of its dataset. */
export const VersionSummary = z.object({
  digest: z.string(),
  /** Whether Leeway has read its rows; `isLogged` means that a client reported it. */
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
  /** Newest versions first, at most 100. */
  list: z.array(VersionSummary),
  /** In progress or failed, newest first. */
  uploads: z.array(DatasetUpload),
  contract: DatasetContract.nullable(),
});
export type Dataset = z.infer<typeof Dataset>;

export const DatasetVersion = VersionSummary.extend({
  name: z.string(),
  /** File of an uploaded version. */
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
  /** Location reported by a client. */
  source: z.object({ type: z.string(), text: z.string() }).nullable(),
  /** Columns with their types, from any source; null when unknown. */
  schema: z.array(z.object({ name: z.string(), type: z.string(), required: z.boolean() })).nullable(),
  /** Profile reported by a client, as plain facts. */
  facts: z.array(z.object({ name: z.string(), value: z.string() })),
  /** Null when Leeway has not read the rows. */
  profile: z.array(ColumnProfile).nullable(),
  /** Newest runs first, at most 100. */
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

/** Version whose rows can be compared with others. */
export const ReadVersion = z.object({
  name: z.string(),
  digest: z.string(),
  rows: z.number().int(),
  createdAt: z.date(),
});
export type ReadVersion = z.infer<typeof ReadVersion>;

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
  /** File name whose extension determines the format. */
  fileName: z.string().trim().min(1, "Specify the file name.").max(255),
  note: z.string().trim().max(2000).default(""),
});
export type UploadDataset = z.input<typeof UploadDataset>;
