import { z } from "zod";
import { limits } from "#server/base/limits.ts";

/** Input that ends the rollout of an endpoint, or restores another version that it served before. */
export const RollBackEndpoint = z.object({
  endpointId: z.uuid(),
  reason: z.string().trim().min(1, "Give a reason. Others will rely on it later.").max(2000),
  /** Rollout to end, with the revision that was displayed; without one, `to` specifies the version. */
  rollout: z.object({ id: z.uuid(), revision: z.number().int() }).optional(),
  /** When omitted, the newest version before the deployed one that is not blocked. */
  to: z.object({ model: z.string().max(limits.nameLength).min(1), version: z.number().int().min(1) }).optional(),
  /** Alert group that is the reason; its incident is updated. */
  groupId: z.uuid().optional(),
});
export type RollBackEndpoint = z.input<typeof RollBackEndpoint>;

export const RolledBack = z.object({
  /** Version that serves now, or will in a moment. */
  model: z.string(),
  version: z.number().int(),
});
export type RolledBack = z.infer<typeof RolledBack>;
