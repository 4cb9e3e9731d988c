import { expect, test } from "vitest";
import { CreateEvaluationSet } from "#server/release/evaluation/contract.ts";
import { emptySetDraft, setOfDraft } from "./set-draft.ts";

const dataset = { name: "flights", digest: "abc" };
const draft = { ...emptySetDraft(), name: "audit", label: "delayed" };

test("describes a set that the server accepts", () => {
  const set = setOfDraft(
    {
      ...draft,
      positive: "late",
      segmentColumns: ["carrier"],
      segmentFilters: "night: hour >= 22\n\nlong: distance > 2000 and hour < 6",
      groups: ["carrier"],
      weight: "weight",
      exclusions: 'rows 3, 17: double\ncarrier = "XX": test flights',
      columns: { distance: "miles", hour: "" },
    },
    dataset,
  );
  expect(CreateEvaluationSet.parse(set).definition).toEqual({
    dataset,
    task: { kind: "classification", label: "delayed", positive: "late" },
    filter: null,
    segments: [
      { column: "carrier" },
      { name: "night", filter: "hour >= 22" },
      { name: "long", filter: "distance > 2000 and hour < 6" },
    ],
    groups: ["carrier"],
    weight: "weight",
    cluster: null,
    excluded: [
      { rows: [3, 17], reason: "double" },
      { filter: 'carrier = "XX"', reason: "test flights" },
    ],
    columns: { distance: "miles" },
  });
});

test.each(["classification", "multilabel", "regression", "forecast", "transcription", "boxes", "spans"] as const)(
  "needs nothing but a label: %s",
  (kind) => {
    const parsed = CreateEvaluationSet.parse(setOfDraft({ ...draft, kind, weight: "w" }, dataset));
    expect(parsed.definition.task.kind).toBe(kind);
    const hasWeight = ["classification", "regression", "forecast"].includes(kind);
    expect(parsed.definition.weight).toBe(hasWeight ? "w" : null);
  },
);

test("asks for lists of rankings and thresholds of alarms", () => {
  const ranking = CreateEvaluationSet.parse(setOfDraft({ ...draft, kind: "ranking", list: "query" }, dataset));
  expect(ranking.definition.task).toMatchObject({ list: "query", at: 10 });
  const alarms = { ...draft, kind: "anomaly" as const, threshold: "0.8", before: "12" };
  expect(CreateEvaluationSet.parse(setOfDraft(alarms, dataset)).definition.task).toMatchObject({
    threshold: 0.8,
    before: 12,
  });
  const boxes = { ...draft, kind: "boxes" as const, overlap: "0.7", confidence: "0.3" };
  expect(CreateEvaluationSet.parse(setOfDraft(boxes, dataset)).definition.task).toMatchObject({
    overlap: 0.7,
    confidence: 0.3,
  });
  expect(() => setOfDraft({ ...boxes, overlap: "half" }, dataset)).toThrow("Enter a number as overlap.");
  const spans = { ...draft, kind: "spans" as const, offsets: "tokens" };
  expect(CreateEvaluationSet.parse(setOfDraft(spans, dataset)).definition.task).toMatchObject({ offsets: "tokens" });
  expect(() => setOfDraft({ ...alarms, threshold: "" }, dataset)).toThrow("Enter a number as threshold.");
});

test("says which line it cannot read", () => {
  expect(() => setOfDraft({ ...draft, segmentFilters: "hour >= 22" }, dataset)).toThrow('not "hour >= 22"');
  expect(() => setOfDraft({ ...draft, exclusions: "rows 3" }, dataset)).toThrow('not "rows 3"');
});
