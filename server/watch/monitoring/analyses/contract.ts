import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import { limits } from "#server/base/limits.ts";
import { CompareSettings, Comparison } from "../compare/contract.ts";
import { ConsistencyQuestion, ConsistencyResult } from "../quality/consistency/contract.ts";
import { SkewQuestion, SkewResult } from "../quality/skew/contract.ts";

const DatasetVersion = z.object({
  name: z.string().max(limits.nameLength).min(1),
  digest: z.string().max(limits.nameLength).min(1),
});

/** Rows of an endpoint in a range against the sample of its version's reference. */
const OfEndpoint = z.object({
  endpointId: z.uuid(),
  versionId: z.uuid(),
  from: Instant,
  to: Instant,
});

/** Input of an analysis. */
export const AnalysisQuestion = z.discriminatedUnion("kind", [
  /** Compares two dataset versions whose rows Leeway stores, column by column. */
  z.object({
    kind: z.literal("batch"),
    reference: DatasetVersion,
    current: DatasetVersion,
    settings: CompareSettings.prefault({}),
  }),
  /** Test of whether a model can distinguish rows of the range from reference rows. */
  OfEndpoint.extend({ kind: z.literal("domain-classifier"), alpha: z.number().gt(0).max(0.5).default(0.01) }),
  /** Scores that Evidently and NannyML would print for the range, with the calibrated verdict. */
  OfEndpoint.extend({ kind: z.literal("compatible-scores"), settings: CompareSettings.prefault({}) }),
  /** Predictions of two versions, or of one in two environments, for the inputs that clients sent. */
  z.object({ kind: z.literal("consistency"), consistency: ConsistencyQuestion }),
  /** Served values against expected values, joined with rows of a dataset by the same key. */
  z.object({ kind: z.literal("skew"), skew: SkewQuestion }),
]);
export type AnalysisQuestion = z.infer<typeof AnalysisQuestion>;

export const RequestAnalysis = z.object({ question: AnalysisQuestion });
export type RequestAnalysis = z.input<typeof RequestAnalysis>;

/** Result of a domain classifier. */
export const ClassifierResult = z.object({
  auc: z.number(),
  line: z.number(),
  pValue: z.number(),
  isDrift: z.boolean(),
  size: z.number(),
  heldOut: z.object({ reference: z.number(), current: z.number() }),
  reasons: z.array(z.object({ feature: z.string(), share: z.number() })),
  words: z.string(),
});
export type ClassifierResult = z.infer<typeof ClassifierResult>;

export const AnalysisResult = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("comparison"), comparison: Comparison }),
  z.object({ kind: z.literal("classifier"), classifier: ClassifierResult }),
  z.object({ kind: z.literal("consistency"), consistency: ConsistencyResult }),
  z.object({ kind: z.literal("skew"), skew: SkewResult }),
]);
export type AnalysisResult = z.infer<typeof AnalysisResult>;

export const Analysis = z.object({
  id: z.uuid(),
  endpointId: z.uuid().nullable(),
  question: AnalysisQuestion,
  state: z.enum(["waiting", "running", "failed", "done"]),
  /** From 0 to 1. */
  progress: z.number(),
  result: AnalysisResult.nullable(),
  problem: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.date(),
  finishedAt: z.date().nullable(),
});
export type Analysis = z.infer<typeof Analysis>;

export const ListAnalyses = z.object({
  /** Endpoint of the analyses; analyses of files when omitted. */
  endpointId: z.uuid().optional(),
});
export type ListAnalyses = z.infer<typeof ListAnalyses>;
