import { formatCount } from "#server/base/format-number.ts";
import type { NewFinding } from "../../findings/contract.ts";
import type { Measured, QualitySummary } from "../contract.ts";
import type { QualityParts } from "../detail/contract.ts";
import { isBeyond, lineOf } from "../evaluate-quality.ts";
import { metricFacts } from "../metrics/constants.ts";
import { formatMetric } from "../read/describe-summary.ts";
import { type EvaluationWindow, stretched } from "./evaluation-windows.ts";

/** Evaluated range of predictions, with the number of standard deviations that its interval requires. */
export type Evaluated = Pick<
  QualitySummary,
  "metric" | "realised" | "estimated" | "expected" | "objective" | "reference" | "coverage"
> &
  Pick<EvaluationWindow, "deviations" | "words">;

/** Returns findings where labels show a result below the objective: may page if an SLO sets the objective, else opens a ticket. */
export function realisedFindings(evaluated: Evaluated): NewFinding[] {
  const line = lineOf(evaluated);
  const { metric, objective, deviations, words } = evaluated;
  const realised = stretched(evaluated.realised, deviations);
  if (line === null || !evaluated.realised || !realised || !isBeyond(metric, realised, line)) return [];
  const isConfirmed = confirms(evaluated, line);
  const rows = formatCount(Math.round(realised.rows));
  return [
    {
      key: `realised:${metric}`,
      kind: "realised quality",
      severity: objective ? "page" : "ticket",
      words: `Realised ${nameOf(evaluated)} is ${formatValue(metric, evaluated.realised)} of ${rows} labelled predictions of ${words}, ${formatThreshold(evaluated, line)}${describeReference(evaluated)}.${describeExpected(evaluated, isConfirmed)}`,
      evidence: {
        metric,
        ...evaluated.realised,
        line,
        slo: objective?.slo ?? null,
        reference: evaluated.reference,
        span: words,
        expected: evaluated.expected,
        coverage: evaluated.coverage,
        isConfirmed,
      },
    },
  ];
}

/**
 * Returns a finding if the complete band of the estimate is on the wrong side of the threshold. Its severity is at most ticket because
 * estimates rest on assumptions.
 */
export function estimateFindings(evaluated: Evaluated): NewFinding[] {
  const line = lineOf(evaluated);
  const { metric, objective, deviations, words } = evaluated;
  const estimated = stretched(evaluated.estimated, deviations);
  if (line === null || !evaluated.estimated || !estimated || !isBeyond(metric, estimated, line)) return [];
  return [
    {
      key: `estimated:${metric}`,
      kind: "estimated quality",
      severity: "ticket",
      words: `Estimated ${nameOf(evaluated)} is ${formatValue(metric, evaluated.estimated)} in ${words}, ${formatThreshold(evaluated, line)}, assuming the scores are still calibrated${describeReference(evaluated)}. ${describeTrust(evaluated) ?? "To be confirmed by labels."}`,
      evidence: {
        metric,
        ...evaluated.estimated,
        line,
        slo: objective?.slo ?? null,
        reference: evaluated.reference,
        span: words,
        coverage: evaluated.coverage,
      },
    },
  ];
}

/** Whether the estimate had also put exactly the rows that are now labelled beyond the threshold. */
function confirms({ metric, expected }: Evaluated, line: number): boolean {
  return expected !== null && isBeyond(metric, { ...expected, low: null, high: null }, line);
}

function describeExpected({ metric, expected, ...of }: Evaluated, isConfirmed: boolean): string {
  if (!expected) return "";
  const before = isConfirmed
    ? ` Labels confirm the estimate: before they arrived, ${formatValue(metric, expected)} was expected.`
    : ` Before labels arrived, ${formatValue(metric, expected)} was expected; the estimate did not detect it.`;
  const trust = describeTrust(of);
  return trust ? `${before} ${trust}` : before;
}

/** Describes how reliable the estimates have been so far. */
function describeTrust({ coverage }: Pick<Evaluated, "coverage">): string | null {
  if (!coverage) return null;
  const { inside, windows } = coverage;
  if (windows === 1)
    return `In the one window with complete labels, the estimate ${inside === 1 ? "held" : "did not hold"}.`;
  return `The estimate held in ${inside} of the last ${windows} windows with complete labels.`;
}

/** Returns findings for groups with a larger difference than is acceptable: the pair of which that is most certain. */
export function fairnessFindings({ fairness }: Pick<QualityParts, "fairness">): NewFinding[] {
  return fairness.tags
    .filter(({ isUnfair }) => isUnfair)
    .map(({ groupBy, groups, difference, differenceInterval, pair }) => {
      const named = (name: string | undefined) => {
        const group = groups.find((one) => one.name === name);
        return group ? `${group.name} ${formatMetric("accuracy", group.value)}` : "";
      };
      return {
        key: `${fairness.metric}:${groupBy}`,
        kind: "fairness",
        feature: groupBy,
        severity: "ticket" as const,
        words: `By ${groupBy}, groups differ by at least ${formatMetric("accuracy", differenceInterval?.low ?? 0)} (${named(pair?.lower)}, ${named(pair?.higher)}); the limit is ${formatMetric("accuracy", fairness.maxDifference)}.`,
        evidence: { metric: fairness.metric, difference, interval: differenceInterval, pair, groups },
      };
    });
}

function nameOf({ metric }: Evaluated): string {
  return metricFacts[metric].label.toLowerCase();
}

/** The end of a sentence that names the reference's value, if known. The present one comes first, as titles are cut from the end. */
function describeReference({ metric, reference }: Evaluated): string {
  return reference === null ? "" : `; it was ${formatMetric(metric, reference)} on the reference`;
}

function formatValue(metric: Evaluated["metric"], { value, low, high }: Measured): string {
  const band = low === null || high === null ? "" : ` (${formatMetric(metric, low)} to ${formatMetric(metric, high)})`;
  return `${formatMetric(metric, value)}${band}`;
}

function formatThreshold({ metric, objective }: Evaluated, line: number): string {
  const side = metricFacts[metric].isHigherBetter ? "below" : "above";
  if (objective) return `${side} the objective of ${formatMetric(metric, line)} (${objective.slo})`;
  return `${side} the threshold of ${formatMetric(metric, line)}`;
}
