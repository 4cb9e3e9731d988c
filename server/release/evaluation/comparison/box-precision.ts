import type { Band } from "#server/stats/estimation/cell-metrics.ts";
import {
  detectionPrecision,
  detectionPrecisionDifference,
  detectionPrecisionIntervals,
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
  return detectionPrecisionIntervals(boxes(), { pictures: answeredRows(columns, rows), clusters }, { level })[at];
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
  const interval = detectionPrecisionDifference(a, b, { pictures, clusters }, { level })[at];
  return { difference: x === null || y === null ? null : x - y, interval, rows: pictures.length };
}
