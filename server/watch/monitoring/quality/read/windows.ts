import type { Metrics, QualityPoint } from "../contract.ts";
import { mergeCounts } from "../counts/merge-counts.ts";
import { outcomeBins } from "../counts/outcome-bins.ts";
import { mergeLosses } from "../losses/loss-estimates.ts";
import { estimatedMetrics } from "../measures/estimated.ts";
import { addExpectations, type Expectation, expectationOf } from "../measures/expectation.ts";
import { completeAt, isMatureAt } from "../measures/maturity.ts";
import { realisedMetrics } from "../measures/realised.ts";
import type { StoredSpan } from "./counted-spans.ts";
import type { QualityFacts } from "./facts.ts";

/** A step of a span with every metric that labels give. */
export interface RealisedWindow {
  at: number;
  until: number;
  counted: StoredSpan[];
  realised: Metrics;
  isMature: boolean;
}

/** The same with every metric that is estimated. */
export interface QualityWindow extends RealisedWindow {
  estimated: Metrics;
}

/** Returns every step of the range, including empty ones. */
export function windowsOf(facts: QualityFacts): QualityWindow[] {
  const { steps, losses } = facts.expectations;
  return realisedWindows(facts).map((window) => {
    const expectation = steps.get(window.at);
    const estimated = losses.get(window.at) ?? (expectation ? estimatedMetrics(expectation, facts.reading) : {});
    return { ...window, estimated };
  });
}

/** Returns every step of the range, including empty ones, for those who do not ask for estimates, which are slow. */
export function realisedWindows(facts: QualityFacts): RealisedWindow[] {
  const { from, to, stepMs, reading, maturity, now } = facts;
  const byStep = Map.groupBy(facts.counted, ({ at }) => from + Math.floor((at - from) / stepMs) * stepMs);
  const windows: RealisedWindow[] = [];
  for (let at = from; at < to; at += stepMs) {
    const counted = byStep.get(at) ?? [];
    windows.push({
      at,
      until: Math.min(at + stepMs, to),
      counted,
      realised: realisedMetrics(mergeCounts(counted.map(({ counts }) => counts)), reading),
      isMature: isMatureAt(maturity, at + stepMs, now),
    });
  }
  return windows;
}

/** Converts a window to a point of a chart. Realised values of immature windows are included and marked. */
export function pointOf({ metric, maturity, now }: QualityFacts, window: QualityWindow): QualityPoint {
  const { at, until, counted, realised, estimated, isMature } = window;
  return {
    at: new Date(at),
    until: new Date(until),
    realised: realised[metric] ?? null,
    estimated: estimated[metric] ?? null,
    predictions: counted.reduce((sum, one) => sum + one.predictions, 0),
    labelled: counted.reduce((sum, one) => sum + one.labelled, 0),
    completeness: isMature ? 1 : completeAt(maturity, now - (at + until) / 2),
    isMature,
  };
}

/** Estimates the metrics of the complete range. @param isDrawn also sample the intervals of AUC and average precision */
export function estimatedOf({ expectations, reading }: QualityFacts, isDrawn: boolean): Metrics {
  if (reading.taskKind === "regression") return mergeLosses([...expectations.losses.values()]);
  return estimatedMetrics(addExpectations([...expectations.steps.values()]), reading, isDrawn);
}

/** Returns the hours and minutes whose predictions are all at least as old as the horizon. */
export function matureSpans({
  counted,
  maturity,
  now,
}: Pick<QualityFacts, "counted" | "maturity" | "now">): StoredSpan[] {
  return counted.filter(({ until }) => isMatureAt(maturity, until, now));
}

/** Returns the expectation for exactly the labelled rows, each version by its own reference: their interval before labels arrived. */
export function expectationOfLabelled(facts: QualityFacts, counted: readonly StoredSpan[]): Expectation | null {
  const byVersion = [...Map.groupBy(counted, ({ versionId }) => versionId)];
  // Without a reference, nothing shows whether a version's scores are reliable.
  if (byVersion.some(([versionId]) => !facts.profileOf.has(versionId))) return null;
  return addExpectations(
    byVersion.map(([versionId, own]) => {
      const { scores, splitScores } = mergeCounts(own.map(({ counts }) => counts));
      const bins = new Map(Object.entries(scores).map(([key, cells]) => [key, outcomeBins(cells, splitScores?.[key])]));
      return expectationOf(bins, facts.profileOf.get(versionId)?.calibration ?? null, facts.reading);
    }),
  );
}
