import { expect, test } from "vitest";
import { DefineViewSource, type ViewSource } from "#server/develop/features/contract.ts";
import { emptySource, sourceComplaints, toSource, toSourceDraft } from "./source-draft.ts";

const at = new Date("2026-03-01T12:00:00Z");
const definition = DefineViewSource.parse({
  name: "nightly",
  kind: "dataset",
  owner: "mara",
  createdTimeColumn: "created",
  options: { dataset: "merchants", everyMinutes: 60, maxRejectedShare: 0.05, fieldMapping: { a: "b" } },
});
const nightly: ViewSource = { ...definition, digest: "x", createdBy: "mara", createdAt: at, updatedAt: at };

test("returns an unchanged source as it was", () => {
  const { feastMessage: _, ...same } = DefineViewSource.parse(toSource(toSourceDraft(nightly), nightly));
  expect(nightly).toMatchObject(same);
});

test("stores only what a kind has", () => {
  const draft = { ...toSourceDraft(nightly), kind: "push" as const, batchSource: "history" };
  expect(toSource(draft, undefined).options).toEqual({ batchSource: "history" });
  expect(toSource({ ...draft, kind: "file", path: " dataset:m ", everyMinutes: "" }, undefined).options).toEqual({
    path: "dataset:m",
    maxRejectedShare: 0.05,
  });
});

test("says what is missing for each kind", () => {
  expect(sourceComplaints(emptySource)).toEqual({ name: "Enter a name." });
  const named = { ...emptySource, name: "a" };
  expect(Object.keys(sourceComplaints({ ...named, kind: "sql" }))).toEqual(["connection", "query"]);
  expect(Object.keys(sourceComplaints({ ...named, kind: "dataset" }))).toEqual(["dataset"]);
  expect(Object.keys(sourceComplaints({ ...named, kind: "file", eventTimeColumn: " " }))).toEqual([
    "eventTimeColumn",
    "path",
  ]);
});
