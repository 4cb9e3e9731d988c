import { z } from "zod";

/** Decisions that move traffic. The promotion is a deployment too, and is marked as one. */
export const markedKinds = ["started", "advance", "skip", "roll-back"] as const;

const RolloutMarker = z.object({
  rolloutId: z.uuid(),
  kind: z.enum(markedKinds),
  /** Share of the new version after it. */
  weight: z.number(),
  version: z.number().int(),
  at: z.date(),
});
export type RolloutMarker = z.infer<typeof RolloutMarker>;

export const ListRolloutMarkers = z.object({ endpointId: z.uuid(), from: z.date(), to: z.date() });
export type ListRolloutMarkers = z.infer<typeof ListRolloutMarkers>;
