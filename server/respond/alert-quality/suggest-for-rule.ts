import { percent } from "#server/base/format-number.ts";
import { wilsonInterval } from "#server/stats/proportion.ts";
import type { Verdict } from "../../alerting/alerts/contract.ts";
import type { RuleQuality, RuleSuggestion } from "./contract.ts";

export type VerdictCounts = Record<Verdict, number>;

export const noVerdicts: VerdictCounts = { actionable: 0, known: 0, noise: 0, duplicate: 0 };

/** Minimum number of ratings for a suggestion. */
const minVerdicts = 8;
const minPrecision = 0.5;

interface Evaluated {
  severity: string;
  /** Feedback of the last 30 days, and of the last 90. */
  month: VerdictCounts;
  quarter: VerdictCounts;
  /** Whether the rule has existed for 90 days. */
  isOld: boolean;
}

const sum = (counts: VerdictCounts): number => Object.values(counts).reduce((total, count) => total + count, 0);

/**
 * Evaluates the feedback on a rule. Precision is actionable of all; duplicates count against it, since they woke someone for nothing new.
 * Formulas and suggestions of docs/spec/alerting.md section 16.
 */
export function suggestForRule({
  severity,
  month,
  quarter,
  isOld,
}: Evaluated): Pick<RuleQuality, "precision" | "duplicateRate" | "suggestion"> {
  const count = sum(month);
  if (count === 0) return { precision: null, duplicateRate: null, suggestion: deletion(quarter, isOld) };
  const share = month.actionable / count;
  const precision = { share, ...wilsonInterval({ share, count }), count };
  const demotion = severity === "page" && count >= minVerdicts && share < minPrecision ? demote(precision) : null;
  return { precision, duplicateRate: month.duplicate / count, suggestion: deletion(quarter, isOld) ?? demotion };
}

function demote({ share, low, high, count }: NonNullable<RuleQuality["precision"]>): RuleSuggestion {
  const words = `Downgrade to ticket: ${percent(share)} of ${count} ratings in 30 days are "actionable" (95% interval ${percent(low)} to ${percent(high)}).`;
  return { kind: "make-ticket", words };
}

/** Suggests deletion only of rules that notified someone: one without alerts for 90 days may be the smoke detector. */
function deletion(quarter: VerdictCounts, isOld: boolean): RuleSuggestion | null {
  if (!isOld || quarter.actionable > 0 || sum(quarter) === 0) return null;
  const words = `Delete: none of ${sum(quarter)} ratings in 90 days is "actionable".`;
  return { kind: "delete", words };
}
