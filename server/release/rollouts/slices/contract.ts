import { z } from "zod";
import { Prediction } from "#server/serve/predictions/contract.ts";

/** Metrics that the log contains for a single request. */
export const loggedMetrics = ["errors", "client-errors", "slow", "label-errors"] as const;

const sliceKinds = ["caller", "answer", "provider"] as const;
export type SliceKind = (typeof sliceKinds)[number];

const Arm = z.object({
  /** Records in the log. Failed requests are all there, of the others a sample. */
  bad: z.number().int(),
  good: z.number().int(),
});

const Slice = z.object({
  kind: z.enum(sliceKinds),
  /** Value of the segment; null for a caller or prediction that was not stored. */
  value: z.string().nullable(),
  stable: Arm,
  canary: Arm,
  /** Odds of being bad on the new version by those on the stable one; the interval allows for the number of slices. Null when an arm is empty. */
  odds: z.object({ estimate: z.number(), low: z.number(), high: z.number() }).nullable(),
});
export type Slice = z.infer<typeof Slice>;

export const RolloutSlices = z.object({
  metric: z.enum(loggedMetrics),
  /** All records of the rollout. */
  all: Slice.omit({ kind: true, value: true }),
  /** Most affected segments first. */
  slices: z.array(Slice),
  /** The first bad requests of each arm, oldest first. */
  first: z.object({ stable: z.array(Prediction), canary: z.array(Prediction) }),
});
export type RolloutSlices = z.infer<typeof RolloutSlices>;

export const GetRolloutSlices = z.object({ rolloutId: z.uuid(), metric: z.enum(loggedMetrics).default("errors") });
export type GetRolloutSlices = z.input<typeof GetRolloutSlices>;
