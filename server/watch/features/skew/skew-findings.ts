import { formatCount, percent } from "#server/base/format-number.ts";
import type { NewFinding } from "../../monitoring/findings/contract.ts";
import type { SkewComparison } from "./contract.ts";
import { type RecentShares, skewHours, skewLimits } from "./recent-skew.ts";

/** What was counted of a view in the predictions of one endpoint. */
export interface EndpointSkew {
  viewId: string;
  view: string;
  shares: RecentShares;
}

/**
 * Returns the findings of an endpoint: for each view at most a page, about values that differ from what had arrived, and a ticket, about those that
 * differ from what is true. What a request brought is no fault of the store.
 */
export function skewFindings(views: readonly EndpointSkew[]): NewFinding[] {
  return views.flatMap((view) => [findingOf(view, "known"), findingOf(view, "true")].flatMap((found) => found ?? []));
}

/** Names the finding of a view at an endpoint. */
export function skewKey(comparison: SkewComparison, viewId: string): string {
  return `${comparison}:${viewId}`;
}

function findingOf({ viewId, view, shares }: EndpointSkew, comparison: SkewComparison): NewFinding | undefined {
  const [worst, ...others] = shares[comparison].filter(({ isAboveLimit }) => isAboveLimit);
  if (!worst) return undefined;
  const limit = skewLimits[comparison];
  const hours = skewHours[comparison];
  const { feature, share, compared, mismatched, causes } = worst;
  const than = comparison === "known" ? "than the store had by then" : "than is known to be true now";
  const more = moreFeatures(others.length);
  const [first] = causes;
  const why = first ? ` Most frequent cause: ${first.cause} (${formatCount(first.count)}).` : "";
  return {
    key: skewKey(comparison, viewId),
    kind: comparison === "known" ? "served values differ" : "late or corrected values",
    // Labels of the alert: the worst feature may be another one each hour.
    feature: view,
    severity: comparison === "known" ? "page" : "ticket",
    words: `\`${feature}\` of view \`${view}\` was served with another value ${than} in ${percent(share)} of ${formatCount(compared)} look-ups of the last ${hours} hours; the limit is ${percent(limit)}.${why}${more}`,
    evidence: { share, limit, worst: feature, compared, mismatched, causes, view, hours },
  };
}

function moreFeatures(count: number): string {
  if (count === 0) return "";
  return ` ${formatCount(count)} more of its features ${count === 1 ? "is" : "are"} above the limit.`;
}
