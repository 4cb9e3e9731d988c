import { formatCount, percent } from "#server/base/format-number.ts";
import { formatDifference, formatValue } from "#server/develop/registry/gates/format.ts";
import type { PairedMetricResult } from "../contract.ts";

interface Named {
  model: string;
  version: number;
}

/** Describes the headline of a comparison in one sentence. @param level of its interval */
export function describeComparison(first: Named, second: Named, result: PairedMetricResult, level: number): string {
  const { title, scale, difference, interval, verdict, leftOut } = result;
  const [name, other] = namesOf(first, second);
  if (difference === null) return `${title} of ${name} and ${other} cannot be compared.`;
  const range = interval
    ? ` (${percent(level)} interval ${formatDifference(interval.low, scale)} to ${formatDifference(interval.high, scale)})`
    : "";
  const values = `${title}: ${name} ${formatValue(result.first ?? 0, scale)}, ${other} ${formatValue(result.second ?? 0, scale)}`;
  const verdicts = {
    better: `${name} is better.`,
    worse: `${name} is worse.`,
    inconclusive: "The difference is inconclusive.",
    "insufficient-data": "Too few rows to compare.",
  };
  const rejected = leftOut && rejectedSentence([name, leftOut.first], [other, leftOut.second]);
  const sentences = [verdict && verdicts[verdict], rejected].filter((sentence) => sentence);
  return [`${values}, difference ${formatDifference(difference, scale)}${range}.`, ...sentences].join(" ");
}

type Rejected = [name: string, rows: number];

function rejectedSentence([first, ofFirst]: Rejected, [second, ofSecond]: Rejected): string {
  const rows = `${formatCount(ofFirst)} ${ofFirst === 1 ? "row" : "rows"}`;
  const counts = `${rows} without a prediction of ${first} and ${formatCount(ofSecond)} of ${second} are excluded`;
  if (ofFirst === ofSecond) return `${counts}.`;
  return `${counts}, so ${ofFirst > ofSecond ? first : second} is not called better on the remaining rows.`;
}

function namesOf(first: Named, second: Named): [string, string] {
  if (first.model === second.model) return [`v${first.version}`, `v${second.version}`];
  return [`${first.model} v${first.version}`, `${second.model} v${second.version}`];
}
