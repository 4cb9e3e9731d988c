import { z } from "zod";

const Name = z.string().trim().min(1).max(200);
const Value = z.union([z.string().max(10_000), z.number(), z.boolean()]);

/** What a parameter may be. */
export const Dimension = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("values"), values: z.array(Value).min(1).max(1_000) }),
    z.strictObject({ kind: z.literal("integer"), min: z.int(), max: z.int(), log: z.boolean().default(false) }),
    z.strictObject({ kind: z.literal("number"), min: z.number(), max: z.number(), log: z.boolean().default(false) }),
  ])
  .superRefine((dimension, check) => {
    if (dimension.kind === "values") return;
    if (dimension.min > dimension.max) check.addIssue({ code: "custom", message: "The minimum is above the maximum." });
    if (dimension.log && dimension.min <= 0) {
      check.addIssue({ code: "custom", message: "On a log scale, the minimum is above 0." });
    }
  });
export type Dimension = z.infer<typeof Dimension>;

export const SweepSpace = z
  .record(Name, Dimension)
  .refine((space) => Object.keys(space).length <= 50, "A sweep varies at most 50 parameters.");
export type SweepSpace = z.infer<typeof SweepSpace>;

/** How trials end early: at step first · factor^k, the best 1/factor of those that came so far go on. */
export const Halving = z.strictObject({
  metric: Name,
  goal: z.enum(["min", "max"]),
  first: z.int().min(1),
  factor: z.number().min(2).max(100).default(3),
  /** Step from which a trial is no longer ended. */
  last: z.int().min(1),
});
export type Halving = z.infer<typeof Halving>;

export const maxTrials = 1_000;

/** What a sweep tries. */
export const SweepSpec = z.strictObject({
  kind: z.enum(["grid", "random"]),
  space: SweepSpace,
  seed: z.int().min(0).max(4_294_967_295).default(0),
  /** Trials of a random sweep. */
  trials: z.int().min(1).max(maxTrials).default(20),
  maxParallel: z.int().min(1).max(maxTrials).default(4),
  halving: Halving.nullable().default(null),
  metric: Name,
  goal: z.enum(["min", "max"]),
});
export type SweepSpec = z.infer<typeof SweepSpec>;
