import { formatCount, formatSignificant, percent } from "#server/base/format-number.ts";
import type { Evidence, GuardrailEvidence } from "../../../serve/rollout/evidence/contract.ts";
import type { GuardrailMetric } from "../../../serve/rollout/plan/contract.ts";
import { metricLabels, named } from "./metric-labels.ts";

/** Describes the reason of a rollback, as "errors rose 4.1×", with the number of affected requests. */
export function describeRegression(
  evidence: Evidence,
  violatedMetrics: readonly GuardrailMetric[],
  stable: string,
): string {
  const found = evidence.guardrails.filter(({ metric }) => violatedMetrics.includes(metric));
  if (found.length === 0) return describeTogether(evidence, stable);
  return found.map((guardrail) => changeOf(guardrail, stable)).join(" and ");
}

/** Describes a regression by averaged evidence: names the guardrails whose own is at least a tenth of the highest. */
function describeTogether({ guardrails }: Evidence, stable: string): string {
  const all = "the guardrails jointly show a regression, though none of them individually";
  const reported = guardrails.filter(({ metric }) => metric !== "cost");
  const most = Math.max(...reported.map(({ logEWorse }) => logEWorse ?? Number.NEGATIVE_INFINITY));
  const leading = reported.filter(({ logEWorse }) => (logEWorse ?? 0) > Math.max(1, most - Math.log(10)));
  return leading.length === 0
    ? all
    : `${all}: ${leading.map((guardrail) => changeOf(guardrail, stable)).join(" and ")}`;
}

function changeOf(guardrail: GuardrailEvidence, stable: string): string {
  const { metric, canary, pairs } = guardrail;
  const name = named(metric);
  if (metric === "output-shift") return `the prediction distribution of the new version differs from that of ${stable}`;
  if (metric === "disagreement") {
    return `the new version disagrees with ${stable} on ${formatCount(pairs.onlyCanary)} of ${formatCount(pairs.units)} shadowed requests`;
  }
  if (metric === "cost") return costChange(guardrail);
  const isBeyondFloor = guardrail.floor !== null && guardrail.floor.canary !== null && isBreached(guardrail.floor);
  const isRelative = (guardrail.maxLogEWorse ?? 0) >= guardrail.logThreshold;
  if (isBeyondFloor && !isRelative) {
    const { isPlural } = metricLabels[metric];
    const bad = metric === "conversions" ? canary.units - canary.events : canary.events;
    return `${name} ${isPlural ? "exceed" : "exceeds"} the absolute limit: ${formatCount(bad)} of ${formatCount(canary.units)}`;
  }
  return rateChange(guardrail, name, stable);
}

function isBreached({ canary, logThreshold }: NonNullable<GuardrailEvidence["floor"]>): boolean {
  return canary !== null && canary >= logThreshold;
}

function rateChange(guardrail: GuardrailEvidence, name: string, stable: string): string {
  const { metric, stable: before, canary, pairs, ratio } = guardrail;
  const [was, is] = [before.events / before.units, canary.events / canary.units];
  const times = ratio.estimate ?? (was > 0 ? is / was : null);
  // In the watch, pairs show what the steps before it did not.
  const isInPairs = times !== null && pairs.onlyCanary / Math.max(1, pairs.onlyStable) > Math.max(1, times);
  if (canary.units === 0 || before.units === 0 || isInPairs) {
    const only = `${formatCount(pairs.onlyCanary)} of ${formatCount(pairs.units)} pairs`;
    return `${name} occurred in ${only} only for the new version, and in ${formatCount(pairs.onlyStable)} only for ${stable}`;
  }
  const verb = metric === "conversions" ? "fell" : "rose";
  if (times === null || times === 0) return `${name} ${verb} from ${percent(was)} to ${percent(is)}`;
  const change = metric === "conversions" ? 1 - times : times - 1;
  return times >= 2
    ? `${name} ${verb} ${formatSignificant(times, 2)}×`
    : `${name} ${verb} ${percent(Number(change.toFixed(2)))}`;
}

function costChange({ stable, canary }: GuardrailEvidence): string {
  if (!stable.mean || canary.mean === null) return "requests cost more";
  return `requests cost ${percent(Number((canary.mean / stable.mean - 1).toFixed(2)))} more`;
}

/** Formats "38 requests were affected", or an empty text if there is no count. */
export function describeAffected(evidence: Evidence, violatedMetrics: readonly GuardrailMetric[]): string {
  const counts = evidence.guardrails
    .filter(({ metric }) => violatedMetrics.includes(metric) && countsBad.includes(metric))
    .map(({ canary }) => canary.events);
  const most = Math.max(0, ...counts);
  if (most === 0) return "";
  return most === 1 ? "; 1 request was affected" : `; ${formatCount(most)} requests were affected`;
}

const countsBad: readonly GuardrailMetric[] = ["errors", "client-errors", "slow", "invalid-outputs", "label-errors"];
