import { expect, test } from "vitest";
import { failedAnswer } from "#server/stats/evaluation/row-columns.ts";
import { EvaluationTask } from "../contract.ts";
import { regionParts } from "../regions/score-regions.ts";
import type { RunRows } from "../runs/score-rows.ts";
import type { SetRows } from "../sets/set-rows.ts";
import { evaluateInThread } from "./evaluate-in-thread.ts";
import { evaluateRows } from "./evaluate-rows.ts";

const rows = 60_000;
const set: SetRows = {
  rows,
  head: { classes: ["a", "b"], names: {}, segments: [] },
  columns: { row: Uint32Array.from({ length: rows }, (_, at) => at + 1), truth: new Uint16Array(rows).fill(1) },
};
const correct = Uint8Array.from({ length: rows }, (_, at) => (at % 5 === 0 ? 0 : 1));
const run: RunRows = {
  rows,
  head: { classes: ["a", "b"], isTwoClasses: true, areProbabilities: null, failures: [], modelMs: 3 },
  columns: {
    answer: Uint16Array.from(correct, (one, at) => (at % 10 === 0 ? failedAnswer : one)),
    score: new Float32Array(rows).fill(0.5),
    loss: new Float32Array(rows).fill(0.5),
    correct,
  },
};
const task = { kind: "classification", label: "y", positive: null } as const;

test("computes metrics of many rows in a thread, without holding up this one", async () => {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 5);
  const result = await evaluateInThread(task, set, run, new AbortController().signal);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
  expect(result).toEqual(evaluateRows(task, set, run));
});

test("ends its thread with the lease of the run", async () => {
  const controller = new AbortController();
  const computed = evaluateInThread(task, set, run, controller.signal);
  controller.abort();
  await expect(computed).rejects.toThrow("belongs to another runner");
});

test("computes boxes in a thread by how many were predicted", async () => {
  const pictures = 40;
  const boxes = (row: number) =>
    Array.from({ length: 100 }, (_, at) => ["a", at % 90, 0, 1, 1, ((row + at) % 100) / 100]);
  const parts = regionParts.boxes.map((name) => [name, new Float32Array(pictures)]);
  const columns = {
    answer: new Uint16Array(pictures),
    score: new Float32Array(pictures),
    loss: new Float32Array(pictures),
    correct: new Uint8Array(pictures),
    found: Array.from({ length: pictures }, (_, row) => JSON.stringify(boxes(row))),
    ...Object.fromEntries(parts),
  };
  const truth = Array.from({ length: pictures }, () => JSON.stringify([[0, 3, 0, 1, 1]]));
  const ofBoxes = EvaluationTask.parse({ kind: "boxes", label: "y" });
  const controller = new AbortController();
  const few = { ...set, rows: pictures, columns: { truth } };
  const computed = evaluateInThread(ofBoxes, few, { ...run, rows: pictures, columns }, controller.signal);
  // Only a thread can be ended.
  controller.abort();
  await expect(computed).rejects.toThrow("belongs to another runner");
});
