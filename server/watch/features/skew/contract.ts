import { z } from "zod";
import { limits } from "#server/base/limits.ts";

/**
 * What served values are compared with (docs/spec/features.md section 18): the row that had arrived a second before, or what is known today. A
 * mismatch with the first is a fault of Leeway; with the second it is the effect of late and corrected rows.
 */
const skewComparisons = ["known", "true"] as const;
export const SkewComparison = z.enum(skewComparisons);
export type SkewComparison = z.infer<typeof SkewComparison>;

/** Causes of a mismatch, in the order in which they are looked for: the first that holds counts. */
const skewCauses = [
  "version",
  "request",
  "stale copy",
  "late",
  "corrected",
  "expired",
  "clock ahead",
  "history only",
  "expression",
  "unknown",
] as const;
export const SkewCause = z.enum(skewCauses);
export type SkewCause = z.infer<typeof SkewCause>;
/** What a request brought itself is no mismatch of the view. */
const MismatchCause = SkewCause.exclude(["request"]);
export type MismatchCause = z.infer<typeof MismatchCause>;

/** Share of mismatches with what had arrived above which someone is paged. */
export const knownLimit = 0.001;
/** Share of mismatches with what is true above which a ticket is opened. */
export const trueLimit = 0.01;

/** Counts of one feature in the predictions of one endpoint. They add up. */
export const ViewSkewTally = z.object({
  endpointId: z.uuid(),
  version: z.number().int(),
  feature: z.string(),
  comparison: SkewComparison,
  compared: z.number().int(),
  mismatched: z.number().int(),
  /** Mismatches in which the served value was null, and in which only the served value was there. */
  missing: z.number().int(),
  extra: z.number().int(),
  causes: z.partialRecord(SkewCause, z.number().int()),
  /** Sums of |a − b| and of |a| + |b| over numbers, whose quotient is SMAPE. */
  differenceSum: z.number(),
  magnitudeSum: z.number(),
});
export type ViewSkewTally = z.infer<typeof ViewSkewTally>;

const Day = z.iso.date();

export const GetViewSkew = z.object({
  view: z.string().max(limits.nameLength).describe("Name of the feature view."),
  from: Day.optional().describe("First day, UTC; by default 13 days before the last."),
  to: Day.optional().describe("Last day, UTC; today by default."),
});
export type GetViewSkew = z.input<typeof GetViewSkew>;

/** Mismatches of one comparison, without what requests brought. */
export const SkewCounts = z.object({
  compared: z.number().int(),
  mismatched: z.number().int(),
  byRequest: z.number().int().describe("Values sent with requests; not included in the other numbers."),
  /** Null where nothing was compared. */
  share: z.number().nullable(),
  /** Wilson's 95% interval of the share. */
  interval: z.object({ low: z.number(), high: z.number() }),
  missing: z.number().int(),
  extra: z.number().int(),
  /** Σ|a − b| / Σ(|a| + |b|) over numbers, from 0 to 1; null without numbers. */
  smape: z.number().nullable(),
  /** Most frequent first. */
  causes: z.array(z.object({ cause: MismatchCause, count: z.number().int() })),
});
export type SkewCounts = z.infer<typeof SkewCounts>;

export const RecentSkew = z.object({
  feature: z.string(),
  /** Null for an endpoint that was deleted. */
  endpoint: z.string().nullable(),
  hours: z.number().int().describe("Hours before the newest compared one."),
  compared: z.number().int(),
  mismatched: z.number().int(),
  share: z.number(),
  isAboveLimit: z.boolean().describe("Whether the share is significantly above the limit, which raises an alert."),
});
export type RecentSkew = z.infer<typeof RecentSkew>;

/** Of the endpoint where the share is highest, now. Findings and alerts go by these numbers; null if nothing was compared lately. */
const BothRecent = z.object({ known: RecentSkew.nullable(), true: RecentSkew.nullable() });

export const SkewedViewFeature = z.object({
  feature: z.string(),
  /** Versions of the view with which it was served. */
  versions: z.array(z.number().int()),
  recent: BothRecent,
  known: SkewCounts,
  true: SkewCounts,
  /** Days on which it was compared, oldest first. */
  days: z.array(z.object({ day: Day, known: SkewCounts, true: SkewCounts })),
});
export type SkewedViewFeature = z.infer<typeof SkewedViewFeature>;

export const ViewSkew = z.object({
  view: z.string(),
  from: Day,
  to: Day,
  /** End of the newest hour that was compared with what had arrived, and with what is true; null before the first. */
  knownUntil: z.date().nullable(),
  trueUntil: z.date().nullable(),
  /** Smallest share of the keys whose look-ups were compared in an hour of the range; null where no hour is known. */
  keyShare: z.number().nullable(),
  limits: z.object({ known: z.number(), true: z.number() }),
  /** The feature with the highest share. */
  recent: BothRecent,
  /** All features together. */
  known: SkewCounts,
  true: SkewCounts,
  /** Highest share of mismatches first. */
  features: z.array(SkewedViewFeature),
});
export type ViewSkew = z.infer<typeof ViewSkew>;

/** A view in a list: all of its features together. */
export interface ViewSkewSummary {
  view: string;
  known: SkewCounts;
  true: SkewCounts;
}
