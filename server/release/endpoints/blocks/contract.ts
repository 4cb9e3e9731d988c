import { z } from "zod";
import { limits } from "#server/base/limits.ts";

/** Block of a version at an endpoint: neither a deployment nor a rollout takes it there until someone unblocks it. */
export const VersionBlock = z.object({
  endpointId: z.uuid(),
  versionId: z.uuid(),
  model: z.string(),
  version: z.number().int(),
  /** Why the endpoint was rolled back from it. */
  reason: z.string(),
  blockedBy: z.string(),
  blockedAt: z.date(),
});
export type VersionBlock = z.infer<typeof VersionBlock>;

export const ListVersionBlocks = z.object({ endpointId: z.uuid() });
export type ListVersionBlocks = z.input<typeof ListVersionBlocks>;

export const UnblockVersion = z.object({
  endpointId: z.uuid(),
  model: z.string().max(limits.nameLength).min(1),
  version: z.number().int().min(1),
  reason: z.string().trim().min(1, "Give a reason. Others will rely on it later.").max(2000),
});
export type UnblockVersion = z.input<typeof UnblockVersion>;
