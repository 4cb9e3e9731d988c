import { z } from "zod";
import { boundedRecord } from "#server/base/bounded-record.ts";
import { limits } from "#server/base/limits.ts";
import { LabelValue, RankFactors, Region, TaskSource, TaskState } from "../contract.ts";

const id = z.number().int().min(1);
/** What a task shows, or what came with it, by field. */
const fields = boundedRecord(z.string().max(200), z.unknown());
const Regions = z.array(Region).max(limits.listLength);

/** Tasks of one call. */
export const maxTasksPerCall = 10_000;
/** Characters of the data of a task as JSON; files are in the artifact store. */
export const maxDataLength = 262_144;

/** An answer that was given elsewhere. */
export const ImportedAnswer = z.object({
  /** User id, or the annotator's name at the source. */
  person: z.string().min(1).max(200),
  /** Name as people see it. Default: `person`. */
  name: z.string().max(200).optional(),
  value: LabelValue.nullable(),
  cannotTell: z.boolean().default(false),
  result: Regions.optional(),
  note: z.string().max(10_000).default(""),
  spentMs: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .optional(),
  createdAt: z.date().optional(),
});
export type ImportedAnswer = z.input<typeof ImportedAnswer>;

/** A prediction that came with an imported task. */
const ImportedPrediction = z.object({
  result: Regions,
  score: z.number().nullable().default(null),
  modelVersion: z.string().max(500).default(""),
});

export const NewTask = z.object({
  /** What it is about, once in a project: a request id, the hash of a dataset's row, or an id of the import. */
  item: z.string().min(1).max(500),
  data: fields,
  source: TaskSource.default("imported"),
  /** Default: audit for the source audit, else chosen. */
  selection: z.enum(["audit", "chosen"]).optional(),
  requestId: z.string().max(500).optional(),
  datasetVersionId: z.uuid().optional(),
  modelVersionId: z.uuid().optional(),
  meta: fields.optional(),
  /** Why it is in the queue, in words that do not reveal a prediction. */
  reason: z.string().max(1_000).default(""),
  /** The smallest is the first. Tasks of the source audit get one by their hash, so that a part of them is a random sample. */
  rank: z.number().default(0),
  factors: RankFactors.optional(),
  groupKey: z.string().max(200).optional(),
  probabilities: z.array(z.number().min(0).max(1)).max(1_000).optional(),
  /** Answers that it takes at least. Default: what the project's settings say. */
  least: z.number().int().min(1).max(20).optional(),
  answers: z.array(ImportedAnswer).max(100).default([]),
  predictions: z.array(ImportedPrediction).max(100).default([]),
});
export type NewTask = z.input<typeof NewTask>;

export const AddTasks = z.object({ projectId: id, tasks: z.array(NewTask).min(1).max(maxTasksPerCall) });
export type AddTasks = z.input<typeof AddTasks>;

export const AddedTasks = z.object({
  added: z.number().int(),
  known: z.number().int().describe("Tasks whose item already existed; their data is unchanged."),
  taskIds: z.array(id).describe("IDs in input order, including existing items."),
});
export type AddedTasks = z.infer<typeof AddedTasks>;

export const reviewReasons = ["disagreement", "cannot-tell", "gold", "sample", "asked"] as const;

export const LabelTask = z.object({
  id,
  projectId: id,
  item: z.string(),
  source: TaskSource,
  selection: z.enum(["audit", "chosen"]),
  requestId: z.string().nullable(),
  datasetVersionId: z.uuid().nullable(),
  modelVersionId: z.uuid().nullable(),
  data: z.record(z.string(), z.unknown()),
  meta: z.record(z.string(), z.unknown()).nullable(),
  reason: z.string(),
  rank: z.number(),
  factors: RankFactors.nullable(),
  groupKey: z.string().nullable(),
  probabilities: z.array(z.number()).nullable(),
  wanted: z.number().int(),
  taken: z.number().int(),
  answers: z.number().int(),
  cannotTell: z.number().int(),
  posterior: z.number().nullable(),
  state: TaskState,
  review: z.enum(reviewReasons).nullable(),
  createdAt: z.date(),
  updatedAt: z.date(),
  settledAt: z.date().nullable(),
});
export type LabelTask = z.infer<typeof LabelTask>;

export const StoredAnswer = z.object({
  id,
  taskId: id,
  person: z.string(),
  name: z.string(),
  value: LabelValue.nullable(),
  cannotTell: z.boolean(),
  result: z.array(Region).nullable(),
  note: z.string(),
  spentMs: z.number().int().nullable(),
  guideline: z.number().int(),
  shownPrediction: z.boolean(),
  isBulk: z.boolean(),
  isSurplus: z.boolean(),
  isGold: z.boolean(),
  agreed: z.boolean().nullable(),
  createdAt: z.date(),
  updatedAt: z.date(),
  supersededAt: z.date().nullable(),
});
export type StoredAnswer = z.infer<typeof StoredAnswer>;

export const StoredConsensus = z.object({
  value: LabelValue,
  posterior: z.number().nullable(),
  method: z.enum(["step", "majority", "dawid-skene", "crowdlab", "merge", "review", "import"]),
  people: z.number().int(),
  guideline: z.number().int(),
  createdAt: z.date(),
});
export type StoredConsensus = z.infer<typeof StoredConsensus>;

export const StoredReview = z.object({
  id,
  reviewer: z.string(),
  verdict: z.enum(["decided", "sent-back", "unclear"]),
  value: LabelValue.nullable(),
  reason: z.string(),
  createdAt: z.date(),
});
export type StoredReview = z.infer<typeof StoredReview>;

export const LabelTaskDetails = LabelTask.extend({
  consensus: StoredConsensus.nullable(),
  history: z.array(StoredAnswer).describe("Answers, current and superseded, oldest first."),
  reviews: z.array(StoredReview),
  gold: z.object({ value: LabelValue, explanation: z.string(), isEnabled: z.boolean() }).nullable(),
});
export type LabelTaskDetails = z.infer<typeof LabelTaskDetails>;

export const ListLabelTasks = z.object({
  projectId: id,
  state: TaskState.optional(),
  source: TaskSource.optional(),
  ids: z.array(id).max(1_000).optional(),
  /** Id of the last task of the page before. */
  after: id.optional(),
  limit: z.number().int().min(1).max(1_000).default(100),
});
export type ListLabelTasks = z.input<typeof ListLabelTasks>;

export const DeleteLabelTasks = z.object({ projectId: id, taskIds: z.array(id).min(1).max(maxTasksPerCall) });
export type DeleteLabelTasks = z.input<typeof DeleteLabelTasks>;
