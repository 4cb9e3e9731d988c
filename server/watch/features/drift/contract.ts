import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { FeatureStateWord } from "../../monitoring/drift/contract.ts";
import { FeatureProfile } from "../../monitoring/state/contract.ts";

/** Distribution of a feature in a reference. */
export const ViewProfile = z.object({ name: z.string(), profile: FeatureProfile });
export type ViewProfile = z.infer<typeof ViewProfile>;

/** A feature of a view on one day against the reference (docs/spec/features.md section 18.6). */
export const ViewFeatureDrift = z.object({
  feature: z.string(),
  state: FeatureStateWord,
  /** Counted rows with a value. */
  rows: z.number(),
  /** PSI and its alarm threshold on that day; null without a test. */
  psi: z.number().nullable(),
  line: z.number().nullable(),
  pValue: z.number().nullable(),
  /** Share of counted rows without a usable value, on the day and in the reference. */
  nullShare: z.number(),
  referenceNullShare: z.number(),
  /** What changed, in a sentence. */
  words: z.string(),
});
export type ViewFeatureDrift = z.infer<typeof ViewFeatureDrift>;

const Day = z.iso.date();

export const GetViewDrift = z.object({
  view: z.string().max(limits.nameLength).describe("Name of the feature view."),
  from: Day.optional().describe("First day, UTC; by default 29 days before the last."),
  to: Day.optional().describe("Last day, UTC; today by default."),
});
export type GetViewDrift = z.input<typeof GetViewDrift>;

export const ViewDriftReference = z.object({
  kind: z.enum(["week", "training-set"]),
  /** Version of the view whose features it has. */
  version: z.number().int(),
  rows: z.number(),
  /** Its source: "rows that arrived from 3 to 9 May 2026", "training set churn-training". */
  words: z.string(),
  createdAt: z.date(),
});
export type ViewDriftReference = z.infer<typeof ViewDriftReference>;

/** One bar: shares of rows from 0 to 1. */
const Bar = z.object({
  /** A level, or what lies between `from` and `to`; null ends are open. */
  label: z.string(),
  from: z.number().nullable(),
  to: z.number().nullable(),
  reference: z.number(),
  current: z.number(),
});

export const DriftedViewFeature = z.object({
  feature: z.string(),
  /** The newest day of the range with rows. */
  newest: ViewFeatureDrift,
  /** Distribution on that day beside the reference. */
  bars: z.array(Bar),
  /** Days with rows, oldest first. */
  days: z.array(
    ViewFeatureDrift.pick({ state: true, psi: true, line: true, nullShare: true, rows: true }).extend({ day: Day }),
  ),
});
export type DriftedViewFeature = z.infer<typeof DriftedViewFeature>;

export const ViewDrift = z.object({
  view: z.string(),
  from: Day,
  to: Day,
  reference: ViewDriftReference.nullable(),
  /** Why there is no result: no reference yet, since less than a week of rows has arrived; or no rows in the range. */
  problem: z.enum(["no-reference", "no-rows"]).nullable(),
  /** The newest day with rows; how many arrived on it, and how many of them were counted. */
  newest: z.object({ day: Day, arrived: z.number(), rows: z.number() }).nullable(),
  /** Drifting features first. */
  features: z.array(DriftedViewFeature),
});
export type ViewDrift = z.infer<typeof ViewDrift>;
