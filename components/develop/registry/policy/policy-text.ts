import { findEvaluationMetric } from "#server/develop/registry/evaluation-metrics/contract.ts";
import type {
  ConsistencyGate,
  GateSetting,
  LatencyGate,
  MetadataItem,
  MetricGate,
  Policy,
  PolicyInForce,
  ReplayGate,
  Requirement,
} from "#server/develop/registry/policy/contract.ts";

/** Titles of the possible requirements. */
export const requirementTitles: Record<Requirement, string> = {
  owner: "Owner",
  description: "Description",
  "source-run": "Source run",
  "dataset-digest": "Dataset with digest",
  signature: "Signature",
  licence: "Licence",
};

/** Returns the name of a required item: "metric:accuracy" is "Metric accuracy". */
export function requirementTitle(item: MetadataItem["item"]): string {
  return item.startsWith("metric:") ? `Metric ${item.slice(7)}` : (requirementTitles[item as Requirement] ?? item);
}

/** Describes the requirement of a gate: "accuracy: at least 95.0%, at most 2.0 pp worse than the champion". */
export function describeSetting(setting: GateSetting): string {
  if (setting.kind === "metadata") return "all required metadata is present";
  if (setting.kind === "signature") return "accepts every request that the champion accepts";
  if (setting.kind === "latency") return describeLatency(setting);
  if (setting.kind === "replay") return describeReplay(setting);
  if (setting.kind === "consistency") return describeConsistency(setting);
  if (setting.kind === "evaluation") {
    const { scale = "number", better } = findEvaluationMetric(setting.metric) ?? {};
    return describeMetric({
      ...setting,
      better: setting.better ?? better ?? "higher",
      scale,
      judge: setting.decisionBasis,
    });
  }
  return setting.kind === "scan" ? describeScan(setting) : describeMetric(setting);
}

function describeScan({ allowsWarnings, needsSignature }: Extract<GateSetting, { kind: "scan" }>): string {
  const files = allowsWarnings ? "no dangerous files" : "no dangerous files and no warnings";
  return needsSignature ? `${files}, and signed by a trusted key` : files;
}

function describeReplay(gate: ReplayGate): string {
  const { endpoint, requests, maxDisagreement, maxInvalidShare, maxLatencyRatio, judge: decisionBasis } = gate;
  const where = endpoint === null ? "the endpoint where the champion is deployed" : endpoint;
  const parts = [
    `at most ${percent(maxDisagreement)} of the last ${requests} requests to ${where} get a different prediction than from the champion`,
    maxInvalidShare === 0 ? "none rejected or invalid" : `at most ${percent(maxInvalidShare)} rejected or invalid`,
    maxLatencyRatio === null ? undefined : `p95 at most ${trim(maxLatencyRatio)}× the champion's`,
    decisionBasis === "point" ? "based on the point estimate" : "based on the full 95% interval",
  ];
  return parts.filter(Boolean).join(", ");
}

function describeConsistency({
  reference,
  provider,
  inputs,
  requests,
  maxAbsoluteDifference,
  maxClassChangeShare,
}: ConsistencyGate): string {
  const match =
    reference === "cpu"
      ? `outputs on ${provider ?? "its provider"} match those on the CPU`
      : "outputs match those of the version it was derived from";
  const which = inputs === "recorded" ? "recorded" : "synthetic";
  return `${match} within ${trim(maxAbsoluteDifference)}, and at most ${percent(maxClassChangeShare)} of ${requests} ${which} requests change class`;
}

function percent(share: number): string {
  return `${trim(share * 100)}%`;
}

function describeLatency({
  quantile,
  limitMs,
  requestsPerSecond,
  maxErrorRate,
  maxAgeDays,
  judge: decisionBasis,
}: LatencyGate): string {
  const limit = `${quantile} at most ${trim(limitMs)}\u00a0ms at ${trim(requestsPerSecond)} requests/s`;
  const way = decisionBasis === "point" ? "based on the point estimate" : "based on the full 95% interval";
  const errors = `with at most ${trim(maxErrorRate * 100)}% failures`;
  return `${limit}, ${errors}, in a load test from the last ${maxAgeDays} days, ${way}`;
}

type MetricLimit = Pick<MetricGate, "better" | "bound" | "margin" | "scale" | "judge" | "confidence">;

function describeMetric({ better, bound, margin, scale, judge: decisionBasis, confidence }: MetricLimit): string {
  const value = (number: number) => (scale === "proportion" ? `${trim(number * 100)}%` : trim(number));
  const difference = (number: number) => (scale === "proportion" ? `${trim(number * 100)} pp` : trim(number));
  const parts = [
    bound === null ? undefined : `${better === "higher" ? "at least" : "at most"} ${value(bound)}`,
    margin === null
      ? undefined
      : margin === 0
        ? "no worse than the champion"
        : `at most ${difference(margin)} worse than the champion`,
    decisionBasis === "point"
      ? "based on the point estimate"
      : `based on the full ${trim(confidence * 100)}% interval where available`,
  ];
  return parts.filter(Boolean).join(", ");
}

function trim(number: number): string {
  return String(Number(number.toPrecision(4)));
}

/** Describes the actions that the policy rejects, one sentence each; empty if there are none. */
export function describeEnforcement({ enforce, protectedAliases }: Policy): string[] {
  const aliases = protectedAliases.join(", ");
  return [
    aliases && `${aliases}: changed only by an approved promotion request, or by an operator with a reason.`,
    enforce.request === "metadata" && "Promotion cannot be requested while required metadata is missing.",
    enforce.aliasMove === "metadata" && "Aliases cannot be moved to a version that lacks required metadata.",
    enforce.deploy === "metadata" && "A version that lacks required metadata cannot be deployed.",
    enforce.deploy === "gates" && "A version can be deployed only once every gate has passed or is waived.",
  ].filter((words) => typeof words === "string" && words !== "") as string[];
}

/** Describes the origin of a policy: "of the workspace". */
export function describeOrigin({ origin }: Pick<PolicyInForce, "origin">): string {
  const words = { none: "no requirements yet", workspace: "workspace default", model: "model policy" };
  return words[origin];
}
