import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { DatasetName } from "../../datasets/names.ts";
import { cutoffs } from "../contract.ts";

const Column = z.string().min(1).max(limits.nameLength);

const DatasetRows = z.object({ dataset: z.string().max(limits.nameLength), digest: z.string().max(64) });

export const CreateTrainingSet = z
  .object({
    /** Dataset that gets the result as a version. */
    name: DatasetName.max(limits.nameLength),
    note: z.string().trim().max(2000).default(""),
    /** The rows to which features are joined: a version of a dataset, with join keys and a time. */
    rows: DatasetRows,
    /** "view:feature", "view@latest:feature" or "view@v2:feature", in the order of the columns. */
    features: z.array(z.string().max(limits.nameLength)).min(1).max(2_000).optional(),
    /** Wins over features. */
    service: z.string().max(limits.nameLength).optional(),
    fullNames: z.boolean().default(false),
    /** Which values count; by default what each view says. */
    cutoff: z.enum(cutoffs).optional(),
    /** Column with the time at which the label became true, for the leak check. */
    labelTime: Column.optional(),
    /** Column that says to which split a row belongs, for the leak check. */
    split: Column.optional(),
    /** A training set whose state of the history and versions of views to take. */
    repeats: z.uuid().optional(),
  })
  .refine((input) => input.features || input.service || input.repeats, "Name features or a service.");
export type CreateTrainingSet = z.input<typeof CreateTrainingSet>;

/** Features of one version of a view, under the name that the result gives them. */
const PinnedView = z.object({
  view: z.string(),
  viewId: z.uuid(),
  number: z.number().int(),
  version: z.number().int(),
  /** Name before features in full names. */
  name: z.string(),
  /** Column of the rows by join key, where the names differ. */
  joinKeys: z.record(z.string(), z.string()),
  ttlUs: z.number().nullable(),
  cutoff: z.enum(cutoffs),
  /** Whether rows have a created time of their own. Requests from before this was recorded read the arrival time, and repeat so. */
  hasCreatedTime: z.boolean().default(true),
});
export type PinnedView = z.infer<typeof PinnedView>;

/** What a training set is made from, as it is stored: everything is pinned. */
export const TrainingSetRequest = z.object({
  note: z.string(),
  rows: DatasetRows,
  views: z.array(PinnedView),
  /** In the order of the columns; `view` is a position. */
  features: z.array(z.object({ view: z.number().int(), feature: z.string() })),
  fullNames: z.boolean(),
  labelTime: Column.nullable(),
  split: Column.nullable(),
  /** State of the history to repeat; null: as it is when the job begins. */
  horizon: z.string().nullable(),
});
export type TrainingSetRequest = z.infer<typeof TrainingSetRequest>;

/** What a training set was made from. The same record gives the same rows. */
export const TrainingSetRecord = z.object({
  /** Rows of history count if a transaction below this one wrote them. */
  horizon: z.string(),
  rows: z.object({ contentHash: z.string(), sha256: z.string(), rows: z.number().int() }),
  views: z.array(
    z.object({
      view: z.string(),
      version: z.number().int(),
      digest: z.string(),
      cutoff: z.enum(cutoffs),
      files: z.array(z.object({ id: z.uuid(), sha256: z.string(), rows: z.number().int() })),
      /** Rows that were in no file yet. */
      arrivals: z.number().int(),
    }),
  ),
  engine: z.string(),
});
export type TrainingSetRecord = z.infer<typeof TrainingSetRecord>;

/** A finding of the leak check. Counts are rows of the training set. */
export const TrainingSetWarning = z.object({
  kind: z.enum(["nulls", "unknown-keys", "created-later", "arrived-later", "later-than-label", "in-two-splits"]),
  view: z.string().nullable(),
  feature: z.string().nullable(),
  count: z.number().int(),
  /** Share of the rows. */
  share: z.number(),
});
export type TrainingSetWarning = z.infer<typeof TrainingSetWarning>;

const trainingSetStates = ["waiting", "running", "done", "failed", "cancelled"] as const;

export const TrainingSet = z.object({
  id: z.uuid(),
  name: z.string(),
  state: z.enum(trainingSetStates),
  request: TrainingSetRequest,
  rowsTotal: z.number().int().nullable(),
  rowsDone: z.number().int(),
  record: TrainingSetRecord.nullable(),
  warnings: z.array(TrainingSetWarning),
  /** Version of the dataset that it became; null before, or once that was deleted. */
  digest: z.string().nullable(),
  problem: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.date(),
  startedAt: z.date().nullable(),
  endedAt: z.date().nullable(),
});
export type TrainingSet = z.infer<typeof TrainingSet>;

export const ListTrainingSets = z.object({
  /** Name of the dataset. */
  name: z.string().max(limits.nameLength).optional(),
  /** Digest of the version that it became. */
  digest: z.string().max(64).optional(),
  limit: z.number().int().min(1).max(500).default(100),
});
export type ListTrainingSets = z.input<typeof ListTrainingSets>;
