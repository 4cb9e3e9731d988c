import { type CalibratedTest, total } from "#server/stats/drift/calibrated/calibrated-test.ts";
import { isSeasonKnown, seasonalTest } from "#server/stats/drift/seasons/seasonal-test.ts";
import { type ShareSeasons, seasonalShareTest } from "#server/stats/drift/seasons/share-seasons.ts";
import type { TestedShare } from "../contract.ts";
import type { ShareAlphas } from "./test-shares.ts";
import type { FeatureHistory } from "./usual.ts";

/** A test against the reference, held against what is usual at this time. */
export interface TimedTest {
  test: CalibratedTest;
  /** φ; null while fewer than ten windows are known. */
  dispersion: number | null;
  /** Net PSI below which a difference is small because this hour of the week is not known yet; 0 where it is. */
  earlyFloor: number;
}

/** Until ten windows are known, a threshold is so many times that of independent rows, but not more than about a standard deviation. */
const earlyFactor = 5;
const maxEarlyPsi = 1;
/** A window that is far within what is usual says little about where the threshold lies. */
const minExcess = 0.05;
/** An alarm is a p-value of at most α: without one it stays above. */
const justAbove = 1.01;

/**
 * Holds a test against the reference against what is usual at this time (docs/spec/drift.md section 6.8): an alarm needs both, so that
 * neither seasons nor repeated rows are drift. The threshold drawn is above the value exactly if there is no alarm.
 */
export function againstUsual(
  test: CalibratedTest,
  samples: { reference: ArrayLike<number>; current: ArrayLike<number>; alpha: number },
  history: FeatureHistory | undefined,
): TimedTest {
  if (!history || test.psi === undefined) return { test, dispersion: null, earlyFloor: 0 };
  const { at, usual, earlyFloor } = history;
  const { psi, line } = test;
  const { alpha } = samples;
  if (!usual.distribution || total(samples.current) === 0) {
    const early = Math.max(line, Math.min(earlyFactor * line, maxEarlyPsi));
    const isDrift = test.isDrift && psi > early;
    const held = isDrift
      ? { line: early }
      : { line: Math.max(early, psi), pValue: Math.max(test.pValue, justAbove * alpha) };
    return { test: { ...test, ...held, isDrift }, dispersion: null, earlyFloor };
  }
  const timed = seasonalTest(usual.distribution, { ...samples, at });
  const isDrift = test.isDrift && timed.isDrift;
  const reached = psi / Math.max(minExcess, timed.excess);
  const varied = line * timed.phi;
  return {
    test: {
      ...test,
      isDrift,
      line: isDrift ? Math.max(line, Math.min(varied, reached)) : psi > varied ? Math.max(reached, psi) : varied,
      pValue: Math.max(test.pValue, timed.pValue),
      psiNet: Math.min(test.psiNet ?? timed.psiNet, timed.psiNet),
    },
    dispersion: timed.phi,
    earlyFloor: at === null || isSeasonKnown(usual.distribution, at) ? 0 : earlyFloor,
  };
}

/** Shares of one feature that are tested. */
interface TestedShares {
  missing: TestedShare;
  unseen: TestedShare | null;
  outside: TestedShare | null;
}

/** Holds tested shares of rows against what is usual at this time, as againstUsual does. @param rows usable values of the window */
export function sharesAgainstUsual(
  { missing, unseen, outside }: TestedShares,
  window: { rows: number; referenceRows: number; alphas: ShareAlphas },
  history: FeatureHistory | undefined,
): TestedShares {
  if (!history) return { missing, unseen, outside };
  const { rows, referenceRows, alphas } = window;
  const held = (
    share: TestedShare,
    seasons: ShareSeasons | undefined,
    sizes: { rows: number; referenceRows: number; alpha: number },
  ) => shareAgainstUsual(share, seasons, { ...sizes, at: history.at });
  const whole = (share: number, usable: number) => (share >= 1 ? usable : usable / (1 - share));
  const all = { rows: whole(missing.share, rows), referenceRows: whole(missing.referenceShare, referenceRows) };
  return {
    missing: missing.share >= 1 ? missing : held(missing, history.usual.missing, { ...all, alpha: alphas.missing }),
    unseen: unseen && held(unseen, history.usual.unseen, { rows, referenceRows, alpha: alphas.unseen }),
    outside: outside && held(outside, history.usual.outside, { rows, referenceRows, alpha: alphas.unseen }),
  };
}

function shareAgainstUsual(
  share: TestedShare,
  seasons: ShareSeasons | undefined,
  { rows, ...sizes }: { at: number | null; rows: number; referenceRows: number; alpha: number },
): TestedShare {
  if (!(rows > 0) || share.line === null) return share;
  const timed = seasonalShareTest(seasons, {
    ...sizes,
    rows,
    hits: Math.round(share.share * rows),
    referenceShare: share.referenceShare,
  });
  const line = Number.isFinite(timed.line) ? Math.max(share.line, timed.line) : null;
  return { ...share, line, pValue: Math.max(share.pValue, timed.pValue), isAlarm: share.isAlarm && timed.isAlarm };
}
