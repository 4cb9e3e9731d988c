import { z } from "zod";

/** Ends the rollout of an endpoint, or puts another version back that served there. */
export const RollBackEndpoint = z.object({
  endpointId: z.uuid(),
  reason: z.string().trim().min(1, "Give a reason. Others will rely on it later.").max(2000),
  /** The rollout to end, as it was looked at; without one, `to` says the version. */
  rollout: z.object({ id: z.uuid(), revision: z.number().int() }).optional(),
  /** The version before what serves when it is left out. */
  to: z.object({ model: z.string().min(1), version: z.number().int().min(1) }).optional(),
  /** The alert group that it is done for; its incident is told. */
  groupId: z.uuid().optional(),
});
export type RollBackEndpoint = z.input<typeof RollBackEndpoint>;

export const RolledBack = z.object({
  /** What serves now, or will in a moment. */
  model: z.string(),
  version: z.number().int(),
});
export type RolledBack = z.infer<typeof RolledBack>;
