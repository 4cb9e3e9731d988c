import { expect, test } from "vitest";
import { DefineViewSource, type ViewSource } from "#server/develop/features/contract.ts";
import {
  complaintsByField,
  emptySource,
  newMapping,
  sourceComplaints,
  toSource,
  toSourceDraft,
} from "./source-draft.ts";

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
  expect(toSource(draft, undefined).options).toEqual({ batchSource: "history", fieldMapping: {} });
  expect(toSource({ ...draft, kind: "file", path: " dataset:m ", everyMinutes: "" }, undefined).options).toEqual({
    path: "dataset:m",
    maxRejectedShare: 0.05,
    fieldMapping: { a: "b" },
  });
});

test("defines a query with its columns", () => {
  const draft = {
    ...emptySource,
    kind: "sql" as const,
    name: "trips",
    connection: "warehouse",
    query: " select * from trips\n",
    eventTimeColumn: "ended_at",
    createdTimeColumn: "inserted_at",
    everyMinutes: 5,
    mapping: [newMapping(" DriverID ", "driver_id"), newMapping()],
  };
  expect(sourceComplaints(draft)).toEqual({});
  expect(toSource(draft, undefined)).toMatchObject({
    kind: "sql",
    eventTimeColumn: "ended_at",
    createdTimeColumn: "inserted_at",
    options: {
      connection: "warehouse",
      query: "select * from trips",
      everyMinutes: 5,
      fieldMapping: { DriverID: "driver_id" },
    },
  });
});

test("defines a log of predictions, whose times are its own", () => {
  const draft = {
    ...emptySource,
    kind: "predictions" as const,
    name: "scores",
    endpoint: "risk",
    eventTimeColumn: "",
    mapping: [newMapping("inputs.customer", "customer_id"), newMapping("outputs.score", "last_score")],
  };
  expect(sourceComplaints(draft)).toEqual({});
  const created = toSource(draft, undefined);
  expect(created).toMatchObject({
    kind: "predictions",
    // Labels become known later than they are observed.
    createdTimeColumn: "created",
    options: {
      endpoint: "risk",
      fieldMapping: { "inputs.customer": "customer_id", "outputs.score": "last_score" },
    },
  });
  const stored: ViewSource = {
    ...DefineViewSource.parse({ ...created, createdTimeColumn: null }),
    digest: "x",
    createdBy: "mara",
    createdAt: at,
    updatedAt: at,
  };
  const { feastMessage: _, ...same } = DefineViewSource.parse(toSource(toSourceDraft(stored), stored));
  expect(stored).toMatchObject(same);
});

test("says what is missing for each kind", () => {
  expect(sourceComplaints(emptySource)).toEqual({ name: "Enter a name." });
  const named = { ...emptySource, name: "a" };
  expect(Object.keys(sourceComplaints({ ...named, kind: "sql" }))).toEqual(["connection", "query"]);
  expect(Object.keys(sourceComplaints({ ...named, kind: "dataset" }))).toEqual(["dataset"]);
  expect(Object.keys(sourceComplaints({ ...named, kind: "predictions" }))).toEqual(["endpoint"]);
  const mapped = (...mapping: [string, string][]) =>
    sourceComplaints({ ...named, kind: "dataset", dataset: "m", mapping: mapping.map((line) => newMapping(...line)) });
  expect(mapped(["a", ""])).toEqual({ mapping: "Enter both names of each column, or remove it." });
  expect(mapped(["a", "x"], ["b", "x"])).toEqual({ mapping: 'Two lines have "x".' });
  expect(mapped(["a", "x"], [" a", "y"])).toEqual({ mapping: 'Two lines have "a".' });
  expect(Object.keys(sourceComplaints({ ...named, kind: "file", eventTimeColumn: " " }))).toEqual([
    "eventTimeColumn",
    "path",
  ]);
});

test("shows what the server complains about at its field", () => {
  const refused = DefineViewSource.safeParse({
    name: "",
    kind: "sql",
    options: { everyMinutes: 0, maxRejectedShare: 2, fieldMapping: { a: "b:c" } },
  });
  const issues = refused.error?.issues ?? [];
  const complaints = Object.fromEntries(issues.map(({ path, message }) => [path.join("."), message]));
  expect(Object.keys(complaintsByField(complaints)).sort()).toEqual([
    "everyMinutes",
    "mapping",
    "maxRejectedPercent",
    "name",
  ]);
});
