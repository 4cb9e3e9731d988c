import { multiLabelMetrics } from "#server/stats/evaluation/multi-label.ts";
import { answeredRows, ratioMetrics } from "#server/stats/evaluation/ratio-metrics.ts";
import type { RowColumns } from "#server/stats/evaluation/row-columns.ts";
import type { EvaluationMetric } from "../contract.ts";
import type { RunRows } from "../runs/score-rows.ts";
import type { SetRows } from "../sets/set-rows.ts";
import { metricOf } from "./metric-catalogue.ts";
import { ratioEstimate } from "./ratio-estimate.ts";
import { exactRows } from "./region-metrics.ts";
import { runColumns } from "./run-columns.ts";
import type { Selected, TaskMetrics } from "./task-metrics.ts";

/** Measures several classes per row: each one, and all pairs of row and class together (docs/spec/evaluation.md section 2). */
export function multilabelTask(set: SetRows, run: RunRows): TaskMetrics {
  const classes = set.head.classes.length;
  const truth = set.columns.truth as Uint8Array;
  const flags = run.columns.flags as Uint8Array;
  const clusters = (set.columns.cluster as Uint32Array | undefined) ?? null;
  const columns: RowColumns = { ...runColumns(run), parts: partsOf(truth, flags, classes) };
  const chosen = (rows: Selected) => {
    const answered = answeredRows([columns], rows);
    if (answered.length === set.rows) return multiLabelMetrics(truth, flags, classes);
    const pick = (values: Uint8Array) => {
      const picked = new Uint8Array(answered.length * classes);
      for (let at = 0; at < answered.length; at += 1) {
        const row = answered[at] as number;
        picked.set(values.subarray(row * classes, (row + 1) * classes), at * classes);
      }
      return picked;
    };
    return multiLabelMetrics(pick(truth), pick(flags), classes);
  };
  const measure = (rows: Selected): EvaluationMetric[] => {
    const found = chosen(rows);
    return [
      ratioEstimate("microF1", columns, ratioMetrics.microF1, { rows, clusters }),
      metricOf("macroF1", { value: found.macroF1 }),
      exactRows(columns, { rows, clusters }),
      ratioEstimate("hammingLoss", columns, ratioMetrics.hammingLoss, { rows, clusters }),
    ];
  };
  return {
    measure,
    panels: () => ({
      kind: "multilabel",
      classes: run.head.classes,
      byClass: chosen(null).classes.map((found, index) => ({
        name: run.head.classes[index] ?? "",
        ...found,
        ...(clusters && { precisionInterval: null, recallInterval: null }),
      })),
    }),
    pairing: {
      columns,
      truth: null,
      classes: 0,
      clusters,
      metrics: {
        microF1: { name: "ratio", ratio: ratioMetrics.microF1 },
        exactMatch: { name: "accuracy" },
        hammingLoss: { name: "ratio", ratio: ratioMetrics.hammingLoss },
      },
      unitsOf: (rows) => rows,
    },
  };
}

function partsOf(truth: Uint8Array, flags: Uint8Array, classes: number): Record<string, Float32Array> {
  const rows = truth.length / classes;
  const names = ["truePositive", "falsePositive", "falseNegative", "wrongLabels", "labels"] as const;
  const parts = Object.fromEntries(names.map((name) => [name, new Float32Array(rows)])) as Record<
    (typeof names)[number],
    Float32Array
  >;
  const add = (name: (typeof names)[number], row: number) => {
    parts[name][row] = (parts[name][row] as number) + 1;
  };
  for (let at = 0; at < truth.length; at += 1) {
    const row = Math.floor(at / classes);
    const [actual, said] = [truth[at] === 1, flags[at] === 1];
    add("labels", row);
    if (actual !== said) add("wrongLabels", row);
    if (actual && said) add("truePositive", row);
    else if (said) add("falsePositive", row);
    else if (actual) add("falseNegative", row);
  }
  return parts;
}
