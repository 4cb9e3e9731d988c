import type { SetUsage } from "../contract.ts";

/** Versions from which on the best of them looks better than it is, and from which on only fresh rows help. */
const hintFrom = 10;
const freshRowsFrom = 50;

/**
 * Describes how worn a set is. Of m equally good versions the best looks better by about sd × √(2 ln m) (docs/spec/evaluation.md section 1.5).
 * @param versions different versions that were evaluated on it
 */
export function describeUsage(runs: number, versions: number): SetUsage {
  if (versions < hintFrom) return { runs, versions, level: "fine", words: null };
  const isWorn = versions >= freshRowsFrom;
  return {
    runs,
    versions,
    level: isWorn ? "fresh-rows" : "hint",
    words: isWorn
      ? `${versions} versions compared: select a set with fresh rows.`
      : `${versions} versions compared: select a new set. The best of many versions is overestimated.`,
  };
}
