import { z } from "zod";
import { TrashKind } from "#server/platform/purge-lock/contract.ts";

/** Default number of days that the trash keeps items. */
export const defaultPurgeDays = 30;

/** Names something in the trash. */
export const TrashKey = z.object({
  kind: TrashKind,
  /** ID of the experiment, run or logged model; for a registered model or version, the ID from the list of the trash. */
  id: z.string().min(1).max(100),
});
export type TrashKey = z.infer<typeof TrashKey>;

/** Item in the trash. Times are ISO 8601. */
export const TrashItem = TrashKey.extend({
  name: z.string(),
  deletedAt: z.date(),
  /** Name of the user, if in the audit log. */
  deletedBy: z.string().nullable(),
  reason: z.string().nullable(),
  /** The experiment that a run or logged model belongs to. */
  experiment: z.object({ id: z.number().int(), name: z.string() }).nullable(),
  /** Number of runs of an experiment, or versions of a model. */
  parts: z.number().int().nullable(),
  /** Approximate size of its metric points, plus its files. */
  sizeBytes: z.number().int(),
  /** Time at which a rule permanently deletes it; null: never, or deletion is in progress. */
  purgeAt: z.date().nullable(),
  /** Time at which permanent deletion started. */
  purgingSince: z.date().nullable(),
  /** Why the permanent deletion last failed; null unless it did. It is retried. */
  purgeProblem: z.string().nullable(),
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

/** Content that permanent deletion would remove, and what prevents it. */
export const PurgePreview = TrashKey.extend({
  name: z.string(),
  runs: z.number().int(),
  loggedModels: z.number().int(),
  versions: z.number().int(),
  traces: z.number().int(),
  /** Approximate size of metric points in the database. */
  pointBytes: z.number().int(),
  files: z.number().int(),
  fileBytes: z.number().int(),
  /** Descriptions of what uses it: while there is any, it cannot be permanently deleted. */
  usedBy: z.array(z.string()),
});
export type PurgePreview = z.infer<typeof PurgePreview>;

export const RequestPurge = TrashKey.extend({
  reason: z.string().trim().min(1, "Enter a short reason.").max(2000),
});
export type RequestPurge = z.input<typeof RequestPurge>;

/** Permanent deletion, in progress or completed. */
export const Purge = z.object({
  id: z.uuid(),
  kind: TrashKind,
  subjectId: z.string(),
  name: z.string(),
  requestedBy: z.string(),
  reason: z.string().nullable(),
  startedAt: z.date(),
  finishedAt: z.date().nullable(),
  /** Number of consecutive failures. */
  attempts: z.number().int(),
  /** Reason for the last failure, which is retried, or why nothing was deleted. */
  problem: z.string().nullable(),
});
export type Purge = z.infer<typeof Purge>;

const Days = z.number().int().min(1, "Must be at least one day.").max(36_500).nullable();

/** Rules for runs and the trash. */
export const RetentionRule = z.object({
  /** Days without a write after which a run is moved to the trash; null disables this. */
  deleteRunsAfterDays: Days,
  /** Days in the trash after which an item is permanently deleted; null: never. */
  purgeAfterDays: Days,
});
export type RetentionRule = z.infer<typeof RetentionRule>;

export const ExperimentKey = z.object({ experimentId: z.coerce.number().int().min(0) });
export type ExperimentKey = z.infer<typeof ExperimentKey>;

/** Sets the rule of an experiment, which takes precedence over its workspace's; null removes it. */
export const SetExperimentRetention = ExperimentKey.extend({ rule: RetentionRule.nullable() });
export type SetExperimentRetention = z.infer<typeof SetExperimentRetention>;

export const ExperimentRetention = z.object({ own: RetentionRule.nullable(), ofWorkspace: RetentionRule });
export type ExperimentRetention = z.infer<typeof ExperimentRetention>;
