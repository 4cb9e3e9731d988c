import type { CalibratedTest } from "#server/stats/drift/calibrated/calibrated-test.ts";
import { outOfRangeTest, shareTest, unseenTest } from "#server/stats/drift/calibrated/share-tests.ts";
import type { FeatureProfile, FeatureState } from "../../state/contract.ts";
import { twiceSeen } from "../../state/twice-seen.ts";
import type { TestedShare } from "../contract.ts";

/** False-alarm probabilities of the tests of shares. */
export interface ShareAlphas {
  missing: number;
  unseen: number;
}

interface TestedShares {
  missing: TestedShare;
  unseen: TestedShare | null;
  outside: TestedShare | null;
}

/** Tests rows without a usable value, unseen levels, and values out of range (docs/spec/drift.md sections 6.3 and 6.4). */
export function testShares(profile: FeatureProfile, state: FeatureState, alphas: ShareAlphas): TestedShares {
  const [hits, referenceHits] = [missingOf(state), missingOf(profile)];
  const [rows, referenceRows] = [state.count + hits, profile.count + referenceHits];
  const missing = shareOf(
    shareTest({ hits, rows, referenceHits, referenceRows, alpha: alphas.missing }),
    part(hits, rows),
    part(referenceHits, referenceRows),
  );
  if (profile.kind === "categorical" && state.kind === "categorical") {
    const test = unseenTest({
      unseen: state.unseen,
      rows: state.count,
      once: profile.once,
      twice: twiceSeen(profile),
      reference: profile.levels.map(([, count]) => count),
      current: state.levels,
      referenceRows: profile.count,
      alpha: alphas.unseen,
    });
    const unseen = shareOf(test, part(state.unseen, state.count), part(profile.once, profile.count));
    return { missing, unseen, outside: null };
  }
  if (state.kind !== "numeric") return { missing, unseen: null, outside: null };
  const outside = state.below + state.above;
  const test = outOfRangeTest({
    outside,
    rows: state.count,
    referenceRows: profile.count,
    alpha: alphas.unseen,
  });
  return {
    missing,
    unseen: null,
    // Two of n + 1 new values of a continuous feature lie outside, on average.
    outside: shareOf(test, part(outside, state.count), profile.count === 0 ? 0 : 2 / (profile.count + 1)),
  };
}

/** Returns the number of rows of a feature without a usable value: nulls, NaN and infinities. */
function missingOf(counts: FeatureProfile | FeatureState): number {
  if (counts.kind === "categorical") return counts.nulls;
  return counts.nulls + counts.nans + counts.posInf + counts.negInf;
}

function shareOf(test: CalibratedTest, share: number, referenceShare: number): TestedShare {
  const line = Number.isFinite(test.line) ? test.line : null;
  return { share, referenceShare, line, pValue: test.pValue, isAlarm: test.isDrift };
}

function part(hits: number, rows: number): number {
  return rows === 0 ? 0 : hits / rows;
}
