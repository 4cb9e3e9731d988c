import { z } from "zod";
import { parseArtifactPath } from "#server/platform/artifacts/artifact-key.ts";

/** Lower-case hex. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const Name = z
  .string()
  .min(1)
  .max(255)
  .refine((name) => !name.includes("/") && isPath(name), "Not a name of a file.");

/** Milliseconds since 1970, up to the year 9999. */
const Moment = z.number().min(0).max(253_402_300_799_999).transform(Math.floor);

/** A complete checkpoint whose files have been sent. */
export const AddCheckpoint = z.strictObject({
  /** Of its entry in the folder. */
  name: Name,
  framework: z.string().max(50).default(""),
  /** From its name; null where that has none. */
  step: z.int().min(0).nullable().default(null),
  files: z
    .array(
      z.strictObject({
        /** Below the folder. */
        path: z.string().min(1).max(900).refine(isPath, "Not a path below the folder."),
        sizeBytes: z.int().min(0),
        sha256: Sha256,
      }),
    )
    .min(1)
    .max(5_000)
    .refine((files) => new Set(files.map(({ path }) => path)).size === files.length, "A path is listed twice."),
  /** Seconds that the program took to write it, and the wrapper to send it; null where it did not see that. */
  savedSeconds: z.number().min(0).nullable().default(null),
  sentSeconds: z.number().min(0).nullable().default(null),
  /** Milliseconds since 1970 by the program's clock: its start, and the last change of the checkpoint. Null from older wrappers. */
  saved: z.strictObject({ from: Moment, until: Moment }).nullable().default(null),
});
export type AddCheckpoint = z.infer<typeof AddCheckpoint>;

export const AddedCheckpoint = z.object({ id: z.string(), seq: z.number() });
export type AddedCheckpoint = z.infer<typeof AddedCheckpoint>;

export const TrainingCheckpoint = z.object({
  id: z.string(),
  seq: z.number(),
  /** Number of the attempt that made it. */
  attempt: z.number(),
  name: z.string(),
  framework: z.string(),
  step: z.number().nullable(),
  files: z.number(),
  sizeBytes: z.number(),
  metrics: z.record(z.string(), z.number()),
  savedSeconds: z.number().nullable(),
  sentSeconds: z.number().nullable(),
  createdAt: z.date(),
  /** When a wrapper restored it with equal digests, found it damaged, or it was removed for newer ones. */
  verifiedAt: z.date().nullable(),
  tornAt: z.date().nullable(),
  removedAt: z.date().nullable(),
});
export type TrainingCheckpoint = z.infer<typeof TrainingCheckpoint>;

function isPath(path: string): boolean {
  try {
    return parseArtifactPath(path).length > 0;
  } catch {
    return false;
  }
}
