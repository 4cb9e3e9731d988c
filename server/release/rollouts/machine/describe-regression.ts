import { formatCount } from "#server/base/format-number.ts";
import type { Evidence, GuardrailEvidence } from "../../../serve/rollout/evidence/contract.ts";
import type { GuardrailMetric } from "../../../serve/rollout/plan/contract.ts";
import { named } from "../evidence/metric-labels.ts";

/** Describes the reason of a rollback by the facts that decided it, as "errors rose 4.1×, from 0.43% to 1.7%". */
export function describeRegression(evidence: Evidence, violatedMetrics: readonly GuardrailMetric[]): string {
  const found = evidence.guardrails.filter(({ metric }) => violatedMetrics.includes(metric));
  return found.length === 0 ? describeTogether(evidence) : found.map(wordsOf).join(" and ");
}

/** Describes a regression by averaged evidence: names the guardrails whose own is at least a tenth of the highest. */
function describeTogether({ guardrails }: Evidence): string {
  const all = "the guardrails jointly show a regression, though none of them individually";
  const reported = guardrails.filter(({ metric }) => metric !== "cost");
  const most = Math.max(...reported.map(({ logEWorse }) => logEWorse ?? Number.NEGATIVE_INFINITY));
  const leading = reported.filter(({ logEWorse }) => (logEWorse ?? 0) > Math.max(1, most - Math.log(10)));
  return leading.length === 0 ? all : `${all}: ${leading.map(wordsOf).join(" and ")}`;
}

function wordsOf({ metric, fact }: GuardrailEvidence): string {
  return fact?.words ?? named(metric);
}

/** Formats "38 requests were affected", or an empty text if there is no count. */
export function describeAffected(evidence: Evidence, violatedMetrics: readonly GuardrailMetric[]): string {
  const counts = evidence.guardrails
    .filter(
      ({ metric, fact }) => violatedMetrics.includes(metric) && countsBad.includes(metric) && fact?.basis !== "pairs",
    )
    .map(({ canary, fact }) => (fact ?? { canary }).canary.events);
  const most = Math.max(0, ...counts);
  if (most === 0) return "";
  return most === 1 ? "; 1 request was affected" : `; ${formatCount(most)} requests were affected`;
}

const countsBad: readonly GuardrailMetric[] = ["errors", "client-errors", "slow", "invalid-outputs", "label-errors"];
