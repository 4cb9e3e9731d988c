import { robustnessMetrics } from "#server/stats/evaluation/robustness.ts";
import { failedAnswer } from "#server/stats/evaluation/row-columns.ts";
import { wilsonInterval } from "#server/stats/proportion.ts";
import type { RobustnessResult, RobustnessSettings } from "../contract.ts";
import { runColumns } from "../metrics/run-columns.ts";
import type { RunRows } from "../runs/score-rows.ts";
import type { SetRows } from "../sets/set-rows.ts";
import { corruptions } from "./corruption-kinds.ts";
import { cellsOf } from "./stream-robustness.ts";

const maxErrors = 3;

interface Counted {
  rows: number;
  failed: number;
  correct: number;
  errors: Map<string, { label: string; prediction: string; rows: number }>;
}

/** Computes the accuracy in each cell of a robustness run, and what is retained of the clean accuracy. @param set the sample */
export function robustnessResult(set: SetRows, run: RunRows, settings: RobustnessSettings): RobustnessResult {
  const cells = cellsOf(settings);
  const counted = cells.map((): Counted => ({ rows: 0, failed: 0, correct: 0, errors: new Map() }));
  const { answer, correct } = runColumns(run);
  const { cell, sample } = run.columns as { cell: Uint16Array; sample: Uint32Array };
  const truth = set.columns.truth as Uint16Array;
  const { classes } = run.head;
  for (let row = 0; row < run.rows; row += 1) {
    const found = counted[cell[row] as number] as Counted;
    found.rows += 1;
    if (correct[row] === 1) found.correct += 1;
    else if (answer[row] === failedAnswer) found.failed += 1;
    else countError(found, classes[truth[sample[row] as number] as number], classes[answer[row] as number]);
  }
  const [clean, ...others] = counted.map(shown);
  const measured = others.map((shown, at) => {
    const { kind = "gaussian-noise", severity = 1 } = cells[at + 1] ?? {};
    const { title, family } = corruptions[kind];
    return { ...shown, kind, title, family, severity };
  });
  const { retained, retainedByKind } = robustnessMetrics(errorsOf({ clean: clean as Shown, cells: measured }), null);
  return {
    clean: clean as Shown,
    cells: measured,
    byKind: [...Map.groupBy(measured, ({ kind }) => kind)].map(([kind, list]) => ({
      kind,
      title: corruptions[kind].title,
      family: corruptions[kind].family,
      mean: list.reduce((sum, { accuracy }) => sum + accuracy, 0) / list.length,
      retained: retainedByKind[kind] ?? null,
    })),
    retained,
    modelMs: run.head.modelMs,
  };
}

type Shown = RobustnessResult["clean"];

function countError({ errors }: Counted, label = "", prediction = ""): void {
  const key = `${label}\u0000${prediction}`;
  const known = errors.get(key) ?? { label, prediction, rows: 0 };
  known.rows += 1;
  errors.set(key, known);
}

function shown({ rows, failed, correct, errors }: Counted): Shown {
  return {
    rows,
    failed,
    accuracy: rows > 0 ? correct / rows : 0,
    interval: wilsonInterval({ share: rows > 0 ? correct / rows : 0, count: Math.max(1, rows) }),
    errors: [...errors.values()].sort((a, b) => b.rows - a.rows).slice(0, maxErrors),
  };
}

/** Error rates of a result, by kind and severity. */
export function errorsOf({ clean, cells }: Pick<RobustnessResult, "clean" | "cells">) {
  const byKind = Map.groupBy(cells, ({ kind }) => kind);
  return {
    clean: 1 - clean.accuracy,
    corrupted: Object.fromEntries([...byKind].map(([kind, list]) => [kind, list.map(({ accuracy }) => 1 - accuracy)])),
  };
}
