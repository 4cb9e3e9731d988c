import { minRows } from "../../contract.ts";
import { estimatedMetrics } from "../measures/estimated.ts";
import type { QualityFacts } from "./facts.ts";
import { expectationOfLabelled, type RealisedWindow } from "./windows.ts";

/** Number of windows considered: at least twenty are required (docs/spec/drift.md section 11.2). */
const most = 20;

/** Counts the last mature windows whose realised metric was inside the interval expected for the same rows. Null without any. */
export function coverageOf(
  facts: QualityFacts,
  windows: readonly RealisedWindow[],
): { inside: number; windows: number } | null {
  const evaluated = windows
    .filter(({ isMature }) => isMature)
    .flatMap(({ counted, realised }) => {
      const actual = realised[facts.metric];
      const expectation = actual && actual.rows >= minRows ? expectationOfLabelled(facts, counted) : null;
      const band = expectation && estimatedMetrics(expectation, facts.reading)[facts.metric];
      if (!actual || !band || band.low === null || band.high === null) return [];
      return [actual.value >= band.low && actual.value <= band.high];
    })
    .slice(-most);
  return evaluated.length === 0 ? null : { inside: evaluated.filter(Boolean).length, windows: evaluated.length };
}
