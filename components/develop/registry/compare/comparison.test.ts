import { expect, test } from "vitest";
import type { VersionComparison } from "#server/develop/registry/compare/contract.ts";
import { comparisonGroups, comparisonSentence } from "./comparison.ts";

const comparison: VersionComparison = {
  modelName: "digits",
  a: 2,
  b: 3,
  problems: [],
  signature: [{ name: "Input image", a: "FP32 [1]", b: "FP32 [1]" }],
  format: [{ name: "Operator set com.microsoft", a: null, b: "1" }],
  operators: [
    { name: "Conv", a: 2, b: 0 },
    { name: "Relu", a: 3, b: 3 },
  ],
  parameterCount: { name: "Parameters", a: 38_000, b: 38_000 },
  sizeBytes: { name: "Size", a: 154_284, b: 46_191 },
  metadata: [],
  metrics: [
    { name: "accuracy", a: 0.99, b: 0.985 },
    { name: "loss", a: 0.03, b: null },
  ],
  params: [],
};

test("shows only differing rows, with numeric differences and the number of equal rows", () => {
  expect(comparisonGroups(comparison, false)).toEqual([
    {
      title: "Metrics",
      equal: 0,
      rows: [
        { name: "accuracy", a: "0.99", b: "0.985", change: "−0.005", differs: true },
        { name: "loss", a: "0.03", b: "–", change: undefined, differs: true },
      ],
    },
    { title: "Signature", equal: 1, rows: [] },
    { title: "Size", equal: 1, rows: [expect.objectContaining({ name: "Size", change: "−108\u00a0kB" })] },
    { title: "Operators", equal: 1, rows: [expect.objectContaining({ name: "Conv", a: "2", b: "0", change: "−2" })] },
    { title: "Format", equal: 0, rows: [expect.objectContaining({ a: "–", b: "1", change: undefined })] },
  ]);
});

test("shows all rows if requested", () => {
  expect(comparisonGroups(comparison, true).map(({ rows, equal }) => [rows.length, equal])).toEqual([
    [2, 0],
    [1, 0],
    [2, 0],
    [2, 0],
    [1, 0],
  ]);
});

test("states compatibility for clients first", () => {
  expect(comparisonSentence(comparison)).toBe("v3 is backward compatible with v2; 2 of 2 metrics differ.");
  expect(comparisonSentence({ ...comparison, problems: null, metrics: [] })).toBe(
    "Signature compatibility of v2 and v3 is unknown; no metrics available.",
  );
  expect(comparisonSentence({ ...comparison, problems: ['Input "x" is gone.'] })).toContain(
    'v3 is not backward compatible with v2: Input "x" is gone. 2 of 2 metrics differ.',
  );
});
