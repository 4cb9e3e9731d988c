import { z } from "zod";

/** Freeze of an endpoint until an end: only rollbacks, fixes and security updates may proceed. */
export const EndpointFreeze = z.object({
  id: z.uuid(),
  endpointId: z.uuid(),
  reason: z.string(),
  frozenBy: z.string(),
  at: z.date(),
  until: z.date(),
});
export type EndpointFreeze = z.infer<typeof EndpointFreeze>;

const Reason = z.string().trim().min(1, "Give a reason. Others will rely on it later.").max(2000);

export const FreezeEndpoint = z.object({
  endpointId: z.uuid(),
  reason: Reason,
  /** End of the freeze, at most seven days from now. */
  until: z.date(),
  /** Alert group that is the reason; its incident is updated. */
  groupId: z.uuid().optional(),
});
export type FreezeEndpoint = z.input<typeof FreezeEndpoint>;

export const LiftFreeze = z.object({
  endpointId: z.uuid(),
  reason: Reason,
  /** Alert group that is the reason; its incident is updated. */
  groupId: z.uuid().optional(),
});
export type LiftFreeze = z.input<typeof LiftFreeze>;

export const GetFreeze = z.object({ endpointId: z.uuid() });
export type GetFreeze = z.input<typeof GetFreeze>;
