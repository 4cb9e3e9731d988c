import type { EvaluationMetricId } from "#server/develop/registry/evaluation-metrics/contract.ts";
import type { PairedMetric } from "#server/stats/evaluation/compare-paired.ts";
import type { RankedBoxes } from "#server/stats/evaluation/detection-precision.ts";
import type { RowColumns } from "#server/stats/evaluation/row-columns.ts";
import type { EvaluationMetric, EvaluationPanels } from "../contract.ts";

/** Rows of a set by position; null for all. */
export type Selected = Uint32Array | null;

/** What is measured of a run on a set, for one kind of task. The first metric is the headline. */
export interface TaskMetrics {
  /**
   * @param rows of a segment. @param isComplete whether slow metrics and intervals are wanted too
   * @param only the one metric that is wanted, slow or not: others may be left out
   */
  measure(rows: Selected, isComplete: boolean, only?: EvaluationMetricId): EvaluationMetric[];
  panels(): EvaluationPanels;
  /** What two runs are compared by, and how. */
  pairing: Pairing;
}

/** Rows or units of a run, for the comparison with another run of the same set. */
export interface Pairing {
  columns: RowColumns;
  /** Class of each row; null unless labels are classes. */
  truth: Uint16Array | null;
  classes: number;
  clusters: Uint32Array | null;
  metrics: Partial<Record<EvaluationMetricId, PairedMetric>>;
  /** Predicted boxes by confidence, from which average precision and its intervals follow; of boxes only. It takes long the first time. */
  boxes?: () => RankedBoxes;
  /** Of units that are measured without some of their rows: all rows of each unit, and those left out. */
  leftOut?: { rows: Uint32Array; failed: Uint32Array };
  /** Returns the units of the rows of a segment: lists or machines; rows themselves elsewhere. */
  unitsOf(rows: Selected): Selected;
}
