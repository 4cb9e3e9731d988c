import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import { WindowLength } from "../../contract.ts";
import { ExpectedDrift } from "../../expected/contract.ts";
import { EstimatedImpact } from "../../quality/impact/contract.ts";
import { DriftVerdict, FeatureVerdict } from "../contract.ts";

const driftRanges = ["24h", "7d", "30d", "90d"] as const;
export const DriftRange = z.enum(driftRanges);
export type DriftRange = z.infer<typeof DriftRange>;

/** Time range, version and segment: by default the last seven days, the deployed version and all rows. */
export const GetDrift = z.object({
  endpointId: z.uuid(),
  range: DriftRange.default("7d"),
  /** End of the range; now by default. */
  to: Instant.optional(),
  /** Start of a custom range; to the minute. */
  from: Instant.optional(),
  versionId: z.uuid().optional(),
  /** A tag such as "carrier=UA"; "" for all rows. */
  segment: z.string().max(300).default(""),
});
export type GetDrift = z.input<typeof GetDrift>;

export const FeatureReport = FeatureVerdict.omit({ counts: true }).extend({
  /** Description of the change, as a sentence. */
  words: z.string(),
  /** One window in so many is as far off by chance; null without a test. */
  oneIn: z.number().nullable(),
});
export type FeatureReport = z.infer<typeof FeatureReport>;

const Version = z.object({ id: z.uuid(), model: z.string(), version: z.number().int() });

export const DriftReference = z.object({
  profileId: z.uuid(),
  rows: z.number(),
  /** Source of the reference: "flights, version 4f9c1a…" or "traffic of 1 to 8 May". */
  words: z.string(),
  at: z.date(),
  hasImportances: z.boolean(),
});
export type DriftReference = z.infer<typeof DriftReference>;

/**
 * Reasons why there is no result: monitoring is disabled; nothing is deployed; the version has no reference, or its reference has no rows
 * of the segment; nothing was counted.
 */
const driftProblems = ["off", "no-version", "no-reference", "no-segment-reference", "no-rows"] as const;

/** Complete content of an endpoint's drift page. */
export const DriftReport = z.object({
  endpoint: z.object({ id: z.uuid(), name: z.string() }),
  from: z.date(),
  to: z.date(),
  /** Length of the windows by which the range was evaluated. */
  length: WindowLength,
  version: Version.nullable(),
  /** Versions that served in the range. */
  versions: z.array(Version),
  segment: z.string(),
  segments: z.array(z.string()),
  reference: DriftReference.nullable(),
  problem: z.enum(driftProblems).nullable(),
  rows: z.number(),
  verdict: DriftVerdict.nullable(),
  /** Estimated impact; null when scores or errors cannot be estimated on both sides. */
  harm: EstimatedImpact.nullable(),
  /** The verdict with what it probably cost, in a sentence; null without a verdict. */
  headline: z.string().nullable(),
  /** Highest rank first; what has no data last. */
  features: z.array(FeatureReport),
  /** One such range in so many is as far off by chance. */
  oneIn: z.number().nullable(),
  /** Marks in force. */
  expected: z.array(ExpectedDrift),
  /** Time of the newest window's evaluation; null before the first. */
  checkedAt: z.date().nullable(),
  settings: z.object({ weeks: z.number(), isStrict: z.boolean(), lengths: z.array(WindowLength) }),
});
export type DriftReport = z.infer<typeof DriftReport>;

export const GetFeatureDrift = GetDrift.extend({ feature: z.string().min(1).max(500) });
export type GetFeatureDrift = z.input<typeof GetFeatureDrift>;

/** One bar: shares of rows from 0 to 1. */
export const DriftBin = z.object({
  /** A level, or what lies between `from` and `to`; null ends are open. */
  label: z.string(),
  from: z.number().nullable(),
  to: z.number().nullable(),
  reference: z.number(),
  current: z.number(),
});
export type DriftBin = z.infer<typeof DriftBin>;

export const FeatureDetail = z.object({
  feature: FeatureReport,
  /** Reason why a fixed threshold would disagree; null when it agrees. */
  fixedLine: z.string().nullable(),
  bins: z.array(DriftBin),
  /** For numeric features: median and mean in the reference and in the range. */
  numbers: z
    .object({
      referenceMedian: z.number().nullable(),
      median: z.number().nullable(),
      referenceMean: z.number().nullable(),
      mean: z.number().nullable(),
    })
    .nullable(),
  /** For categorical features: the most frequent levels that are absent from the reference, with their rows. */
  unseenLevels: z.array(z.object({ level: z.string(), rows: z.number() })),
  /** Segments with the strongest change: their part of the rows, and of the shift. */
  segments: z.array(z.object({ segment: z.string(), share: z.number(), shareOfShift: z.number() })),
});
export type FeatureDetail = z.infer<typeof FeatureDetail>;

export const GetDriftHistory = z.object({
  endpointId: z.uuid(),
  /** Feature of the history; the complete endpoint when omitted. */
  feature: z.string().min(1).max(500).optional(),
  length: WindowLength.default("day"),
  versionId: z.uuid().optional(),
  segment: z.string().max(300).default(""),
  to: Instant.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(60),
});
export type GetDriftHistory = z.input<typeof GetDriftHistory>;

export const HistoryWindow = z.object({
  start: z.date(),
  versionId: z.uuid(),
  rows: z.number(),
  state: DriftVerdict.shape.state,
  /** PSI of the feature; for the endpoint, the largest of its features. */
  psi: z.number().nullable(),
  line: z.number().nullable(),
  /** Features that drift in it. */
  drifted: z.number().int(),
});
export type HistoryWindow = z.infer<typeof HistoryWindow>;

export const DriftHistory = z.object({
  length: WindowLength,
  /** Oldest first; windows without rows are left out. */
  windows: z.array(HistoryWindow),
  /** Value below which 95 of 100 ordinary windows stay; null with fewer than 5 of them. */
  ordinary: z.number().nullable(),
});
export type DriftHistory = z.infer<typeof DriftHistory>;

/** One endpoint of the list. */
export const DriftRow = z.object({
  endpointId: z.uuid(),
  endpoint: z.string(),
  version: Version.nullable(),
  problem: z.enum(driftProblems).nullable(),
  /** Newest window of its longest length up to a day; null while none has been evaluated. */
  window: z
    .object({
      length: WindowLength,
      start: z.date(),
      rows: z.number(),
      verdict: DriftVerdict,
      /** The feature that ranks first, when it drifts. */
      first: z.string().nullable(),
    })
    .nullable(),
});
export type DriftRow = z.infer<typeof DriftRow>;
