import { expect, test } from "vitest";
import { completeQuery } from "./complete-query.ts";

const labels = (query: string) => completeQuery(query, query.length, [1, 3]).map(({ label }) => label);

test("suggests fields at the start and after AND, values after an operator, and AND after a condition", () => {
  expect(labels("")).toEqual([
    "version",
    "arm",
    "status",
    "label",
    "confidence",
    "latency",
    "input.",
    "loggedReason",
    "id",
    "at",
  ]);
  expect(labels("la")).toEqual(["label", "latency"]);
  expect(labels("label = w")).toEqual(["wrong", "with", "without"]);
  expect(labels("version = ")).toEqual(["v1", "v3"]);
  expect(labels("label = wrong ")).toEqual(["and"]);
  expect(labels("label = wrong and con")).toEqual(["confidence"]);
});

test("inserts a field with its operator, replacing the typed prefix", () => {
  expect(completeQuery("con", 3, [])).toMatchObject([{ insert: "confidence < ", from: 0, to: 3 }]);
  expect(completeQuery("arm = can", 9, [])).toMatchObject([{ insert: "canary ", from: 6, to: 9 }]);
});
