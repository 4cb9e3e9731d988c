import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import { Finding } from "../contract.ts";

/** Data checks, in the order in which pages list them (docs/spec/drift.md section 10). */
const checkKinds = [
  "missing input",
  "extra input",
  "wrong type",
  "missing values",
  "infinite values",
  "out of range",
  "outside limits",
  "unseen levels",
  "constant",
  "duplicates",
  "volume",
  "no traffic",
  "stale features",
  "late events",
  "late labels",
  "input contract",
  "rule",
  "dataset contract",
  "repeated id",
  "unit changed",
  "sign flipped",
  "default value",
  "level renamed",
  "level disappeared",
  "columns swapped",
] as const;
export const CheckKind = z.enum(checkKinds);
export type CheckKind = z.infer<typeof CheckKind>;

/** broken: opens a finding; small: different, and too little to matter; unknown: not enough rows or history to say. */
export const CheckState = z.enum(["broken", "small", "whole", "unknown"]);
export type CheckState = z.infer<typeof CheckState>;

/** One check of one feature, or of the endpoint, in a span of time. */
export const CheckResult = z.object({
  check: CheckKind,
  /** "" where it is about the endpoint. */
  feature: z.string(),
  state: CheckState,
  /** Severity of a failing check. */
  severity: z.enum(["page", "ticket"]).nullable(),
  /** Share of the rows that are bad, in the reference or usually, and the largest that is still no alarm. Null where there is none. */
  share: z.number().nullable(),
  usual: z.number().nullable(),
  line: z.number().nullable(),
  /** Probability of so many bad rows, or more, without a change; null where it is no test. */
  pValue: z.number().nullable(),
  /** Number of rows checked. */
  rows: z.number(),
  /** One sentence with its numbers. */
  words: z.string(),
  evidence: z.record(z.string(), z.unknown()).default({}),
});
export type CheckResult = z.infer<typeof CheckResult>;

/** Builds a check result and fills in defaults for the fields that most checks omit. */
export function checkOf(
  result: Pick<CheckResult, "check" | "feature" | "state" | "rows" | "words"> & Partial<CheckResult>,
): CheckResult {
  return { severity: null, share: null, usual: null, line: null, pValue: null, evidence: {}, ...result };
}

/** Data quality of one feature in a time range. */
export const FeatureIntegrity = z.object({
  feature: z.string(),
  role: z.enum(["input", "output"]),
  kind: z.enum(["numeric", "categorical"]),
  /** Worst of its checks. */
  state: CheckState,
  checks: z.array(CheckResult),
});
export type FeatureIntegrity = z.infer<typeof FeatureIntegrity>;

const integrityRanges = ["1h", "6h", "24h", "7d", "30d"] as const;
export const IntegrityRange = z.enum(integrityRanges);
export type IntegrityRange = z.infer<typeof IntegrityRange>;

export const GetIntegrity = z.object({
  endpointId: z.uuid(),
  /** Ends now; without effect where `from` and `to` are given. */
  range: IntegrityRange.default("24h"),
  /** A range between two moments, of at most 30 days; the start is cut otherwise. */
  from: Instant.optional(),
  to: Instant.optional(),
  /** "" for all rows, else a segment such as "carrier=UA". */
  segment: z.string().max(300).default(""),
});
export type GetIntegrity = z.input<typeof GetIntegrity>;

export const GetFeatureHistory = GetIntegrity.extend({ feature: z.string().min(1).max(300) });
export type GetFeatureHistory = z.input<typeof GetFeatureHistory>;

/** One feature over time. Steps without rows are not there; shares are null where nothing can have them. */
export const FeatureHistory = z.object({
  feature: z.string(),
  stepMs: z.number(),
  /** Share of the reference without a value; null where there are no steps. */
  missingUsual: z.number().nullable(),
  points: z.array(
    z.object({ start: z.date(), rows: z.number(), missing: z.number().nullable(), unknown: z.number().nullable() }),
  ),
});
export type FeatureHistory = z.infer<typeof FeatureHistory>;

/** The data of an endpoint in a span of time, against its reference and what it usually gets. */
export const Integrity = z.object({
  endpoint: z.object({ id: z.uuid(), name: z.string() }),
  version: z.object({ id: z.uuid(), model: z.string(), version: z.number().int() }).nullable(),
  /** Reason why there is no reference for comparison; null when there is one. */
  withoutReference: z.string().nullable(),
  /** Profile of the reference used for comparison. */
  profileId: z.uuid().nullable(),
  referenceRows: z.number(),
  range: z.object({ from: z.date(), to: z.date() }),
  rows: z.number(),
  /** Number of sampled rows of the range that meet the complete contract, and number of all sampled rows; null without a contract. */
  kept: z.object({ good: z.number(), total: z.number() }).nullable(),
  /** Worst first. */
  features: z.array(FeatureIntegrity),
  /** Checks of the complete endpoint: schema, traffic, IDs. */
  checks: z.array(CheckResult),
  segments: z.array(z.string()),
  /** Open ones of this watcher. */
  findings: z.array(Finding),
});
export type Integrity = z.infer<typeof Integrity>;
