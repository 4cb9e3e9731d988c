import { BettingGate } from "./betting-gate.ts";
import { GridGate, safeGrid, worseGrid } from "./grid-gate.ts";
import { twoSidedLogE } from "./rate-ratio.ts";

/** Inputs that both versions have answered, against labels: shadow traffic, replays. One pair per user when users return. */
export interface PairCounts {
  onlyCandidateWrong: number;
  onlyStableWrong: number;
  /** Both right or both wrong: these tell nothing of who is better, only how large a difference can be. */
  agreed: number;
}

/**
 * Evidence of paired answers at one moment. Pairing takes the place of randomisation: with equal accuracy, each version is as
 * likely to be the wrong one of a pair that differs (McNemar's test, made valid at any time by the grid gate).
 */
export interface PairedEvidence {
  /** ln E of "the candidate is no less accurate". */
  logEWorse: number;
  /** ln E of "its errors in pairs that differ are (1 + safe margin) times the stable version's or more". */
  logESafe: number;
  /** ln E of "both are equally accurate", for the two-sided p-value. */
  logEDifferent: number;
}

export function evaluatePairs(pairs: PairCounts, safeMargin: number): PairedEvidence {
  const { onlyCandidateWrong, onlyStableWrong } = pairs;
  const logE = (grid: readonly number[], boundary: number) => {
    const gate = new GridGate(grid);
    gate.add(onlyCandidateWrong, onlyStableWrong, boundary);
    return gate.logE();
  };
  return {
    logEWorse: logE(worseGrid, 0.5),
    logESafe: logE(safeGrid, (1 + safeMargin) / (2 + safeMargin)),
    logEDifferent: twoSidedLogE({ canary: onlyCandidateWrong, baseline: onlyStableWrong, weight: 0.5 }),
  };
}

/**
 * ln E of "accuracy dropped by at most `allowedDrop`", a share of all pairs such as 0.01: differences of 1, −1 and 0 through the
 * betting gate.
 * @param allowedDrop above −1 and below 1.
 */
export function accuracyDropLogE(pairs: PairCounts, allowedDrop: number): number {
  const gate = new BettingGate(allowedDrop, -1);
  gate.add(1, pairs.onlyCandidateWrong);
  gate.add(-1, pairs.onlyStableWrong);
  gate.add(0, pairs.agreed);
  return gate.logE();
}
