import { type Random, seededRandom } from "../random.ts";
import { binomialFrom } from "../random-counts.ts";
import { drawErrors } from "./calibration-errors.ts";
import type { Band } from "./cell-metrics.ts";
import { realisedRanking } from "./ranked-metrics.ts";
import { aucOfBins, type ExpectedBins, precisionOfBins } from "./score-bins.ts";

/** Bands of metrics without a formula; null if a class is absent. */
export interface RankingBands {
  rocAuc: Band | null;
  averagePrecision: Band | null;
}

/**
 * Draws bands of AUC and average precision of the same rows: labels are drawn by their calibrated probabilities, and the percentiles
 * of the resulting metrics are used (docs/spec/drift.md section 11.2). Seeded.
 */
export function drawnBands(
  rows: { scores: readonly number[]; probabilities: readonly number[] },
  { draws = 200, level = 0.95, seed = 7 } = {},
): RankingBands {
  const random = seededRandom(seed);
  const drawn = Array.from({ length: draws }, () =>
    realisedRanking({
      scores: rows.scores,
      outcomes: rows.probabilities.map((probability) => (random() < probability ? 1 : 0)),
    }),
  );
  return {
    rocAuc: percentiles(
      drawn.map(({ rocAuc }) => rocAuc),
      level,
    ),
    averagePrecision: percentiles(
      drawn.map(({ averagePrecision }) => averagePrecision),
      level,
    ),
  };
}

/** Draws the same bands from bins: labels of a bin are drawn by its mean probability, which itself is off by an error of calibration. */
export function drawnBandsOfBins(
  bins: ExpectedBins,
  { draws = 200, level = 0.95, seed = 7 }: { draws?: number; level?: number; seed?: number } = {},
): RankingBands {
  const random = seededRandom(seed);
  const drawn = Array.from({ length: draws }, () => {
    const positive = drawPositives(bins, random);
    return { rocAuc: aucOfBins(bins.count, positive), averagePrecision: precisionOfBins(bins.count, positive) };
  });
  return {
    rocAuc: percentiles(
      drawn.map(({ rocAuc }) => rocAuc),
      level,
    ),
    averagePrecision: percentiles(
      drawn.map(({ averagePrecision }) => averagePrecision),
      level,
    ),
  };
}

function drawPositives({ count, positive, uncertain }: ExpectedBins, random: Random): Float64Array {
  const off = uncertain.map((one) => ({ ...one, drawn: drawErrors(one.errors, random) }));
  return count.map((rows, bin) => {
    if (rows === 0) return 0;
    const error = off.reduce(
      (sum, { errors, count, drawn }) =>
        sum + (count[bin] as number) * (drawn[errors.groupOf[bin] as number] as number),
      0,
    );
    return binomialFrom(rows, Math.min(1, Math.max(0, ((positive[bin] as number) + error) / rows)), random);
  });
}

function percentiles(values: readonly (number | null)[], level: number): Band | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (known.length === 0) return null;
  const at = (share: number) => known[Math.min(known.length - 1, Math.floor(share * known.length))] as number;
  return { low: at((1 - level) / 2), high: at(1 - (1 - level) / 2) };
}
