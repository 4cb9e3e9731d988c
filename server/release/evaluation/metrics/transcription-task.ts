import { ratioMetrics } from "#server/stats/evaluation/ratio-metrics.ts";
import { failedAnswer, type RowColumns } from "#server/stats/evaluation/row-columns.ts";
import type { RunRows } from "../runs/score-rows.ts";
import type { SetRows } from "../sets/set-rows.ts";
import { ratioEstimate } from "./ratio-estimate.ts";
import { partsOf, runColumns } from "./run-columns.ts";
import type { TaskMetrics } from "./task-metrics.ts";

const rates = ["wordErrorRate", "characterErrorRate", "matchErrorRate"] as const;
const partNames = ["wordErrors", "words", "wordHits", "characterErrors", "characters"];

/** Measures transcripts: errors pooled over all words, so that long recordings weigh more (docs/spec/evaluation.md section 5). */
export function transcriptionTask(set: SetRows, run: RunRows): TaskMetrics {
  const clusters = (set.columns.cluster as Uint32Array | undefined) ?? null;
  const columns: RowColumns = { ...runColumns(run), parts: partsOf(run, partNames) };
  const sum = (name: string) => (run.columns[name] as Float32Array).reduce((total, value) => total + value, 0);
  const isSilent = (row: number) => (run.columns.words as Float32Array)[row] === 0;
  return {
    measure: (rows) => rates.map((id) => ratioEstimate(id, columns, ratioMetrics[id], { rows, clusters })),
    panels: () => ({
      kind: "transcription",
      words: sum("words"),
      substitutions: sum("substitutions"),
      deletions: sum("deletions"),
      insertions: sum("insertions"),
      silent: columns.answer.reduce(
        (count, answer, row) => count + Number(answer !== failedAnswer && isSilent(row)),
        0,
      ),
      invented: sum("silentInsertions"),
    }),
    pairing: {
      columns,
      truth: null,
      classes: 0,
      clusters,
      metrics: Object.fromEntries(rates.map((id) => [id, { name: "ratio" as const, ratio: ratioMetrics[id] }])),
      unitsOf: (rows) => rows,
    },
  };
}
