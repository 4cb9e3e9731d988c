import type { Band } from "#server/stats/estimation/cell-metrics.ts";
import {
  detectionPrecision,
  detectionPrecisionDifference,
  detectionPrecisionIntervals,
  type RankedBoxes,
} from "#server/stats/evaluation/detection-precision.ts";
import { failedAnswer } from "#server/stats/evaluation/row-columns.ts";
import { answeredRows } from "../metrics/run-columns.ts";
import type { Pairing, Selected, TaskMetrics } from "../metrics/task-metrics.ts";

interface Wanted {
  id: string;
  rows: Selected;
  level: number;
}

const overlaps: Readonly<Record<string, "at50" | "mean">> = { boxPrecision50: "at50", boxPrecision: "mean" };

/** Returns the interval of average precision of boxes at a confidence level, null for too many boxes; undefined for another metric. */
export function boxPrecisionInterval(pairing: Pairing, { id, rows, level }: Wanted): Band | null | undefined {
  const [at, { boxes, columns, clusters }] = [overlaps[id], pairing];
  if (!at || !boxes) return undefined;
  const ranked = boxes();
  const resamples = resamplesOf([ranked]);
  if (resamples === null) return null;
  const pictures = answeredRows(columns, rows);
  return detectionPrecisionIntervals(ranked, { pictures, clusters }, { level, resamples })[at];
}

/** Gates are computed among other work, so that their intervals must not take longer than some two seconds, unlike those of an evaluation. */
const maxResampledBoxes = 10_000_000;
const minResamples = 200;
const maxResamples = 1000;

/** Returns how many resamples of the boxes of some versions a gate affords; null for too few. */
function resamplesOf(versions: readonly RankedBoxes[]): number | null {
  const boxes = versions.flatMap(({ classes }) => classes.map(({ pictures }) => pictures.length));
  const total = boxes.reduce((sum, count) => sum + count, 0);
  const affordable = Math.floor(maxResampledBoxes / Math.max(1, total));
  return affordable < minResamples ? null : Math.min(maxResamples, affordable);
}

/** A difference on the pictures that both versions answered. */
interface PrecisionDifference {
  difference: number | null;
  interval: Band | null;
  rows: number;
}

/** Compares two versions by average precision of boxes on the pictures that both answered; undefined for another metric. */
export function compareBoxPrecision(
  first: TaskMetrics,
  second: TaskMetrics,
  { id, rows, level }: Wanted,
): PrecisionDifference | undefined {
  const at = overlaps[id];
  const [own, other] = [first.pairing, second.pairing];
  if (!at || !own.boxes || !other.boxes) return undefined;
  const { answer } = other.columns;
  const pictures = answeredRows(own.columns, rows).filter((row) => answer[row] !== failedAnswer);
  const weights = new Uint8Array(answer.length);
  for (const picture of pictures) weights[picture] = 1;
  const [a, b] = [own.boxes(), other.boxes()];
  const [x, y] = [detectionPrecision(a, weights)[at], detectionPrecision(b, weights)[at]];
  const { clusters } = own;
  const resamples = resamplesOf([a, b]);
  const interval =
    resamples === null ? null : detectionPrecisionDifference(a, b, { pictures, clusters }, { level, resamples })[at];
  return { difference: x === null || y === null ? null : x - y, interval, rows: pictures.length };
}
