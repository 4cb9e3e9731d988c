import { counted } from "#server/number-words.ts";
import type { NewFinding } from "../../findings/contract.ts";
import type { Measured, QualitySummary } from "../contract.ts";
import type { QualityParts } from "../detail/contract.ts";
import { isBeyond, lineOf } from "../judge-quality.ts";
import { metricFacts } from "../metrics/contract.ts";
import { metricWords } from "../read/summary-words.ts";

type Judged = Pick<QualitySummary, "metric" | "realised" | "estimated" | "objective" | "reference">;

/** Labels show less than was promised: may wake somebody where an SLO promises it, else it is a ticket. */
export function realisedFindings(recent: Judged): NewFinding[] {
  const line = lineOf(recent);
  const { metric, realised, objective } = recent;
  if (line === null || !realised || !isBeyond(metric, realised, line)) return [];
  return [
    {
      key: `realised:${metric}`,
      kind: "realised quality",
      severity: objective ? "page" : "ticket",
      words: `Realised ${nameOf(recent)} is ${valueWords(recent, realised)} of ${counted(Math.round(realised.rows))} labelled predictions, ${lineWords(recent, line)}.`,
      evidence: { metric, ...realised, line, slo: objective?.slo ?? null, reference: recent.reference },
    },
  ];
}

/** The whole band of the estimate lies on the wrong side of the line. Never more than a ticket: an estimate has assumptions. */
export function estimateFindings(recent: Judged): NewFinding[] {
  const line = lineOf(recent);
  const { metric, estimated, objective } = recent;
  if (line === null || !estimated || !isBeyond(metric, estimated, line)) return [];
  return [
    {
      key: `estimated:${metric}`,
      kind: "estimated quality",
      severity: "ticket",
      words: `Estimated ${nameOf(recent)} is ${valueWords(recent, estimated)}, ${lineWords(recent, line)}, assuming the scores are still calibrated. Labels will tell.`,
      evidence: { metric, ...estimated, line, slo: objective?.slo ?? null, reference: recent.reference },
    },
  ];
}

/** Groups that lie further apart than is acceptable, by the lower end of the interval. */
export function fairnessFindings({ fairness }: Pick<QualityParts, "fairness">): NewFinding[] {
  return fairness.tags
    .filter(({ isUnfair }) => isUnfair)
    .map(({ groupBy, groups, difference, differenceInterval }) => {
      const [lowest, highest] = [groups[0], groups.at(-1)];
      const named = (group: typeof lowest) => (group ? `${group.name} ${metricWords("accuracy", group.value)}` : "");
      return {
        key: `${fairness.metric}:${groupBy}`,
        kind: "unequal treatment",
        feature: groupBy,
        severity: "ticket" as const,
        words: `By ${groupBy}, groups lie at least ${metricWords("accuracy", differenceInterval?.low ?? 0)} apart (${named(lowest)}, ${named(highest)}); at most ${metricWords("accuracy", fairness.mostDifference)} is acceptable.`,
        evidence: { metric: fairness.metric, difference, interval: differenceInterval, groups },
      };
    });
}

function nameOf({ metric }: Judged): string {
  return metricFacts[metric].label.toLowerCase();
}

function valueWords({ metric }: Judged, { value, low, high }: Measured): string {
  const band = low === null || high === null ? "" : ` (${metricWords(metric, low)} to ${metricWords(metric, high)})`;
  return `${metricWords(metric, value)}${band}`;
}

function lineWords({ metric, objective, reference }: Judged, line: number): string {
  const side = metricFacts[metric].isHigherBetter ? "below" : "above";
  if (objective) return `${side} the ${metricWords(metric, line)} that ${objective.slo} promises`;
  return `${side} the ${metricWords(metric, reference ?? line)} of the reference`;
}
