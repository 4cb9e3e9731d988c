import { z } from "zod";
import { boundedRecord } from "#server/base/bounded-record.ts";
import { Parameters, Sha256 } from "../contract.ts";

const Name = z.string().trim().min(1).max(150);
const Digest = z.string().min(1).max(200);

/** What a result is made from. Equal contents give an equal key; neither a time nor a version that somebody writes by hand is part of it. */
export const CacheStep = z.strictObject({
  /** Becomes part of a tag's name. */
  step: Name.regex(/^[\w .:/-]+$/, "A step is named by letters, digits, spaces and . : / _ -"),
  /** SHA-256 of the files that the step is made of, by path. */
  code: boundedRecord(z.string().min(1).max(1_000), Sha256, 1_000).refine(
    (files) => Object.keys(files).length > 0,
    "A step has at least one file.",
  ),
  parameters: Parameters.default({}),
  /** Digests of what it reads: dataset versions, or other results. Their order counts. */
  inputs: z.array(Digest).max(1_000).default([]),
  /** Digest of the packages that it runs with. */
  environment: Digest,
});
export type CacheStep = z.infer<typeof CacheStep>;

export const ClaimResult = CacheStep.extend({
  /** Makes the result again, though it is there. */
  noCache: z
    .strictObject({ reason: z.string().trim().min(1, "Enter why the cache is not used.").max(2_000) })
    .optional(),
});
export type ClaimResult = z.input<typeof ClaimResult>;

export const CacheFile = z.strictObject({
  path: z
    .string()
    .max(1_000)
    .regex(/^[^/\\]+(\/[^/\\]+)*$/, "A path has no empty parts.")
    .refine((path) => !path.split("/").some((part) => part === "." || part === ".."), "A path leads nowhere else."),
  sizeBytes: z.int().min(0),
  sha256: Sha256,
});
export type CacheFile = z.infer<typeof CacheFile>;

export const ClaimedResult = z.object({
  key: Sha256,
  /** hit: use the files. make: this job makes it now. running: another one does; ask again. */
  state: z.enum(["hit", "make", "running"]),
  /** The job that made it, or makes it. */
  jobId: z.string(),
  /** Seconds that making it took; null while it is made. */
  seconds: z.number().nullable(),
  files: z.array(CacheFile),
});
export type ClaimedResult = z.infer<typeof ClaimedResult>;

export const KeepResult = z.object({
  key: Sha256,
  files: z.array(CacheFile).min(1).max(10_000),
  seconds: z.number().min(0).max(1e9),
});
export type KeepResult = z.input<typeof KeepResult>;

/** What results of a workspace take at most together. */
export const maxCacheBytes = 20 * 2 ** 30;

export const CachedResult = z.object({
  key: z.string(),
  step: z.string(),
  state: z.enum(["running", "done"]),
  jobId: z.string(),
  sizeBytes: z.number(),
  seconds: z.number().nullable(),
  /** How often it was used instead of being made, and the seconds that this saved. */
  uses: z.int(),
  savedSeconds: z.number(),
  createdAt: z.date(),
  usedAt: z.date(),
});
export type CachedResult = z.infer<typeof CachedResult>;
