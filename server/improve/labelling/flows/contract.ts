import { z } from "zod";
import { DatasetName } from "#server/develop/datasets/names.ts";

const projectId = z.number().int().positive();
const Interval = z.object({ value: z.number().nullable(), low: z.number().nullable(), high: z.number().nullable() });

const exportFormats = ["csv", "parquet"] as const;

export const ExportToDataset = z.object({
  projectId,
  dataset: DatasetName,
  format: z.enum(exportFormats).default("csv"),
  /** Whether models will learn from it: then gold items and rows of frozen evaluation sets are left out. */
  forTraining: z.boolean().default(true),
});
export type ExportToDataset = z.input<typeof ExportToDataset>;

/** Freezes all items of the random audit that were settled in a time range. */
export const FreezeAudit = z.object({
  projectId,
  /** Name of the evaluation set, and of the dataset that has its rows. */
  name: DatasetName,
  from: z.date(),
  to: z.date(),
});
export type FreezeAudit = z.input<typeof FreezeAudit>;

/** A dataset version of settled labels: asked for, in progress, or made. */
export const LabelExport = z.object({
  id: z.uuid(),
  dataset: z.string(),
  format: z.enum(exportFormats),
  forTraining: z.boolean(),
  /** Time range of the audit items that become an evaluation set; null for an export of all labels. */
  audit: z.object({ from: z.string(), to: z.string() }).nullable(),
  state: z.enum(["waiting", "done", "failed"]),
  problem: z.string().nullable(),
  requestedBy: z.string(),
  requestedAt: z.string(),
  /** Of a finished one. */
  rows: z.number().int().nullable(),
  /** Settled items that were left out because a frozen set has them, or they measure annotators. */
  frozen: z.number().int().nullable(),
  gold: z.number().int().nullable(),
  digest: z.string().nullable(),
  evaluationSetId: z.string().nullable(),
});
export type LabelExport = z.infer<typeof LabelExport>;

export const OfLabelProject = z.object({ projectId });
export type OfLabelProject = z.input<typeof OfLabelProject>;

/** Where the labels of a project have gone. */
export const LabelFlow = z.object({
  settled: z.number().int(),
  /** Settled labels that the prediction log has, and those that it will have in a moment. */
  recorded: z.number().int(),
  waiting: z.number().int(),
  /** Of them, labels that rates count. */
  counted: z.number().int(),
  /** Dataset versions of them, newest first. */
  exports: z.array(LabelExport),
  /** Labels that may be trained on and are not in the newest dataset version. */
  fresh: z.number().int(),
});
export type LabelFlow = z.infer<typeof LabelFlow>;

/** What a retraining trigger can be about. */
export const LabelTrigger = z.object({
  /** Labels that may be trained on and are new or changed since then: neither gold items nor frozen ones of the audit. */
  fresh: z.number().int(),
  /** The time asked for, or that of the labels which the version in effect was trained on; null for none, then all are fresh. */
  since: z.date().nullable(),
  /** The version that was trained on labels of this project; null for none, and where a time was asked for. */
  trained: z.object({ model: z.string(), version: z.number().int() }).nullable(),
  byClass: z.array(z.object({ name: z.string(), alpha: z.number().nullable(), noise: z.number().nullable() })),
  alpha: z.number().nullable(),
  noise: z.number().nullable(),
  /** When the run behind these numbers ended. */
  measuredAt: z.date().nullable(),
});
export type LabelTrigger = z.infer<typeof LabelTrigger>;
export const GetLabelTrigger = z.object({ projectId, since: z.date().optional() });
export type GetLabelTrigger = z.input<typeof GetLabelTrigger>;

/** Whether people who see the model's prediction follow it. */
export const PreLabelComparison = z.object({
  /** Answers of people who saw the prediction, and how many equal it. */
  shown: z.object({ answers: z.number().int(), same: z.number().int() }),
  /** The same of people who did not. */
  blind: z.object({ answers: z.number().int(), same: z.number().int() }),
  difference: Interval,
  /** What it means; null while nothing can be said. */
  sentence: z.string().nullable(),
});
export type PreLabelComparison = z.infer<typeof PreLabelComparison>;
