import { z } from "zod";

/** States of a cycle, in their order; those from "adopted" on are final. */
export const RetrainingCycleState = z.enum([
  "requested",
  "checking-data",
  "training",
  "evaluating",
  "gating",
  "approving",
  "rolling-out",
  "adopted",
  "rejected",
  "cancelled",
  "expired",
  "superseded",
]);
export type RetrainingCycleState = z.infer<typeof RetrainingCycleState>;
