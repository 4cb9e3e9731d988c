import { formatCount } from "#server/base/format-number.ts";
import {
  mcNemarPValueOfBetter,
  type PairedCells,
  pairedShares,
  rowsForMargin,
} from "#server/stats/evaluation/paired.ts";
import type { AcceptanceRule } from "../contract.ts";

/** Rows on which the candidate (first) and the champion (second) are right. */
export interface CandidateEvidence {
  frozen: PairedCells;
  /** Newest mature labels, which the candidate has not learned from; null without any. */
  fresh: PairedCells | null;
  /** Segments of the frozen set. */
  segments: readonly { name: string; cells: PairedCells }[];
}

export interface Acceptance {
  verdict: "accept" | "reject";
  /** Why, the first is shown where there is room for one. */
  reasons: { code: AcceptanceCode; words: string }[];
}

type AcceptanceCode = "better" | "not-worse" | "worse" | "too-wide" | "outdated" | "too-few" | "not-better" | "segment";

/**
 * Decides whether a candidate may go to its gates, by the rows that it and the champion were both evaluated on. It must not be worse on the frozen
 * set by more than the margin (lower bound of the difference), better on fresh rows (McNemar's exact test, one-sided), and worse by twice the margin
 * in no segment. Without fresh rows "not worse" is enough, and the canary decides. docs/spec/retraining.md section 3.
 * @throws ArgumentError unless the cells are counts
 */
export function acceptCandidate(rule: AcceptanceRule, { frozen, fresh, segments }: CandidateEvidence): Acceptance {
  const reasons = [...frozenReasons(rule, frozen), ...freshReasons(rule, fresh), ...segmentReasons(rule, segments)];
  const has = (code: AcceptanceCode) => reasons.some((reason) => reason.code === code);
  if (has("better") && has("worse")) reasons.unshift({ code: "outdated", words: outdated });
  const against = reasons.filter(({ code }) => code !== "better" && code !== "not-worse");
  return against.length > 0 ? { verdict: "reject", reasons: against } : { verdict: "accept", reasons };
}

/** Where what is right has changed, no candidate can be right on both. */
const outdated =
  "The candidate is better on fresh rows and worse on the frozen set. If the data has changed, freeze a new set; until then nothing is released.";

function frozenReasons({ margin }: AcceptanceRule, cells: PairedCells): Acceptance["reasons"] {
  const { difference, interval } = pairedShares(cells, 0.95);
  if (difference === null || !interval) return [{ code: "too-wide", words: "The frozen set has no rows." }];
  if (interval.low > -margin) return [{ code: "not-worse", words: "No worse on the frozen set." }];
  if (interval.high < 0) {
    return [{ code: "worse", words: `It is ${points(-difference)} points worse on the frozen set.` }];
  }
  const words = `The frozen set cannot show that it loses no more than ${points(margin)} points: it may lose ${points(-interval.low)}.`;
  return [{ code: "too-wide", words: `${words}${rowsNeeded(margin, cells)}` }];
}

/** How large a set would tell; "" where no size does. */
function rowsNeeded(margin: number, cells: PairedCells): string {
  if (margin === 0) return "";
  const discordant = (cells.onlyFirst + cells.onlySecond) / rowsOf(cells);
  return ` About ${formatCount(rowsForMargin(margin, discordant))} rows would show it.`;
}

function freshReasons({ alpha, atLeastDiscordant }: AcceptanceRule, cells: PairedCells | null): Acceptance["reasons"] {
  if (!cells) return [{ code: "not-worse", words: "There are no fresh labels; the canary decides." }];
  const { onlyFirst, onlySecond } = cells;
  const words = `On fresh rows, ${onlyFirst} are correct for the candidate only, ${onlySecond} for the champion only`;
  if (onlyFirst + onlySecond < atLeastDiscordant) return [{ code: "too-few", words: `${words}: insufficient data.` }];
  if (mcNemarPValueOfBetter(cells) >= alpha) return [{ code: "not-better", words: `${words}: not clearly better.` }];
  return [{ code: "better", words: `${words}.` }];
}

/**
 * Segments that are worse by more than twice the margin, beyond chance: the upper bound of the difference, at 95 % for all segments together. A limit
 * on the difference itself would reject nearly every equal candidate, as one row of a hundred is a point.
 */
function segmentReasons(
  { margin, segmentRows }: AcceptanceRule,
  segments: CandidateEvidence["segments"],
): Acceptance["reasons"] {
  const evaluated = segments.filter(({ cells }) => rowsOf(cells) >= segmentRows);
  return evaluated.flatMap(({ name, cells }) => {
    const { difference, interval } = pairedShares(cells, 1 - 0.1 / evaluated.length);
    if (difference === null || !interval || interval.high >= -2 * margin) return [];
    return [{ code: "segment" as const, words: `It is ${points(-difference)} points worse in ${name}.` }];
  });
}

const rowsOf = ({ both, onlyFirst, onlySecond, neither }: PairedCells) => both + onlyFirst + onlySecond + neither;
/** Shares as points of accuracy: 0.0123 is 1.2. */
const points = (share: number) => Number((share * 100).toPrecision(2));
