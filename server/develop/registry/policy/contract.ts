import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { ExecutionProvider } from "#server/develop/registry/execution/contract.ts";
import { findEvaluationMetric } from "../evaluation-metrics/contract.ts";
import { problemOfAlias } from "../names.ts";

/** Metadata that a policy can require of a version, besides metrics by name. */
export const requirements = ["owner", "description", "source-run", "dataset-digest", "signature", "licence"] as const;
export type Requirement = (typeof requirements)[number];

const MetricName = z.string().trim().min(1).max(250);
const EndpointName = z.string().trim().min(1).max(250);

/** Source of the number of rows that a metric was measured on; without it a proportion has no interval. */
const RowCount = z.discriminatedUnion("from", [
  z.object({ from: z.literal("nowhere") }),
  z.object({ from: z.literal("number"), count: z.number().int().min(1) }),
  /** A param or a metric of the run, such as "test_rows". */
  z.object({ from: z.literal("run"), key: MetricName }),
  /** The profile of a dataset that the run used in this context, such as "validation". */
  z.object({ from: z.literal("dataset"), context: z.string().trim().min(1).max(250) }),
]);

/** Settings by kind of gate. server/release/gates/kinds.ts says what each kind does, and does not compile while one is missing. */
export const gateSettings = {
  metadata: z.object({ kind: z.literal("metadata") }),
  signature: z.object({ kind: z.literal("signature") }),
  scan: z.object({
    kind: z.literal("scan"),
    /** Whether findings that need attention, but are not dangerous, pass. */
    allowsWarnings: z.boolean().default(true),
    /** Whether the version must be signed by a trusted key, even where the workspace does not require it. */
    needsSignature: z.boolean().default(false),
  }),
  metric: z
    .object({
      kind: z.literal("metric"),
      metric: MetricName,
      better: z.enum(["higher", "lower"]).default("higher"),
      /** The value that must be reached, whatever the champion has. */
      bound: z.number().nullable().default(null),
      /** Maximum deficit to the champion; null disables the comparison. */
      margin: z.number().min(0).nullable().default(null),
      /** "proportion" is a share of rows, such as accuracy: its interval follows from the number of rows. */
      scale: z.enum(["proportion", "number"]).default("number"),
      rows: RowCount.default({ from: "nowhere" }),
      /** Takes the mean over the child runs of the version's run, which trained the same with other seeds. */
      seeds: z.enum(["none", "child-runs"]).default("none"),
      /** Whether the full interval or only the point estimate has to meet the limit. */
      judge: z.enum(["interval", "point"]).default("interval"),
      confidence: z.number().min(0.5).max(0.999).default(0.95),
    })
    .refine(({ bound, margin }) => bound !== null || margin !== null, "Specify a threshold, a margin, or both."),
  latency: z.object({
    kind: z.literal("latency"),
    /** A load test has to go up to this rate. */
    requestsPerSecond: z.number().min(0.5).max(2000),
    quantile: z.enum(["p50", "p95", "p99"]).default("p95"),
    /** Maximum of the quantile at the rate, in milliseconds. */
    limitMs: z.number().min(0.1).max(600_000),
    /** Largest share of requests that may fail, or that could not be sent, at the rate. */
    maxErrorRate: z.number().min(0).max(1).default(0.01),
    /** Older load tests do not count. */
    maxAgeDays: z.number().int().min(1).max(366).default(30),
    judge: z.enum(["interval", "point"]).default("interval"),
  }),
  replay: z.object({
    kind: z.literal("replay"),
    /** Endpoint whose recorded requests are replayed; null uses the endpoint where the champion serves and last received a request. */
    endpoint: EndpointName.nullable().default(null),
    /** Number of the newest recorded requests to replay. */
    requests: z.number().int().min(20).max(1000).default(200),
    /** Maximum share of requests whose prediction may differ from the champion's. */
    maxDisagreement: z.number().min(0).max(1).default(0.1),
    /** Relative tolerance: numbers that differ by at most this share of the champion's count as equal. */
    tolerance: z.number().min(0).max(10).default(0.05),
    /** Maximum share of requests that may be rejected, fail, or return NaN or infinity. */
    maxInvalidShare: z.number().min(0).max(1).default(0),
    /** The p95 of its time may be so many times the champion's, both measured in turns; null does not compare. */
    maxLatencyRatio: z.number().min(0.1).max(1000).nullable().default(2),
    judge: z.enum(["interval", "point"]).default("interval"),
  }),
  consistency: z.object({
    kind: z.literal("consistency"),
    /**
     * Reference version: cpu is the same version on the CPU, if it runs elsewhere; origin is the version that it was created from,
     * otherwise the champion.
     */
    reference: z.enum(["cpu", "origin"]).default("origin"),
    /** Provider that is compared with the CPU; null uses the one that this installation prefers. */
    provider: ExecutionProvider.exclude(["cpu"]).nullable().default(null),
    /**
     * Source of the inputs: recorded uses the newest requests that replay would take; made-up uses random numbers within the input
     * contract.
     */
    inputs: z.enum(["recorded", "made-up"]).default("recorded"),
    endpoint: EndpointName.nullable().default(null),
    requests: z.number().int().min(20).max(1000).default(200),
    /** Largest difference of two numbers of the outputs. */
    maxAbsoluteDifference: z.number().min(0).default(0.01),
    /** Maximum share of requests whose class or text may differ. */
    maxClassChangeShare: z.number().min(0).max(1).default(0.02),
    judge: z.enum(["interval", "point"]).default("interval"),
  }),
  evaluation: z
    .object({
      kind: z.literal("evaluation"),
      /** Evaluation set by name and digest: another digest is another set. */
      set: z.object({ name: z.string().trim().min(1).max(200), digest: z.string().regex(/^[0-9a-f]{64}$/) }),
      metric: MetricName,
      /** Id of a segment of the set; null takes all rows. */
      segment: z.string().trim().min(1).max(limits.nameLength).nullable().default(null),
      /** Direction of the metric; null is its own, which is stored. Another one is refused. */
      better: z.enum(["higher", "lower"]).nullable().default(null),
      /** The value that must be reached, whatever the champion has. */
      bound: z.number().nullable().default(null),
      /** Maximum deficit to the champion on the same rows; null disables the comparison. */
      margin: z.number().min(0).nullable().default(null),
      /** Whether the full interval or only the point estimate has to meet the limit. */
      decisionBasis: z.enum(["interval", "point"]).default("interval"),
      confidence: z.number().min(0.5).max(0.999).default(0.95),
    })
    .refine(({ bound, margin }) => bound !== null || margin !== null, "Specify a threshold, a margin, or both."),
} as const;
export type GateKind = keyof typeof gateSettings;

export const GateSetting = z.union([
  gateSettings.metadata,
  gateSettings.signature,
  gateSettings.scan,
  gateSettings.metric,
  gateSettings.latency,
  gateSettings.replay,
  gateSettings.consistency,
  gateSettings.evaluation,
]);
export type GateSetting = z.infer<typeof GateSetting>;
export type MetricGate = Extract<GateSetting, { kind: "metric" }>;
export type LatencyGate = Extract<GateSetting, { kind: "latency" }>;
export type ReplayGate = Extract<GateSetting, { kind: "replay" }>;
export type EvaluationGate = Extract<GateSetting, { kind: "evaluation" }>;
export type ConsistencyGate = Extract<GateSetting, { kind: "consistency" }>;

const Alias = z
  .string()
  .max(limits.nameLength)
  .superRefine((alias, refinement) => {
    const message = problemOfAlias(alias);
    if (message) refinement.addIssue({ code: "custom", message });
  });

/** Requirements of a model for its versions before they are promoted or served. */
export const Policy = z.object({
  /** Aliases that move only by an approved request, or by an operator with a reason. */
  protectedAliases: z.array(Alias).max(20).default([]),
  required: z
    .object({
      items: z.array(z.enum(requirements)).max(requirements.length).default([]),
      metrics: z.array(MetricName).max(50).default([]),
    })
    .default({ items: [], metrics: [] }),
  /** Operations that are rejected while required metadata is missing, or a gate of the checklist has not passed. */
  enforce: z
    .object({
      request: z.enum(["off", "metadata"]).default("off"),
      aliasMove: z.enum(["off", "metadata"]).default("off"),
      deploy: z.enum(["off", "metadata", "gates"]).default("off"),
    })
    .default({ request: "off", aliasMove: "off", deploy: "off" }),
  gates: z
    .array(GateSetting)
    .max(30)
    .refine((gates) => new Set(gates.map(gateName)).size === gates.length, "Duplicate gate.")
    .default([]),
});
export type Policy = z.infer<typeof Policy>;

/** A threshold that a gate of some models sets for a metric of runs. */
export interface MetricThreshold {
  metric: string;
  bound: number;
  /** On which side of the bound a metric has to be. */
  better: "higher" | "lower";
  /** Names of the models. */
  models: string[];
}

/** Returns the name of one entry of a checklist: its kind, and what distinguishes it from others of the kind. */
export function gateName(setting: GateSetting): string {
  if (setting.kind === "latency") return `latency:${setting.quantile}:${setting.requestsPerSecond}`;
  if (setting.kind === "metric") return `metric:${setting.metric}`;
  if (setting.kind === "replay") return setting.endpoint === null ? "replay" : `replay:${setting.endpoint}`;
  if (setting.kind === "evaluation") {
    const { set, metric, segment } = setting;
    return `evaluation:${set.name}@${set.digest.slice(0, 8)}:${metric}${segment === null ? "" : `:${segment}`}`;
  }
  return setting.kind === "consistency" ? `consistency:${setting.reference}` : setting.kind;
}

/** Returns the display name of a gate. */
export function gateTitle(setting: GateSetting): string {
  if (setting.kind === "latency") return `Latency at ${setting.requestsPerSecond} requests/s`;
  if (setting.kind === "metric") return setting.metric;
  if (setting.kind === "replay")
    return setting.endpoint === null ? titles.replay : `${titles.replay} of ${setting.endpoint}`;
  if (setting.kind === "evaluation") {
    const rows = setting.segment === null ? setting.set.name : `${setting.set.name}, ${setting.segment}`;
    return `${findEvaluationMetric(setting.metric)?.title ?? setting.metric} on ${rows}`;
  }
  if (setting.kind === "consistency" && setting.reference === "cpu") return "Consistency with the CPU";
  return titles[setting.kind];
}

const titles: Record<Exclude<GateKind, "metric" | "latency" | "evaluation">, string> = {
  metadata: "Required metadata",
  signature: "Signature",
  scan: "Security scan",
  replay: "Replay of recorded requests",
  consistency: "Consistency with its origin",
};

/** Policy with its origin. */
export const PolicyInForce = z.object({
  policy: Policy,
  /** "none": no policy is set; "workspace": the default of the workspace; "model": its own. */
  origin: z.enum(["none", "workspace", "model"]),
  changedBy: z.string().nullable(),
  changedAt: z.date().nullable(),
  reason: z.string().nullable(),
});
export type PolicyInForce = z.infer<typeof PolicyInForce>;

/** Input that sets a policy; a null policy restores the default. */
export const SetPolicy = z.object({
  /** Left out, it is the default of the workspace. */
  name: z.string().optional(),
  policy: Policy.nullable(),
  reason: z.string().trim().min(1, "Give a reason. Others will rely on it later.").max(2000),
});
export type SetPolicy = z.input<typeof SetPolicy>;

/** One item that a policy requires and a version has or lacks. */
export const MetadataItem = z.object({
  /** "owner", or "metric:accuracy". */
  item: z.string(),
  isPresent: z.boolean(),
  /** Value of the item, or how to add it. */
  words: z.string(),
});
export type MetadataItem = z.infer<typeof MetadataItem>;

/** Returns the default alias that gates compare with: the first protected one. */
export function mainAlias({ protectedAliases }: Policy): string {
  return protectedAliases[0] ?? "champion";
}
