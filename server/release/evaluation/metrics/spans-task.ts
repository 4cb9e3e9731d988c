import { ratioMetrics } from "#server/stats/evaluation/ratio-metrics.ts";
import { failedAnswer, type RowColumns } from "#server/stats/evaluation/row-columns.ts";
import { spanAgreement } from "#server/stats/labelling/span-agreement.ts";
import type { EvaluationPanels } from "../contract.ts";
import { regionParts } from "../regions/score-regions.ts";
import { storedSpans } from "../regions/stored-regions.ts";
import type { RunRows } from "../runs/score-rows.ts";
import type { SetRows } from "../sets/set-rows.ts";
import { ratioEstimate } from "./ratio-estimate.ts";
import { exactRows, regionRatios, sharesOf } from "./region-metrics.ts";
import { partsOf, runColumns } from "./run-columns.ts";
import type { TaskMetrics } from "./task-metrics.ts";

type Panels = Extract<EvaluationPanels, { kind: "spans" }>;

const ratios = [
  ...regionRatios,
  ["exactSpanF1", ratioMetrics.exactSpanF1],
  ["partialSpanF1", ratioMetrics.partialSpanF1],
  ["typeSpanF1", ratioMetrics.typeSpanF1],
] as const;

/** Measures spans: F1 of all texts together by class and limits, and by more lenient rules (docs/spec/evaluation.md section 11.3). */
export function spansTask(set: SetRows, run: RunRows): TaskMetrics {
  const clusters = (set.columns.cluster as Uint32Array | undefined) ?? null;
  const columns: RowColumns = { ...runColumns(run), parts: partsOf(run, regionParts.spans) };
  return {
    measure: (rows, _isComplete, only) => [
      ...ratios
        .filter(([id]) => only === undefined || only === id)
        .map(([id, ratio]) => ratioEstimate(id, columns, ratio, { rows, clusters })),
      ...(only === undefined || only === "exactMatch" ? [exactRows(columns, { rows, clusters })] : []),
    ],
    panels: () => panelsOf(set, run, columns),
    pairing: {
      columns,
      truth: null,
      classes: 0,
      clusters,
      metrics: {
        ...Object.fromEntries(ratios.map(([id, ratio]) => [id, { name: "ratio" as const, ratio }])),
        exactMatch: { name: "accuracy" },
      },
      unitsOf: (rows) => rows,
    },
  };
}

function panelsOf(set: SetRows, run: RunRows, { answer }: RowColumns): Panels {
  const { classes } = run.head;
  const [truth, found] = [set.columns.truth, run.columns.found] as [readonly string[], readonly string[]];
  const counts = new Map(classes.map((name) => [name, { hits: 0, actual: 0, predicted: 0 }]));
  let texts = 0;
  for (const [row, value] of answer.entries()) {
    if (value === failedAnswer) continue;
    texts += 1;
    const [actual, said] = [storedSpans(truth[row] ?? "", classes), storedSpans(found[row] ?? "", classes)];
    for (const label of new Set([...actual, ...said].map((span) => span.label))) {
      const [own, other] = [actual, said].map((spans) => spans.filter((span) => span.label === label));
      const count = counts.get(label) ?? { hits: 0, actual: 0, predicted: 0 };
      counts.set(label, count);
      count.actual += own?.length ?? 0;
      count.predicted += other?.length ?? 0;
      count.hits += spanAgreement(own ?? [], other ?? []).strict.correct;
    }
  }
  const total = (of: "actual" | "predicted") => [...counts.values()].reduce((sum, count) => sum + count[of], 0);
  return {
    kind: "spans",
    texts,
    actual: total("actual"),
    predicted: total("predicted"),
    byClass: [...counts]
      .map(([name, count]) => sharesOf(name, count))
      .filter(({ support, predicted }) => support + predicted > 0),
  };
}
