import { z } from "zod";
import { DatasetName } from "#server/develop/datasets/names.ts";
import { RolloutPlan } from "#server/serve/rollout/plan/contract.ts";
import { Parameters } from "../training/contract.ts";
import type { Acceptance } from "./accept/accept-candidate.ts";

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

const Name = z.string().trim().min(1, "Enter a name.").max(200);

/** Where the rows come from that a candidate learns from. */
const CycleData = z.discriminatedUnion("kind", [
  /** A new dataset version of all settled labels of a project that may be trained on. */
  z.strictObject({ kind: z.literal("labels"), project: z.int().positive(), dataset: DatasetName }),
  /** The newest training set of this name, with the rows and the history of today. */
  z.strictObject({ kind: z.literal("training-set"), name: DatasetName }),
  /** The newest version of a dataset that others fill. */
  z.strictObject({ kind: z.literal("dataset"), name: DatasetName }),
]);
export type CycleData = z.infer<typeof CycleData>;

/** How a cycle trains, compares and releases. */
export const RetrainingPlan = z.strictObject({
  data: CycleData,
  job: z.strictObject({
    template: Name,
    parameters: Parameters.default({}),
    /** Name by which the program knows the dataset. */
    dataset: Name.default("training"),
    /** Jobs of retraining never pass a person's. */
    priority: z.enum(["normal", "low"]).default("low"),
  }),
  compare: z.strictObject({
    /** Evaluation set that no version learns from. */
    frozenSet: z.uuid(),
    /** Name of evaluation sets of new rows; the newest one counts. Null: the canary decides whether a candidate is better. */
    freshSet: Name.nullable().default(null),
  }),
  release: z.strictObject({
    plan: RolloutPlan,
    /** Whether the candidate is rolled out only once a person has agreed. */
    needsApproval: z.boolean().default(false),
  }),
});
export type RetrainingPlan = z.infer<typeof RetrainingPlan>;

/** What makes the dataset version of a cycle, and that version once it is there. */
export type DataPart = {
  /** Id of the label export or training set that makes it; null for a dataset that others fill. */
  madeBy: string | null;
  /** Version of the dataset; null while it is made. */
  version: { id: string; name: string; digest: string; rows: number } | null;
  /** Why there is none; null unless it failed. */
  problem: string | null;
};

/** Evaluation runs of candidate and champion, and what follows from them. */
export interface ComparisonPart {
  frozen: RunPair;
  fresh: (RunPair & { setId: string }) | null;
  /** Null while runs are in progress. */
  acceptance: Acceptance | null;
  problem: string | null;
}
interface RunPair {
  candidateRunId: string;
  championRunId: string;
}

export interface ApprovalPart {
  askedAt: string;
  decision: { isGiven: boolean; by: string; reason: string; at: string } | null;
}

/** A person's request to end a cycle. */
export interface CancelRequest {
  by: string;
  reason: string;
  at: string;
}
