import { z } from "zod";
import { IsoInstant } from "#server/base/instant.ts";
import { limits } from "#server/base/limits.ts";
import { DatasetName } from "../../datasets/names.ts";
import { cutoffs } from "../contract.ts";

const Column = z.string().min(1).max(limits.nameLength);

const Dataset = z.string().max(limits.nameLength);
/** A version of a dataset. */
const DatasetRows = z.object({ dataset: Dataset, digest: z.string().max(64) });
/** An uploaded file of a dataset, which need not be read yet. */
const UploadedRows = z.object({ dataset: Dataset, upload: z.uuid() });
/** A time that is kept as it was written. */
const Instant = z.iso
  .datetime({ offset: true })
  .meta({ formatMinimum: limits.firstInstant, formatMaximum: limits.lastInstant })
  .refine((text) => IsoInstant.safeParse(text).success, "Enter a time between 1970 and 2100.");
/** Labelled predictions of an endpoint: one row each, with its label. */
export const PredictionRows = z.object({
  /** Id of the endpoint. */
  endpoint: z.uuid(),
  /** Time of the requests; `from` is included, `to` is not. */
  from: Instant,
  to: Instant,
  /** What the time of a row is: that of the request, or of its event where the request had one. */
  time: z.enum(["request", "event"]).default("request"),
  /** Inputs to keep besides the join keys and what expressions read. */
  inputs: z.array(Column).max(500).default([]),
});
export type PredictionRows = z.infer<typeof PredictionRows>;
/** A prediction with its label. Times are microseconds since 1970. */
export interface LabelledPrediction {
  requestId: string;
  at: bigint;
  label: string;
  labelAt: bigint;
  /** Values of the inputs that were asked for; integers are bigint. */
  cells: (bigint | number | string | boolean | null)[];
}
/** The rows to which features are joined: with join keys, a time, and perhaps a label. */
export const SpineRows = z.union([DatasetRows, UploadedRows, PredictionRows]);
export type SpineRows = z.infer<typeof SpineRows>;

/** Findings of the leak check that nobody may overlook: each needs a reason, or there is no version. */
export const failingLeaks = ["predicts-label", "later-than-label", "in-two-splits", "in-frozen-set"] as const;
const Acknowledgement = z.object({
  kind: z.enum(failingLeaks),
  view: z.string().max(limits.nameLength).nullable().default(null),
  feature: z.string().max(limits.nameLength).nullable().default(null),
  /** The frozen set, for "in-frozen-set". */
  frozenSet: DatasetRows.optional(),
  /** Why it is no leak, or is accepted as one. */
  reason: z.string().trim().min(1, "Enter a reason.").max(2000),
});
export type Acknowledgement = z.infer<typeof Acknowledgement>;
const Acknowledgements = z.array(Acknowledgement).max(1_000);

/** Most splits of a set. */
export const maxCheckedSplits = 20;
/** Parts of the rows by their time, in order, each until the next one begins. */
const TimeSplit = z
  .object({
    /** Column that the result gets, with the name of the row's part. */
    column: Column.default("split"),
    parts: z
      .array(
        z.object({
          name: z.string().trim().min(1, "Enter a name.").max(100),
          /** End of the part, which is not included. Only the last part has none. */
          until: Instant.optional(),
        }),
      )
      .min(2)
      .max(maxCheckedSplits),
  })
  .superRefine(({ parts }, issues) => {
    const refuse = (index: number, field: string, message: string) =>
      issues.addIssue({ code: "custom", path: ["parts", index, field], message });
    parts.forEach(({ name, until }, index) => {
      if (parts.findIndex((other) => other.name === name) < index) refuse(index, "name", "Two splits have this name.");
      const isLast = index === parts.length - 1;
      if (isLast !== (until === undefined)) {
        refuse(index, "until", isLast ? "The last split has no end." : "Enter the end time of the split.");
      }
      const before = parts[index - 1]?.until;
      if (until !== undefined && before !== undefined && new Date(before) >= new Date(until)) {
        refuse(index, "until", "The split ends before it starts.");
      }
    });
  });
export type TimeSplit = z.infer<typeof TimeSplit>;

/** What a training set is made of, without its name. */
const asked = {
  rows: SpineRows,
  /** "view:feature", "view@latest:feature" or "view@v2:feature", in the order of the columns. */
  features: z.array(z.string().max(limits.nameLength)).min(1).max(2_000).optional(),
  /** Wins over features. */
  service: z.string().max(limits.nameLength).optional(),
  fullNames: z.boolean().default(false),
  /** Which values count; by default what each view says. */
  cutoff: z.enum(cutoffs).optional(),
  /** Column with the label, for the leak check. That of labelled predictions is "label". */
  label: Column.optional(),
  /** Column with the time at which the label became true, for the leak check. */
  labelTime: Column.optional(),
  /** Column that says to which split a row belongs, for the leak check. */
  split: Column.optional(),
  /** Splits the rows by their time, in the place of `split`. */
  splitByTime: TimeSplit.optional(),
  /** Versions of datasets with which it must share no rows, such as those by which models are evaluated. */
  frozenSets: z.array(DatasetRows).max(10).default([]),
};
const hasOneSplit = ({ split, splitByTime }: { split?: string | undefined; splitByTime?: TimeSplit | undefined }) =>
  split === undefined || splitByTime === undefined;
const twoSplits = { message: "Enter a column or times, not both.", path: ["splitByTime"] };

export const CreateTrainingSet = z
  .object({
    /** Dataset that gets the result as a version. */
    name: DatasetName.max(limits.nameLength),
    note: z.string().trim().max(2000).default(""),
    ...asked,
    /** Left out with `repeats`: the same rows. */
    rows: SpineRows.optional(),
    /** By default, with `repeats`, those of the other set. */
    frozenSets: asked.frozenSets.unwrap().optional(),
    /** A training set whose state of the history and versions of views to take. */
    repeats: z.uuid().optional(),
    acknowledgedLeaks: Acknowledgements.default([]),
  })
  .refine((input) => input.features || input.service || input.repeats, "Enter features or a service.")
  .refine((input) => input.rows || input.repeats, { message: "Enter the rows.", path: ["rows"] })
  .refine(hasOneSplit, twoSplits);
export type CreateTrainingSet = z.input<typeof CreateTrainingSet>;

/** Asks for a training set again, with the rows and the history of today. */
export const RefreshTrainingSet = z.object({
  id: z.uuid(),
  /** Rows in the place of the earlier ones. By default the newest version of the dataset, or the predictions of the same endpoint until now. */
  rows: SpineRows.optional(),
  /** Splits the rows at other times. */
  splitByTime: TimeSplit.optional(),
  note: z.string().trim().max(2000).optional(),
  acknowledgedLeaks: Acknowledgements.default([]),
});
export type RefreshTrainingSet = z.input<typeof RefreshTrainingSet>;

export const AcknowledgeLeaks = z.object({ id: z.uuid(), leaks: Acknowledgements.min(1) });
export type AcknowledgeLeaks = z.input<typeof AcknowledgeLeaks>;

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
  rows: SpineRows,
  /** The version that the rows became, once they have. */
  resolvedRows: DatasetRows.nullable().default(null),
  views: z.array(PinnedView),
  /** In the order of the columns; `view` is a position. */
  features: z.array(z.object({ view: z.number().int(), feature: z.string() })),
  /** Features of other views that expressions read, by reference; `view` is a position. */
  inputs: z.array(z.object({ reference: z.string(), view: z.number().int(), feature: z.string() })).default([]),
  fullNames: z.boolean(),
  label: Column.nullable().default(null),
  labelTime: Column.nullable(),
  split: Column.nullable(),
  splitByTime: TimeSplit.nullable().default(null),
  frozenSets: z.array(DatasetRows).default([]),
  acknowledgedLeaks: Acknowledgements.default([]),
  /** Whether it waits for someone to acknowledge leaks. */
  isHeld: z.boolean().default(false),
  /** State of the history to repeat; null: as it is when the job begins. */
  horizon: z.string().nullable(),
});
export type TrainingSetRequest = z.infer<typeof TrainingSetRequest>;

/** What a training set was made from. The same record gives the same rows. */
export const TrainingSetRecord = z.object({
  /** Rows of history count if a transaction below this one wrote them. */
  horizon: z.string(),
  rows: z.object({
    contentHash: z.string(),
    sha256: z.string(),
    rows: z.number().int(),
    /** The version of a dataset that has them; null in records from before it was recorded. */
    version: DatasetRows.nullable().default(null),
  }),
  /** Requests that became no row: with several rows, without data of an input, or without a key. */
  skipped: z.number().int().default(0),
  views: z.array(
    z.object({
      view: z.string(),
      version: z.number().int(),
      digest: z.string(),
      cutoff: z.enum(cutoffs),
      files: z.array(z.object({ id: z.uuid(), sha256: z.string(), rows: z.number().int() })),
      /** Earliest event time that could matter, in microseconds since 1970; null if there is no limit, or it was not recorded. */
      fromUs: z.number().nullable().default(null),
      /** Rows that were in no file yet. */
      arrivals: z.number().int(),
    }),
  ),
  engine: z.string(),
});
export type TrainingSetRecord = z.infer<typeof TrainingSetRecord>;

/** A finding of the leak check. Counts are rows of the training set. */
export const TrainingSetWarning = z.object({
  kind: z.enum(["nulls", "unknown-keys", "created-later", "arrived-later", ...failingLeaks]),
  view: z.string().nullable(),
  feature: z.string().nullable(),
  count: z.number().int(),
  /** Share of the rows. */
  share: z.number(),
  /** The frozen set, for "in-frozen-set". */
  frozenSet: DatasetRows.optional(),
  /** How well the feature alone ranks the label, for "predicts-label". */
  auc: z.number().optional(),
});
export type TrainingSetWarning = z.infer<typeof TrainingSetWarning>;

/** "held": the leak check failed. No dataset version is created until someone gives a reason for each failure. */
const trainingSetStates = ["waiting", "running", "held", "done", "failed", "cancelled"] as const;

export const TrainingSet = z.object({
  id: z.uuid(),
  name: z.string(),
  state: z.enum(trainingSetStates),
  request: TrainingSetRequest,
  rowsTotal: z.number().int().nullable(),
  rowsDone: z.number().int(),
  record: TrainingSetRecord.nullable(),
  warnings: z.array(TrainingSetWarning),
  /** Findings that need a reason before there is a version. */
  unacknowledgedLeaks: z.array(TrainingSetWarning),
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

// Preview.

/** Most rows of a preview. */
const maxPreviewedRows = 50;

export const PreviewTrainingSet = z
  .object({
    ...asked,
    /** Rows to show. */
    count: z.number().int().min(1).max(maxPreviewedRows).default(4),
    /** Whether to look for leaks as well, for which all rows are joined. */
    check: z.boolean().default(false),
  })
  .refine((input) => input.features || input.service, "Enter features or a service.")
  .refine(hasOneSplit, twoSplits);
export type PreviewTrainingSet = z.input<typeof PreviewTrainingSet>;

/** Times are microseconds since 1970. */
const RowTimes = z.object({ eventAt: z.number(), createdAt: z.number().nullable(), arrivedAt: z.number() });

/**
 * A row of a view's history beside the time of a row of the training set: the one that is joined, one that it replaced or that is too old
 * (older), one that was true but not known yet (not-known), one that became true later (later).
 */
const previewedStates = ["joined", "older", "not-known", "later"] as const;
const PreviewedPoint = RowTimes.extend({
  state: z.enum(previewedStates),
  /** When it became known: created or arrived, as the cut-off says; null where only the event time counts. */
  knownAt: z.number().nullable(),
});
export type PreviewedPoint = z.infer<typeof PreviewedPoint>;

/** What a row of the training set got from one view. */
const PreviewedLane = z.object({
  /** "expired": the newest row is older than the TTL; "unknown-key": no row has the key; "none": none was known yet. */
  outcome: z.enum(["joined", "expired", "unknown-key", "none"]),
  /** Age of the joined row at the time of the row; null if there is none. */
  ageUs: z.number().nullable(),
  /** By event time: at most ten up to the row's time, the nearest ones, and four after it. */
  points: z.array(PreviewedPoint),
});
export type PreviewedLane = z.infer<typeof PreviewedLane>;

export const CheckTrainingSet = z
  .object(asked)
  .refine((input) => input.features || input.service, "Enter features or a service.")
  .refine(hasOneSplit, twoSplits);
export type CheckTrainingSet = z.input<typeof CheckTrainingSet>;

/** The leak check of a training set that does not exist yet. Times are microseconds since 1970. */
export const TrainingSetCheck = z.object({
  rows: z.number().int(),
  /** Rows that are not joined, because the log has no key for them. */
  skipped: z.number().int(),
  /** Joined values that are not null. */
  values: z.number().int(),
  warnings: z.array(TrainingSetWarning),
  /** Shortest time from the event of a joined row to the label of its row; negative after it, null without label times. */
  labelMarginUs: z.number().nullable(),
  splits: z
    .array(z.object({ value: z.string().nullable(), rows: z.number().int(), firstAt: z.number(), lastAt: z.number() }))
    .describe("By their first time."),
  /** What the history was read from. */
  history: z.object({ files: z.number().int(), arrivals: z.number().int() }),
  durationMs: z.number(),
});
export type TrainingSetCheck = z.infer<typeof TrainingSetCheck>;

export const TrainingSetPreview = z.object({
  /** Rows of the whole set; null for predictions, which are counted when the set is created. */
  rowsTotal: z.number().int().nullable(),
  columns: z.array(
    z.object({
      name: z.string(),
      /** "row": of the rows; "feature": joined; "expression": computed after the join. */
      kind: z.enum(["row", "feature", "expression"]),
      /** Position of its view; null for columns of the rows. */
      view: z.number().int().nullable(),
    }),
  ),
  views: z.array(
    z.object({
      view: z.string(),
      version: z.number().int(),
      /** Name in full names. */
      name: z.string(),
      /** Columns of the rows with its join keys. */
      keys: z.array(z.string()),
      ttlUs: z.number().nullable(),
      cutoff: z.enum(cutoffs),
    }),
  ),
  rows: z.array(
    z.object({
      at: z.number().describe("Time of the row, in microseconds since 1970."),
      labelAt: z.number().nullable(),
      /** By column, as text; null is null. */
      cells: z.array(z.string().nullable()),
      /** By view. */
      lanes: z.array(PreviewedLane),
    }),
  ),
  check: TrainingSetCheck.nullable().describe("The leak check of all rows, if requested."),
});
export type TrainingSetPreview = z.infer<typeof TrainingSetPreview>;
