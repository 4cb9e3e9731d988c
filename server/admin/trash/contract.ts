import { z } from "zod";
import { TrashKind } from "#server/platform/purge-lock/contract.ts";

/** Days that the trash keeps things where nobody has said otherwise. */
export const defaultPurgeDays = 30;

/** Names something in the trash. */
export const TrashKey = z.object({
  kind: TrashKind,
  /** Of the experiment, run or logged model; of a registered model or version, the one that the list of the trash gives. */
  id: z.string().min(1).max(100),
});
export type TrashKey = z.infer<typeof TrashKey>;

/** Something in the trash. Times are ISO 8601. */
export const TrashItem = TrashKey.extend({
  name: z.string(),
  deletedAt: z.date(),
  /** Who, as far as the audit log knows. */
  deletedBy: z.string().nullable(),
  reason: z.string().nullable(),
  /** The experiment that a run or logged model belongs to. */
  experiment: z.object({ id: z.number().int(), name: z.string() }).nullable(),
  /** Of an experiment: its runs. Of a model: its versions. */
  parts: z.number().int().nullable(),
  /** Of its metric points, about, and of its files. */
  sizeBytes: z.number().int(),
  /** When a rule deletes it for good; null: never, or it is being deleted now. */
  purgeAt: z.date().nullable(),
  /** Since when it is being deleted for good. */
  purgingSince: z.date().nullable(),
});
export type TrashItem = z.infer<typeof TrashItem>;

export const ListTrash = z.object({
  kind: TrashKind.optional(),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
export type ListTrash = z.input<typeof ListTrash>;

export const TrashList = z.object({
  items: z.array(TrashItem),
  /** In the trash of the workspace, by kind. */
  counts: z.record(TrashKind, z.number().int()),
});
export type TrashList = z.infer<typeof TrashList>;

/** What deleting something for good would take, and what forbids it. */
export const PurgePreview = TrashKey.extend({
  name: z.string(),
  runs: z.number().int(),
  loggedModels: z.number().int(),
  versions: z.number().int(),
  traces: z.number().int(),
  /** Of metric points in the database, about. */
  pointBytes: z.number().int(),
  files: z.number().int(),
  fileBytes: z.number().int(),
  /** What uses it, in words: while there is any, it cannot be deleted for good. */
  usedBy: z.array(z.string()),
});
export type PurgePreview = z.infer<typeof PurgePreview>;

export const RequestPurge = TrashKey.extend({
  reason: z.string().trim().min(1, "Enter a short reason.").max(2000),
});
export type RequestPurge = z.input<typeof RequestPurge>;

/** Something that is being deleted for good, or has been. */
export const Purge = z.object({
  id: z.uuid(),
  kind: TrashKind,
  subjectId: z.string(),
  name: z.string(),
  requestedBy: z.string(),
  reason: z.string().nullable(),
  startedAt: z.date(),
  finishedAt: z.date().nullable(),
});
export type Purge = z.infer<typeof Purge>;

const Days = z.number().int().min(1, "Must be at least one day.").max(36_500).nullable();

/** Rules for runs and the trash. */
export const RetentionRule = z.object({
  /** Days without a write after which a run goes to the trash; null: never. */
  deleteRunsAfterDays: Days,
  /** Days in the trash after which something is deleted for good; null: never. */
  purgeAfterDays: Days,
});
export type RetentionRule = z.infer<typeof RetentionRule>;

export const ExperimentKey = z.object({ experimentId: z.coerce.number().int().min(0) });
export type ExperimentKey = z.infer<typeof ExperimentKey>;

/** A rule of an experiment stands before that of its workspace; null takes it away. */
export const SetExperimentRetention = ExperimentKey.extend({ rule: RetentionRule.nullable() });
export type SetExperimentRetention = z.infer<typeof SetExperimentRetention>;

export const ExperimentRetention = z.object({ own: RetentionRule.nullable(), ofWorkspace: RetentionRule });
export type ExperimentRetention = z.infer<typeof ExperimentRetention>;
