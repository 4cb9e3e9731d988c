import { hourMs } from "#server/base/durations.ts";
import { formatCount, formatDuration, percent } from "#server/base/format-number.ts";
import { dispersedLine, dispersion } from "#server/stats/drift/calibrated/dispersion.ts";
import { twoSampleChiSquare } from "#server/stats/drift/calibrated/distances.ts";
import { minRows } from "../../contract.ts";
import { type CheckResult, checkOf } from "../contract.ts";

/**
 * Predictions by hour or day, for windows that ended more than `withinMs` ago, so that each prediction's label is either in time or late.
 */
export interface LabelWindows {
  /** Age by which four of five of all labels expected so far had arrived; null while no label has arrived. */
  withinMs: number | null;
  stepMs: number;
  /** Oldest first, without those of fewer than 50 predictions; the last is compared with the others. */
  windows: readonly { start: number; predictions: number; inTime: number }[];
}

/** One look in a thousand, by day or hour: rarer than labels really come late. */
const alpha = 0.001;
/** Minimum increase of the late share to be reported; smaller ones are only displayed. */
const minIncrease = 0.05;
/** Dispersion needs so many ordinary windows (docs/spec/drift.md section 6.8). */
const minWindows = 10;

/**
 * Checks whether labels are later than usual: for the newest hour or day whose predictions are old enough, the share without a label at
 * an age at which four of five have one, against earlier windows. Labels arrive in files, so their rows are not independent: the
 * threshold follows from the variation between those windows (docs/spec/drift.md section 6.8).
 */
export function checkLateLabels({ withinMs, stepMs, windows }: LabelWindows): CheckResult {
  const named = { check: "late labels" as const, feature: "" };
  const newest = windows.at(-1);
  const before = windows.slice(0, -1);
  const step = stepMs === hourMs ? "hour" : "day";
  if (withinMs === null || !newest || before.length < minWindows) {
    const words =
      withinMs === null
        ? "No labels received yet, so the label delay is unknown."
        : `Label delays need at least ${minWindows} earlier ${step}s with ${minRows} or more predictions; there are ${before.length}.`;
    return checkOf({ ...named, state: "unknown", rows: newest?.predictions ?? 0, words });
  }
  const cells = before.map(({ predictions, inTime }) => [predictions - inTime, inTime]);
  const all = [0, 1].map((at) => cells.reduce((sum, each) => sum + (each[at] ?? 0), 0));
  const current = [newest.predictions - newest.inTime, newest.inTime];
  const [share, usual] = [shareOf(current), shareOf(all)];
  // Windows that are all alike have no spread of their own.
  const measured = dispersion(cells) ?? { phi: 1, windows: before.length };
  const { line, pValue } = dispersedLine(twoSampleChiSquare(all, current), { ...measured, degrees: 1, alpha });
  const isSure = twoSampleChiSquare(all, current) > line && share > usual;
  const state = !isSure ? "whole" : share - usual < minIncrease ? "small" : "broken";
  return checkOf({
    ...named,
    rows: newest.predictions,
    share,
    usual,
    pValue,
    state,
    severity: state === "broken" ? "ticket" : null,
    words: `${percent(share)} of the predictions from ${whenOf(newest.start, step)} had no label after ${formatDuration(withinMs)} (${formatCount(current[0] ?? 0)} of ${formatCount(newest.predictions)}), ${percent(usual)} in the previous ${before.length} ${step}s.`,
    evidence: { withinMs, windowStart: new Date(newest.start).toISOString(), phi: measured.phi, reach: share },
  });
}

function shareOf([late = 0, inTime = 0]: readonly number[]): number {
  return late + inTime === 0 ? 0 : late / (late + inTime);
}

function whenOf(start: number, step: string): string {
  const text = new Date(start).toISOString();
  return step === "hour" ? `the hour from ${text.slice(11, 16)} UTC` : text.slice(0, 10);
}
