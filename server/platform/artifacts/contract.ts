import { z } from "zod";

/** Days between finding files that belong to nothing and removing them. */
export const graceDays = 7;

/** Folder whose files are removed once nothing refers to them. Times are ISO 8601. */
const Release = z.object({
  id: z.uuid(),
  /** Below mlflow-artifacts:/. */
  path: z.string(),
  /** released: its owner was permanently deleted; orphaned: found without an owner. */
  cause: z.enum(["released", "orphaned"]),
  releasedBy: z.string(),
  releasedAt: z.date(),
  removeAfter: z.date(),
  /** Null until counted. */
  files: z.number().int().nullable(),
  sizeBytes: z.number().int().nullable(),
  /** Description of what still refers to it. */
  heldBy: z.string().nullable(),
  removingAt: z.date().nullable(),
});

export const ReleaseList = z.object({
  releases: z.array(Release),
  /** Over all releases, not only those listed. */
  total: z.object({
    folders: z.number().int(),
    files: z.number().int(),
    sizeBytes: z.number().int(),
    /** Bytes of folders that nothing was found to refer to. */
    removableBytes: z.number().int(),
  }),
});
export type ReleaseList = z.infer<typeof ReleaseList>;

/** look: find files that belong to nothing and count bytes, removing nothing. remove: remove what is due. */
export const RequestCollection = z.object({
  action: z.enum(["look", "remove"]),
  /** Releases that are due immediately with "remove", regardless of their grace period. */
  releaseIds: z.array(z.uuid()).max(1000).default([]),
});
export type RequestCollection = z.input<typeof RequestCollection>;
