import { formatCount, percent } from "#server/base/format-number.ts";
import { incompleteBeta } from "#server/stats/beta.ts";
import { minRows } from "../../monitoring/contract.ts";
import type { NewFinding } from "../../monitoring/findings/contract.ts";
import { addSkew, toSkewCounts } from "./add-counts.ts";
import { knownLimit, type SkewCause, type SkewComparison, trueLimit, type ViewSkewTally } from "./contract.ts";

/** Tallies of a view in the predictions of one endpoint: of the last hours, which are not the same for both comparisons. */
export interface EndpointSkew {
  viewId: string;
  view: string;
  tallies: readonly ViewSkewTally[];
}

/** Hours over which mismatches are counted. A page is about now; late rows come by the day. */
export const skewHours: Record<SkewComparison, number> = { known: 6, true: 24 };
/** Probability of a false finding of one feature in one evaluation. */
const alpha = 1e-4;
const minMismatched = 3;

/**
 * Returns the findings of an endpoint: for each view at most a page, about values that differ from what had arrived, and a ticket, about those that
 * differ from what is true. What a request brought is no fault of the store.
 */
export function skewFindings(views: readonly EndpointSkew[]): NewFinding[] {
  return views.flatMap((view) => [findingOf(view, "known"), findingOf(view, "true")].flatMap((found) => found ?? []));
}

/**
 * Returns whether a share of mismatches is above its limit, and not only by chance: by the exact test of a binomial share, with at least 50
 * compared and 3 different values, so that one of three says nothing.
 */
export function isAboveLimit(mismatched: number, compared: number, limit: number): boolean {
  if (compared < minRows || mismatched < minMismatched || mismatched / compared <= limit) return false;
  // P(X ≥ k) of Binomial(n, limit): https://dlmf.nist.gov/8.17.E5.
  return incompleteBeta(limit, mismatched, compared - mismatched + 1) < alpha;
}

interface FeatureSkewShare {
  feature: string;
  compared: number;
  /** Mismatches that are not by the request. */
  mismatched: number;
  causes: { cause: SkewCause; count: number }[];
}

function findingOf({ viewId, view, tallies }: EndpointSkew, comparison: SkewComparison): NewFinding | undefined {
  const limit = comparison === "known" ? knownLimit : trueLimit;
  const features = [...Map.groupBy(tallies.filter(isOf(comparison)), ({ feature }) => feature)]
    .map(([feature, own]) => shareOf(feature, own))
    .filter(({ mismatched, compared }) => isAboveLimit(mismatched, compared, limit))
    .sort((a, b) => b.mismatched / b.compared - a.mismatched / a.compared);
  const [worst, ...others] = features;
  if (!worst) return undefined;
  const share = worst.mismatched / worst.compared;
  const hours = skewHours[comparison];
  const than = comparison === "known" ? "than the store had by then" : "than is known to be true now";
  const more = moreFeatures(others.length);
  const [first] = worst.causes;
  const why = first ? ` Most frequent cause: ${first.cause} (${formatCount(first.count)}).` : "";
  return {
    key: `${comparison}:${viewId}`,
    kind: comparison === "known" ? "served values differ" : "late or corrected values",
    // Labels of the alert: the worst feature may be another one each hour.
    feature: view,
    severity: comparison === "known" ? "page" : "ticket",
    words: `\`${worst.feature}\` of view \`${view}\` was served with another value ${than} in ${percent(share)} of ${formatCount(worst.compared)} look-ups of the last ${hours} hours; the limit is ${percent(limit)}.${why}${more}`,
    evidence: {
      share,
      limit,
      worst: worst.feature,
      compared: worst.compared,
      mismatched: worst.mismatched,
      causes: worst.causes,
      view,
      hours,
    },
  };
}

function moreFeatures(count: number): string {
  if (count === 0) return "";
  return ` ${formatCount(count)} more of its features ${count === 1 ? "is" : "are"} above the limit.`;
}

const isOf = (comparison: SkewComparison) => (tally: ViewSkewTally) => tally.comparison === comparison;

function shareOf(feature: string, tallies: readonly ViewSkewTally[]): FeatureSkewShare {
  const { compared, mismatched, causes } = toSkewCounts(addSkew(tallies));
  const ofRequests = causes.find(({ cause }) => cause === "request")?.count ?? 0;
  return {
    feature,
    compared: compared - ofRequests,
    mismatched: mismatched - ofRequests,
    causes: causes.filter(({ cause }) => cause !== "request"),
  };
}
