import { formatNumber } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import type { GuardrailEvidence } from "#server/serve/rollout/evidence/contract.ts";
import { metricLabels } from "./metric-labels.ts";

/** Mean size of groups from which groups are named instead of minutes. */
const namedGroups = 1.5;
/** Below, gateways differ too little to mention. */
const namedGatewayFactor = 1.05;

/**
 * Describes the unit by which a guardrail compares the versions, and what it costs: "Compared by minutes: errors of this endpoint come in
 * bursts (ρ 0.01), so finding 4× takes about 16 min instead of 6 min." Undefined where single requests are compared, as usual.
 */
export function describeComparison({
  metric,
  bursts,
}: Pick<GuardrailEvidence, "metric" | "bursts">): string | undefined {
  if (!bursts) return undefined;
  const sentences = [...describeUnit(metric, bursts), ...describeGateways(bursts)];
  return sentences.length > 0 ? sentences.join(" ") : undefined;
}

type Bursts = NonNullable<GuardrailEvidence["bursts"]>;

function describeUnit(metric: GuardrailEvidence["metric"], bursts: Bursts): string[] {
  const { unit, rho, groupSize, secondsToFind, secondsWithoutBursts } = bursts;
  if (unit === "requests") return [];
  const { noun } = metricLabels[metric];
  const cost =
    secondsToFind !== null && secondsWithoutBursts !== null
      ? `, so finding 4× takes about ${formatDuration(secondsToFind * 1000)} instead of ${formatDuration(secondsWithoutBursts * 1000)}`
      : "";
  if (bursts.minutes < knownFrom)
    return [`Compared by minutes: too few minutes are recorded to know whether ${noun} come in bursts${cost}.`];
  if (groupSize >= namedGroups) {
    const size = formatNumber(groupSize, { decimals: 1 });
    return [
      `Compared by groups: ${noun} of this endpoint come in groups of about ${size}${cost}. Retries of failed requests are counted separately, because no request ID connects them.`,
    ];
  }
  return [`Compared by minutes: ${noun} of this endpoint come in bursts (ρ ${formatNumber(rho)})${cost}.`];
}

/** Minutes from which bursts are known. */
const knownFrom = 20;

function describeGateways({ gatewayFactor }: Bursts): string[] {
  if (gatewayFactor < namedGatewayFactor) return [];
  return [`Gateways of this endpoint differ randomly, so up to ${formatNumber(gatewayFactor)}× is tolerated.`];
}

/** Describes the p95 of both versions: "p95 with queue 40 ms → 52 ms, difference 8 ms to 16 ms". Undefined where it is not compared. */
export function describeP95({ p95 }: Pick<GuardrailEvidence, "p95">): string | undefined {
  if (!p95) return undefined;
  const ms = (value: number) => `${formatNumber(value)}\u00a0ms`;
  const ends = [p95.low, p95.high].map((end) => (end === null ? "unbounded" : ms(end)));
  return `p95 with queue ${ms(p95.stable)} → ${ms(p95.canary)}, difference ${ends.join(" to ")}`;
}
