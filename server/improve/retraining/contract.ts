import { z } from "zod";

const Share = z.number().min(0).max(1);
const FeatureName = z.string().min(1).max(200);

/** What speaks for a training. A person may ask for one at any time, so that is no trigger. */
export const RetrainingTrigger = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("drift"),
    /** Features that count; none: all. */
    features: z.array(FeatureName).max(200).default([]),
    /** Drift that ends sooner starts nothing: most of it passes by itself. */
    forHours: z.number().min(0).max(720).default(24),
  }),
  z.strictObject({
    kind: z.literal("quality"),
    source: z.enum(["realised", "estimated"]),
    metric: z.string().min(1).max(100),
    below: z.number(),
    forWindows: z.int().min(1).max(100).default(3),
  }),
  z.strictObject({ kind: z.literal("slo"), slo: z.uuid(), remainingBelow: Share.default(0.25) }),
  z.strictObject({ kind: z.literal("labels"), atLeast: z.int().min(1).max(1e9) }),
  z.strictObject({ kind: z.literal("dataset"), dataset: z.string().min(1).max(200) }),
  z.strictObject({ kind: z.literal("schedule"), cron: z.string().min(1).max(100), timeZone: z.string().max(100) }),
]);
export type RetrainingTrigger = z.infer<typeof RetrainingTrigger>;

/** What the newest labels must be before a model learns from them. */
const FreshLabels = z.strictObject({
  atLeast: z.int().min(0).max(1e9).default(500),
  perClass: z.int().min(0).max(1e9).default(20),
  /** Share of the rows of the window that have a label. */
  completeness: Share.default(0.8),
  /** Share of the rows that one source, token or annotator may have. */
  maxShareOfOneSource: Share.default(0.3),
});

const RetrainingLimits = z.strictObject({
  /** From the end of a cycle to the next; twice as long after each rejection. */
  cooldownHours: z.number().min(1).max(336).default(24),
  maxPer30Days: z.int().min(1).max(100).default(8),
  /** Money; null: no limit but those of the workspace. */
  costPerCycle: z.number().positive().nullable().default(null),
  atOnceInWorkspace: z.int().min(1).max(100).default(2),
  /** A cycle that has not ended by then expires. */
  maxAgeHours: z.number().min(1).max(720).default(168),
});

/** When a candidate replaces the champion. Differences are candidate less champion, in the metric's unit. */
export const AcceptanceRule = z.strictObject({
  /** What a candidate may lose on the frozen set. */
  margin: z.number().min(0).max(1).default(0.002),
  /** Probability of accepting one that is not better on fresh rows. */
  alpha: z.number().gt(0).max(0.5).default(0.05),
  /** Rows on which only one of the two is right, below which nothing is decided. */
  atLeastDiscordant: z.int().min(1).max(1e6).default(20),
  /** A segment with fewer rows is not judged. */
  segmentRows: z.int().min(1).max(1e6).default(100),
});
export type AcceptanceRule = z.infer<typeof AcceptanceRule>;

export const RetrainingPolicy = z.strictObject({
  triggers: z.array(RetrainingTrigger).max(20),
  combine: z.enum(["any", "all"]).default("any"),
  labels: FreshLabels.prefault({}),
  limits: RetrainingLimits.prefault({}),
  accept: AcceptanceRule.prefault({}),
});
export type RetrainingPolicy = z.infer<typeof RetrainingPolicy>;
