import type { Band } from "../estimation/cell-metrics.ts";
import { normalQuantile } from "../normal.ts";

/**
 * Computes the 95% interval of an area under the receiver operating characteristic curve (Hanley and McNeil, "The meaning and use of
 * the area under a receiver operating characteristic curve", Radiology 143, 1982). Null if a class is absent.
 */
export function aucInterval(auc: number, positives: number, negatives: number): Band | null {
  if (positives <= 0 || negatives <= 0) return null;
  const [q1, q2] = [auc / (2 - auc), (2 * auc * auc) / (1 + auc)];
  const variance =
    (auc * (1 - auc) + (positives - 1) * (q1 - auc * auc) + (negatives - 1) * (q2 - auc * auc)) /
    (positives * negatives);
  const half = normalQuantile(0.975) * Math.sqrt(Math.max(0, variance));
  return { low: Math.max(0, auc - half), high: Math.min(1, auc + half) };
}
