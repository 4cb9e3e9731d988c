import { z } from "zod";
import { boundedRecord } from "#server/base/bounded-record.ts";
import { limits } from "#server/base/limits.ts";

export const RemoveFeatureKey = z.object({
  view: z.string().max(limits.nameLength),
  /** Values by join key or name of the entity: of every entity of the view. */
  key: boundedRecord(z.string().max(limits.nameLength), z.union([z.string().max(65_536), z.number(), z.boolean()]), 20),
  reason: z.string().trim().min(1, "Enter a reason for the removal.").max(2_000),
});
export type RemoveFeatureKey = z.input<typeof RemoveFeatureKey>;

/** A file of history that had rows of the key. */
export const RemovedFromFile = z.object({
  file: z.uuid(),
  rows: z.number().int(),
  /** The file that took its place; null if nothing else was in it. */
  replacedBy: z.uuid().nullable(),
  at: z.iso.datetime(),
});
export type RemovedFromFile = z.infer<typeof RemovedFromFile>;

/** A training set that was made from the view before the removal. It is not changed, and may have rows of the key. */
export const ListedTrainingSet = z.object({
  name: z.string(),
  digest: z.string().nullable(),
  datasetVersionId: z.uuid(),
});
export type ListedTrainingSet = z.infer<typeof ListedTrainingSet>;

/** Receipt for the removal of an entity key. */
export const KeyRemoval = z.object({
  id: z.uuid(),
  view: z.string(),
  /** SHA-256 of the id and the key, as hex: by it the receipt can be checked, and the key is not in it. */
  keyDigest: z.string(),
  state: z.enum(["waiting", "running", "done", "failed"]),
  /** Rows that were removed: the one that look-ups found, those in no file yet, and those of files. */
  latestRows: z.number().int(),
  arrivalRows: z.number().int(),
  fileRows: z.number().int(),
  files: z.array(RemovedFromFile),
  trainingSets: z.array(ListedTrainingSet),
  reason: z.string(),
  problem: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.date(),
  endedAt: z.date().nullable(),
});
export type KeyRemoval = z.infer<typeof KeyRemoval>;
