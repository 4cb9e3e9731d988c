import { z } from "zod";
import { boundedRecord } from "#server/base/bounded-record.ts";
import { limits } from "#server/base/limits.ts";
import { UploadProblem } from "#server/develop/datasets/contract.ts";
import { executionProviders } from "#server/develop/registry/execution/constants.ts";

const Column = z.string().trim().min(1, "Enter a column.").max(limits.nameLength);
const Condition = z.string().trim().min(1, "Enter a condition.").max(2000);
const Name = z.string().trim().min(1, "Enter a name.").max(200);

/** What the rows of a set ask for, and the columns that say what is correct. */
export const EvaluationTask = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("classification"),
    label: Column,
    /** Of two classes, the one to be found; the last one in the order of names when it is left out. */
    positive: z.string().max(1000).nullable().default(null),
  }),
  /** The label lists the classes of a row, separated by "|" or as a JSON list. */
  z.object({
    kind: z.literal("multilabel"),
    label: Column,
    /** Score from which on a class counts as predicted. */
    threshold: z.number().min(0).max(1).default(0.5),
  }),
  z.object({ kind: z.literal("regression"), label: Column }),
  z.object({
    kind: z.literal("forecast"),
    label: Column,
    /** Column of the number of steps ahead, and of the series that a row belongs to. */
    horizon: Column.nullable().default(null),
    series: Column.nullable().default(null),
  }),
  z.object({
    kind: z.literal("ranking"),
    /** Relevance of an item: 0 for none. */
    label: Column,
    /** Column that says which rows are one list. */
    list: Column,
    at: z.number().int().min(1).max(1000).default(10),
  }),
  z.object({ kind: z.literal("transcription"), label: Column }),
  /** The label lists the boxes of a picture as JSON, as label projects write them: label, x, y, width and height in percent. */
  z.object({
    kind: z.literal("boxes"),
    label: Column,
    /** Overlap from which a predicted box is an actual one, and confidence from which on it counts. */
    overlap: z.number().min(0.05).max(1).default(0.5),
    confidence: z.number().min(0).max(1).default(0.5),
  }),
  /** The label lists the spans of a text as JSON, as label projects write them: label, start and end in code points. */
  z.object({
    kind: z.literal("spans"),
    label: Column,
    /** Column with start and end of each token as JSON, for versions that return a tag for each one. */
    offsets: Column.nullable().default(null),
  }),
  z.object({
    kind: z.literal("anomaly"),
    /** 1 or true where something was wrong. Rows of a machine are in the order of time. */
    label: Column,
    machine: Column.nullable().default(null),
    /** Score from which on a step raises an alarm; chosen on other rows. */
    threshold: z.number(),
    /** Steps before an event in which an alarm belongs to it. */
    before: z.number().int().min(0).max(1_000_000).default(0),
  }),
]);
export type EvaluationTask = z.infer<typeof EvaluationTask>;
export type EvaluationTaskKind = EvaluationTask["kind"];

/** Rows of a set that are looked at by themselves: one segment for each value of a column, or those that meet conditions. */
export const SegmentDefinition = z.union([
  z.object({ column: Column }),
  z.object({ name: Name, filter: Condition.describe('Such as weight_kg > 20 and weather = "rain".') }),
]);
export type SegmentDefinition = z.infer<typeof SegmentDefinition>;

/** Rows that are left out of every evaluation, and why: by number from 1, or those that meet conditions. */
const RowExclusion = z.union([
  z.object({ rows: z.array(z.number().int().min(1)).min(1).max(limits.listLength), reason: Name }),
  z.object({ filter: Condition, reason: Name }),
]);

export const EvaluationSetDefinition = z.object({
  /** Version of a dataset whose rows Leeway has. */
  dataset: z.object({ name: z.string().max(limits.nameLength), digest: z.string().max(limits.nameLength) }),
  task: EvaluationTask,
  /** Conditions of the rows that belong to the set, such as split = test; null takes all. */
  filter: Condition.nullable().default(null),
  segments: z.array(SegmentDefinition).max(50).default([]),
  /** Columns whose values are compared for fairness. */
  groups: z.array(Column).max(10).default([]),
  /** Column of a weight of each row, of classes and numbers. */
  weight: Column.nullable().default(null),
  /** Column that says which rows belong to one entity: they are drawn together for intervals. */
  cluster: Column.nullable().default(null),
  excluded: z.array(RowExclusion).max(100).default([]),
  /** Columns of inputs, by name of the input, where the column's name differs. */
  columns: boundedRecord(z.string().max(limits.nameLength), Column, 1000).default({}),
});
export type EvaluationSetDefinition = z.infer<typeof EvaluationSetDefinition>;

/** What was found when the rows of a set were read. */
export const EvaluationSetFacts = z.object({
  /** Rows of the file, and those that are evaluated. */
  rows: z.number().int(),
  included: z.number().int(),
  /** Rows that the filter leaves out, that have no label, and that are excluded by reason. */
  filteredOut: z.number().int(),
  unlabelled: z.number().int(),
  excluded: z.array(z.object({ reason: z.string(), rows: z.number().int() })),
  /** Classes with their number of included rows, in the order of their names; null unless labels are classes. */
  classes: z.array(z.object({ name: z.string(), rows: z.number().int() })).nullable(),
  segments: z.array(
    z.object({
      /** "camera=line-scan", or the name of a filter. */
      id: z.string(),
      title: z.string(),
      /** Column whose value it is; null for a filter. */
      column: z.string().nullable(),
      isGroup: z.boolean(),
      rows: z.number().int(),
    }),
  ),
  notes: z.array(z.string()),
});
export type EvaluationSetFacts = z.infer<typeof EvaluationSetFacts>;

/** How often a set was used, and what follows from it. */
export const SetUsage = z.object({
  runs: z.number().int(),
  /** Different versions that were evaluated on it. */
  versions: z.number().int(),
  /** hint: the best of so many looks better than it is; fresh-rows: a new set is needed. */
  level: z.enum(["fine", "hint", "fresh-rows"]),
  /** Sentence for people; null while it is fine. */
  words: z.string().nullable(),
});
export type SetUsage = z.infer<typeof SetUsage>;

export const EvaluationSet = z.object({
  id: z.uuid(),
  name: z.string(),
  digest: z.string(),
  definition: EvaluationSetDefinition,
  state: z.enum(["waiting", "running", "ready", "failed"]),
  rowsRead: z.number(),
  rowsExpected: z.number(),
  facts: EvaluationSetFacts.nullable(),
  problem: UploadProblem.nullable(),
  usage: SetUsage,
  note: z.string(),
  createdBy: z.string(),
  createdAt: z.date(),
  finishedAt: z.date().nullable(),
  retiredAt: z.date().nullable(),
  retiredBy: z.string().nullable(),
  retirementReason: z.string().nullable(),
});
export type EvaluationSet = z.infer<typeof EvaluationSet>;

export const CreateEvaluationSet = z.object({
  name: Name,
  definition: EvaluationSetDefinition,
  note: z.string().trim().max(2000).default(""),
});
export type CreateEvaluationSet = z.input<typeof CreateEvaluationSet>;

export const ListEvaluationSets = z.object({
  /** Only those whose rows are of this dataset. */
  dataset: z.string().max(limits.nameLength).optional(),
  taskKind: z.string().max(limits.nameLength).optional(),
  includeRetired: z.stringbool().or(z.boolean()).default(false),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type ListEvaluationSets = z.input<typeof ListEvaluationSets>;

export const RetireEvaluationSet = z.object({
  id: z.uuid(),
  reason: z.string().trim().min(1, "Give a reason. Others will rely on it later.").max(2000),
});
export type RetireEvaluationSet = z.infer<typeof RetireEvaluationSet>;

const Interval = z.object({ low: z.number(), high: z.number() });

/** One metric of some rows. */
export const EvaluationMetric = z.object({
  /** Such as accuracy, macroF1, logLoss. */
  id: z.string(),
  title: z.string(),
  better: z.enum(["higher", "lower"]).nullable(),
  /** "proportion" is shown in percent. */
  scale: z.enum(["proportion", "number"]),
  value: z.number().nullable(),
  /** 95% interval; null where there are too few rows, or nothing to compute it from. */
  interval: Interval.nullable(),
  method: z.enum(["Wilson", "Student's t", "bootstrap", "jackknife"]).nullable(),
  /** Why there is no value, or how to read it. */
  note: z.string().nullable(),
});
export type EvaluationMetric = z.infer<typeof EvaluationMetric>;

const Bin = z.object({
  /** Mean score and share of positive or correct rows, with its interval. */
  score: z.number(),
  rate: z.number(),
  interval: Interval,
  rows: z.number().int(),
});

const CurvePoint = z.object({ x: z.number(), y: z.number(), threshold: z.number().nullable() });

const ByClass = z.object({
  name: z.string(),
  /** Rows with this label, and with this prediction. */
  support: z.number().int(),
  predicted: z.number().int(),
  precision: z.number().nullable(),
  precisionInterval: Interval.nullable(),
  recall: z.number().nullable(),
  recallInterval: Interval.nullable(),
  f1: z.number().nullable(),
});

/** Panels of one kind of task. */
export const EvaluationPanels = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("classification"),
    classes: z.array(z.string()),
    /** Rows by label, then by prediction. Predictions that are no class of the set come last. */
    confusion: z.array(z.array(z.number())),
    byClass: z.array(ByClass),
    /** Confidence of the prediction; null where the version returns no probabilities. */
    calibration: z
      .object({
        bins: z.array(Bin),
        /** Calibration error that a perfectly calibrated model reaches on so many rows: mean and upper 95% limit. */
        chanceMean: z.number(),
        chanceLimit: z.number(),
        isMiscalibrated: z.boolean(),
      })
      .nullable(),
    /** Of the positive class of two; null otherwise. */
    curves: z.object({ roc: z.array(CurvePoint), precisionRecall: z.array(CurvePoint) }).nullable(),
  }),
  z.object({ kind: z.literal("multilabel"), classes: z.array(z.string()), byClass: z.array(ByClass) }),
  z.object({
    kind: z.literal("regression"),
    /** Errors (prediction less label) at 5, 25, 50, 75 and 95%. */
    errorQuantiles: z.array(z.number()),
    scatter: z.array(z.object({ row: z.number().int(), label: z.number(), prediction: z.number() })),
  }),
  z.object({
    kind: z.literal("forecast"),
    errorQuantiles: z.array(z.number()),
    byHorizon: z.array(
      z.object({ horizon: z.string(), rows: z.number().int(), wape: z.number().nullable(), bias: z.number() }),
    ),
    /** Highest absolute error first, at most ten. */
    worstSeries: z.array(
      z.object({ series: z.string(), rows: z.number().int(), wape: z.number().nullable(), bias: z.number() }),
    ),
    /** Labels that are 0, which MAPE leaves out. */
    zeroLabels: z.number().int(),
  }),
  z.object({
    kind: z.literal("ranking"),
    lists: z.number().int(),
    /** Lists without anything relevant, which are left out. */
    emptyLists: z.number().int(),
    at: z.number().int(),
    atEach: z.array(
      z.object({
        k: z.number().int(),
        ndcg: z.number().nullable(),
        hit: z.number().nullable(),
        precision: z.number().nullable(),
        recall: z.number().nullable(),
      }),
    ),
  }),
  z.object({
    kind: z.literal("transcription"),
    words: z.number().int(),
    substitutions: z.number().int(),
    deletions: z.number().int(),
    insertions: z.number().int(),
    /** Rows with an empty label, and the words invented there. */
    silent: z.number().int(),
    invented: z.number().int(),
  }),
  z.object({
    kind: z.literal("boxes"),
    pictures: z.number().int(),
    /** Boxes of the labels, and predicted ones of the confidence of the set. */
    actual: z.number().int(),
    predicted: z.number().int(),
    overlap: z.number(),
    confidence: z.number(),
    byClass: z.array(ByClass.extend({ averagePrecision: z.number().nullable() })),
    /** What another confidence would give, lowest first. */
    curve: z.array(
      z.object({ confidence: z.number(), precision: z.number().nullable(), recall: z.number().nullable() }),
    ),
  }),
  z.object({
    kind: z.literal("spans"),
    texts: z.number().int(),
    actual: z.number().int(),
    predicted: z.number().int(),
    byClass: z.array(ByClass),
  }),
  z.object({
    kind: z.literal("anomaly"),
    events: z.number().int(),
    detected: z.number().int(),
    alarms: z.number().int(),
    falseAlarms: z.number().int(),
    /** Steps from the first alarm to the start of the event, smallest first; negative is late. */
    leads: z.array(z.number()),
    /** F1 that counts an event as found by a single step. Shown only to explain why it misleads. */
    pointAdjustedF1: z.number().nullable(),
    /** Recall of events against false alarms, by threshold. The threshold of the set was chosen on other rows. */
    curve: z.array(
      z.object({
        threshold: z.number(),
        eventRecall: z.number().nullable(),
        eventPrecision: z.number().nullable(),
        falseAlarmsPer1000: z.number().nullable(),
        medianLead: z.number().nullable(),
      }),
    ),
  }),
]);
export type EvaluationPanels = z.infer<typeof EvaluationPanels>;

export const SegmentResult = z.object({
  id: z.string(),
  title: z.string(),
  column: z.string().nullable(),
  rows: z.number().int(),
  /** Fewer than 30 rows: listed, not evaluated. */
  isSmall: z.boolean(),
  metrics: z.array(EvaluationMetric),
});
export type SegmentResult = z.infer<typeof SegmentResult>;

/** Values of one column, compared. */
export const EvaluatedGroups = z.object({
  column: z.string(),
  metric: z.string(),
  groups: z.array(
    z.object({
      name: z.string(),
      rows: z.number().int(),
      isSmall: z.boolean(),
      value: z.number().nullable(),
      interval: Interval.nullable(),
    }),
  ),
  /** Highest less lowest. */
  gap: z.number().nullable(),
  interval: Interval.nullable(),
  ratio: z.number().nullable(),
  /** Gap that equally good groups of these sizes show by chance, on average. */
  expectedByChance: z.number().nullable(),
});
export type EvaluatedGroups = z.infer<typeof EvaluatedGroups>;

/** Result of an evaluation. */
export const EvaluationResult = z.object({
  /** Rows with a prediction, and rows that the version rejected. */
  evaluated: z.number().int(),
  failed: z.number().int(),
  /** Why a row was rejected, by frequency; at most five. */
  failures: z.array(z.object({ message: z.string(), rows: z.number().int(), firstRow: z.number().int() })),
  /** The first one is the headline. */
  metrics: z.array(EvaluationMetric),
  panels: EvaluationPanels,
  /** Lowest headline first. */
  segments: z.array(SegmentResult),
  groups: z.array(EvaluatedGroups),
  notes: z.array(z.string()),
  /** Milliseconds of the model runs. */
  modelMs: z.number(),
  /** How long requests took, of so many rows at most; left out by earlier releases, null without a request. */
  latency: z
    .object({ requests: z.number().int(), rows: z.number().int(), p50Ms: z.number(), p95Ms: z.number() })
    .nullable()
    .optional(),
});
export type EvaluationResult = z.infer<typeof EvaluationResult>;

/** Whether rows of the set were in the training data. */
export const TrainingLeakage = z.object({
  checked: z.array(z.object({ dataset: z.string(), digest: z.string(), sharedRows: z.number().int() })),
  /** Training data that could not be compared, and why. */
  unknown: z.array(z.object({ dataset: z.string(), digest: z.string(), reason: z.string() })),
  sharedRows: z.number().int(),
  words: z.string(),
});
export type TrainingLeakage = z.infer<typeof TrainingLeakage>;

const EvaluationState = z.enum(["waiting", "running", "done", "failed", "cancelled"]);

export const EvaluationRun = z.object({
  id: z.uuid(),
  set: z.object({ id: z.uuid(), name: z.string(), digest: z.string(), taskKind: z.string() }),
  model: z.string(),
  version: z.number().int(),
  versionId: z.uuid(),
  modelDigest: z.string(),
  /** "" without a pipeline. */
  pipelineDigest: z.string(),
  /** Requested provider; null leaves it to the installation. */
  provider: z.string().nullable(),
  ranOn: z.string().nullable(),
  state: EvaluationState,
  rowsDone: z.number(),
  rowsTotal: z.number(),
  /** Whether the version's file or pipeline changed since. */
  isStale: z.boolean(),
  leakage: TrainingLeakage.nullable(),
  problem: z.string().nullable(),
  result: EvaluationResult.nullable(),
  createdBy: z.string(),
  createdAt: z.date(),
  startedAt: z.date().nullable(),
  finishedAt: z.date().nullable(),
});
export type EvaluationRun = z.infer<typeof EvaluationRun>;

/** An evaluation in a list: of its result, only what is known of all rows. */
export const ListedEvaluation = EvaluationRun.extend({
  result: EvaluationResult.omit({ failures: true, panels: true, segments: true, groups: true }).nullable(),
});
export type ListedEvaluation = z.infer<typeof ListedEvaluation>;

export const RequestEvaluation = z.object({
  setId: z.uuid(),
  /** Name of the model. */
  name: z.string().max(limits.nameLength),
  version: z.number().int().min(1),
  provider: z.enum(executionProviders).nullable().default(null),
});
export type RequestEvaluation = z.input<typeof RequestEvaluation>;

export const ListEvaluations = z.object({
  setId: z.uuid().optional(),
  name: z.string().max(limits.nameLength).optional(),
  version: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type ListEvaluations = z.input<typeof ListEvaluations>;

const ShownBox = z.object({
  label: z.string(),
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
});

/** One row of a run. */
export const EvaluatedRow = z.object({
  /** From 1, in the file of the set. */
  row: z.number().int(),
  label: z.union([z.string(), z.number()]).nullable(),
  prediction: z.union([z.string(), z.number()]).nullable(),
  score: z.number().nullable(),
  loss: z.number().nullable(),
  /** Null where a prediction is not simply correct or incorrect. */
  isCorrect: z.boolean().nullable(),
  /** Boxes of the label, and predicted ones that count, in percent of the picture. */
  boxes: z.object({ actual: z.array(ShownBox), predicted: z.array(ShownBox) }).optional(),
});
export type EvaluatedRow = z.infer<typeof EvaluatedRow>;

export const ListEvaluatedRows = z.object({
  id: z.uuid(),
  /** Id of a segment of the set. */
  segment: z.string().max(limits.nameLength).optional(),
  only: z.enum(["all", "correct", "incorrect"]).default("all"),
  order: z.enum(["row", "loss"]).default("row"),
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
export type ListEvaluatedRows = z.input<typeof ListEvaluatedRows>;

export const EvaluatedRows = z.object({ rows: z.array(EvaluatedRow), total: z.number().int() });
export type EvaluatedRows = z.infer<typeof EvaluatedRows>;

const VersionOfModel = z.object({
  /** Name of the model. */
  name: z.string().max(limits.nameLength),
  version: z.number().int().min(1),
});

/** Two versions on one set; both must have been evaluated on it. */
export const CompareEvaluations = z.object({
  setId: z.uuid(),
  /** Version under evaluation, and the one that it is compared with. */
  first: VersionOfModel,
  second: VersionOfModel,
  /** Id of a segment of the set; left out, all rows. */
  segment: z.string().max(limits.nameLength).optional(),
  /** Id of a metric, instead of all. */
  metric: z.string().max(100).optional(),
  confidence: z.number().min(0.5).max(0.999).default(0.95),
});
export type CompareEvaluations = z.input<typeof CompareEvaluations>;

/** Better or worse: the interval of the difference excludes 0. Insufficient data: fewer than 30 rows. */
export const ComparisonVerdict = z.enum(["better", "worse", "inconclusive", "insufficient-data"]);
export type ComparisonVerdict = z.infer<typeof ComparisonVerdict>;

/** A metric of both versions, and the first less the second with its paired interval. */
export const PairedMetricResult = z.object({
  id: z.string(),
  title: z.string(),
  better: z.enum(["higher", "lower"]).nullable(),
  scale: z.enum(["proportion", "number"]),
  first: z.number().nullable(),
  second: z.number().nullable(),
  difference: z.number().nullable(),
  interval: Interval.nullable(),
  /** How the interval was computed; null without one. */
  method: z.string().nullable(),
  rows: z.number().int(),
  /** Rows that each version did not answer, where the metric leaves them out. The version with more of them is not called better. */
  leftOut: z.object({ first: z.number().int(), second: z.number().int() }).optional(),
  /** Null for a metric without a better direction. */
  verdict: ComparisonVerdict.nullable(),
});
export type PairedMetricResult = z.infer<typeof PairedMetricResult>;

const ComparedRun = z.object({
  runId: z.uuid(),
  model: z.string(),
  version: z.number().int(),
  isStale: z.boolean(),
  finishedAt: z.date().nullable(),
});

export const EvaluationComparison = z.object({
  set: z.object({ id: z.uuid(), name: z.string(), digest: z.string(), taskKind: z.string() }),
  usage: SetUsage,
  first: ComparedRun,
  second: ComparedRun,
  segment: z.string().nullable(),
  rows: z.number().int(),
  /** Rows for which a version returned no prediction. */
  failed: z.object({ first: z.number().int(), second: z.number().int() }),
  /** Rows by which version is correct; null where predictions are not simply correct or incorrect. */
  discordant: z
    .object({
      both: z.number().int(),
      onlyFirst: z.number().int(),
      onlySecond: z.number().int(),
      neither: z.number().int(),
      /** Of those, with different predictions. */
      neitherDiffer: z.number().int(),
      /** McNemar's exact test, for readers only. */
      pValue: z.number().nullable(),
      /** Interval that treats the rows of both versions as independent. */
      unpaired: Interval.nullable(),
    })
    .nullable(),
  /** The first one is the headline. */
  metrics: z.array(PairedMetricResult),
  /** By the headline, the worst difference first. */
  segments: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      column: z.string().nullable(),
      onlyFirst: z.number().int().nullable(),
      onlySecond: z.number().int().nullable(),
      result: PairedMetricResult,
    }),
  ),
  /** One sentence with the headline. */
  words: z.string(),
});
export type EvaluationComparison = z.infer<typeof EvaluationComparison>;

export const ListChangedRows = CompareEvaluations.omit({ confidence: true, metric: true }).extend({
  /** Correct only by the first version, only by the second, or incorrect by both with different predictions. */
  change: z.enum(["gained", "lost", "other"]),
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
export type ListChangedRows = z.input<typeof ListChangedRows>;

/** Rows that changed, in the order of how sure the first version is, surest first. */
export const ChangedRowsPage = z.object({
  rows: z.array(
    z.object({
      /** From 1, in the file of the set. */
      row: z.number().int(),
      label: EvaluatedRow.shape.label,
      first: EvaluatedRow.pick({ prediction: true, score: true, loss: true }),
      second: EvaluatedRow.pick({ prediction: true, score: true, loss: true }),
    }),
  ),
  total: z.number().int(),
});
export type ChangedRowsPage = z.infer<typeof ChangedRowsPage>;

export const RequestRobustness = RequestEvaluation.extend({
  /** Ids of corruptions; all that fit the inputs of the version if it is left out. */
  kinds: z.array(z.string().max(100)).min(1).max(50).optional(),
  /** Rows of the set that are corrupted, drawn at random. */
  rows: z.number().int().min(30).max(10_000).default(1000),
  seed: z.number().int().min(0).max(2_147_483_647).default(1),
});
export type RequestRobustness = z.input<typeof RequestRobustness>;

/** What a robustness run depends on besides version and set. */
export const RobustnessSettings = z.object({
  kinds: z.array(z.string()),
  severities: z.number().int(),
  rows: z.number().int(),
  seed: z.number().int(),
});
export type RobustnessSettings = z.infer<typeof RobustnessSettings>;

const RobustnessCell = z.object({
  rows: z.number().int(),
  failed: z.number().int(),
  accuracy: z.number(),
  interval: Interval,
  /** Most frequent confusions, at most three. */
  errors: z.array(z.object({ label: z.string(), prediction: z.string(), rows: z.number().int() })),
});

export const RobustnessResult = z.object({
  clean: RobustnessCell,
  /** By kind, then severity. */
  cells: z.array(
    RobustnessCell.extend({
      kind: z.string(),
      title: z.string(),
      family: z.enum(["picture", "row", "text"]),
      severity: z.number().int(),
    }),
  ),
  /** Mean accuracy under a kind, and divided by the clean accuracy. */
  byKind: z.array(
    z.object({
      kind: z.string(),
      title: z.string(),
      family: z.enum(["picture", "row", "text"]),
      mean: z.number(),
      retained: z.number().nullable(),
    }),
  ),
  /** Mean accuracy under corruption divided by the clean accuracy. */
  retained: z.number().nullable(),
  modelMs: z.number(),
});
export type RobustnessResult = z.infer<typeof RobustnessResult>;

export const RobustnessRun = EvaluationRun.omit({ result: true, leakage: true }).extend({
  settings: RobustnessSettings,
  result: RobustnessResult.nullable(),
});
export type RobustnessRun = z.infer<typeof RobustnessRun>;

export const CompareRobustness = z.object({ id: z.uuid(), base: z.uuid() });
export type CompareRobustness = z.infer<typeof CompareRobustness>;

/** What corruptions cost a version, compared with another one on the same rows. */
export const RobustnessComparison = z.object({
  /** Mean corruption error: errors divided by those of the other version; below 1 is better. */
  mce: z.number().nullable(),
  /** The same, with the errors on clean rows subtracted. */
  relativeMce: z.number().nullable(),
  retained: z.object({ first: z.number().nullable(), second: z.number().nullable() }),
  byKind: z.array(
    z.object({
      kind: z.string(),
      title: z.string(),
      ce: z.number().nullable(),
      relativeCe: z.number().nullable(),
      /** Mean accuracy of the first version less that of the second. */
      difference: z.number(),
    }),
  ),
});
export type RobustnessComparison = z.infer<typeof RobustnessComparison>;

/** Results that MLflow clients logged of a version, and evaluation datasets of its experiment. */
export const LoggedEvaluations = z.object({
  results: z.array(
    z.object({
      runId: z.string(),
      runName: z.string().nullable(),
      datasets: z.array(z.object({ name: z.string(), digest: z.string() })),
      /** Null for a value that is not finite. */
      metrics: z.array(z.object({ key: z.string(), value: z.number().nullable() })),
    }),
  ),
  datasets: z.array(z.object({ id: z.string(), name: z.string(), digest: z.string(), records: z.number() })),
});
export type LoggedEvaluations = z.infer<typeof LoggedEvaluations>;
