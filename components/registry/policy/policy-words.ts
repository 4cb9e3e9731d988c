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
} from "#server/registry/policy/contract.ts";

/** What can be required, in words. */
export const requirementTitles: Record<Requirement, string> = {
  owner: "Owner",
  description: "Description",
  "source-run": "Source run",
  "dataset-digest": "Dataset with digest",
  signature: "Signature",
  licence: "Licence",
};

/** The name of a required item: "metric:accuracy" is "Metric accuracy". */
export function requirementTitle(item: MetadataItem["item"]): string {
  return item.startsWith("metric:") ? `Metric ${item.slice(7)}` : (requirementTitles[item as Requirement] ?? item);
}

/** What a gate asks for: "accuracy: at least 95.0 %, at most 2.0 pp worse than the champion". */
export function settingWords(setting: GateSetting): string {
  if (setting.kind === "metadata") return "everything that is required is there";
  if (setting.kind === "signature") return "accepts every request that the champion accepts";
  if (setting.kind === "latency") return latencyWords(setting);
  if (setting.kind === "replay") return replayWords(setting);
  if (setting.kind === "consistency") return consistencyWords(setting);
  return setting.kind === "scan" ? scanWords(setting) : metricWords(setting);
}

function scanWords({ allowsWarnings, needsSignature }: Extract<GateSetting, { kind: "scan" }>): string {
  const files = allowsWarnings ? "no dangerous file" : "no dangerous file, nor one that needs a look";
  return needsSignature ? `${files}, and the signature of a trusted key` : files;
}

function replayWords(gate: ReplayGate): string {
  const { endpoint, requests, mostDisagreement, mostInvalid, mostLatencyFactor, judge } = gate;
  const where = endpoint === null ? "the endpoint where the champion serves" : endpoint;
  const parts = [
    `of the last ${requests} requests of ${where} at most ${percent(mostDisagreement)} answered otherwise than by the champion`,
    mostInvalid === 0 ? "none refused or invalid" : `at most ${percent(mostInvalid)} refused or invalid`,
    mostLatencyFactor === null ? undefined : `p95 at most ${trim(mostLatencyFactor)} times the champion's`,
    judge === "point" ? "by the measured value" : "by the whole 95\u00a0% interval",
  ];
  return parts.filter(Boolean).join(", ");
}

function consistencyWords({ reference, provider, inputs, requests, mostAbsolute, mostFlips }: ConsistencyGate): string {
  const own =
    reference === "cpu" ? `on ${provider ?? "its provider"} and on the CPU` : "as the version it was made from";
  const which = inputs === "recorded" ? "recorded" : "made-up";
  return `the same numbers ${own}, up to ${trim(mostAbsolute)}, and at most ${percent(mostFlips)} of ${requests} ${which} requests in another class`;
}

function percent(share: number): string {
  return `${trim(share * 100)}\u00a0%`;
}

function latencyWords({
  quantile,
  limitMs,
  requestsPerSecond,
  mostErrorShare,
  maxAgeDays,
  judge,
}: LatencyGate): string {
  const limit = `${quantile} at most ${trim(limitMs)}\u00a0ms at ${trim(requestsPerSecond)} requests/s`;
  const way = judge === "point" ? "by the measured value" : "by the whole 95\u00a0% interval";
  const errors = `at most ${trim(mostErrorShare * 100)}\u00a0% of them failing`;
  return `${limit}, ${errors}, in a load test of the last ${maxAgeDays} days, ${way}`;
}

function metricWords({ better, bound, margin, scale, judge, confidence }: MetricGate): string {
  const value = (number: number) => (scale === "proportion" ? `${trim(number * 100)} %` : trim(number));
  const difference = (number: number) => (scale === "proportion" ? `${trim(number * 100)} pp` : trim(number));
  const parts = [
    bound === null ? undefined : `${better === "higher" ? "at least" : "at most"} ${value(bound)}`,
    margin === null
      ? undefined
      : margin === 0
        ? "no worse than the champion"
        : `at most ${difference(margin)} worse than the champion`,
    judge === "point"
      ? "by the measured value"
      : `by the whole ${trim(confidence * 100)} % interval where one is known`,
  ];
  return parts.filter(Boolean).join(", ");
}

function trim(number: number): string {
  return String(Number(number.toPrecision(4)));
}

/** What is refused, one sentence each; empty when nothing is. */
export function enforcementWords({ enforce, protectedAliases }: Policy): string[] {
  const aliases = protectedAliases.join(", ");
  return [
    aliases && `${aliases}: moves by a request that somebody else approves, or by an operator with a reason.`,
    enforce.request === "metadata" && "A promotion is not asked for while required metadata is missing.",
    enforce.aliasMove === "metadata" && "No alias is moved to a version that lacks required metadata.",
    enforce.deploy === "metadata" && "A version that lacks required metadata is not deployed.",
    enforce.deploy === "gates" && "A version is deployed only when every gate has passed or is waived.",
  ].filter((words) => typeof words === "string" && words !== "") as string[];
}

/** Whose policy it is: "of the workspace". */
export function originWords({ origin }: Pick<PolicyInForce, "origin">): string {
  const words = { none: "nothing is asked for yet", workspace: "the default of the workspace", model: "of this model" };
  return words[origin];
}
