import { expect, test } from "vitest";
import type { LogBatch, Point } from "../log-contract.ts";
import { checkBatch, checkPoint, storedValue } from "./check-batch.ts";

const point = (more: Partial<Point> = {}): Point => ({ key: "loss", value: 1, timestamp: 1, step: 0, ...more });
const batch = (more: Partial<LogBatch>): LogBatch => ({ runId: "r", metrics: [], params: [], tags: [], ...more });
const entries = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: "" }));

test("accepts a batch at its limits", () => {
  checkBatch(batch({ metrics: Array(1000).fill(point()) }));
  checkBatch(batch({ metrics: Array(800).fill(point()), params: entries(100), tags: entries(100) }));
});

test.each([
  [batch({ metrics: Array(1001).fill(point()) }), "at most 1000 metrics. Got 1001 metrics."],
  [batch({ params: entries(101) }), "at most 100 params. Got 101 params."],
  [batch({ tags: entries(101) }), "at most 100 tags. Got 101 tags."],
  [
    batch({ metrics: Array(950).fill(point()), params: entries(60) }),
    "at most 1000 metrics, params, and tags. Got 1010 metrics, params, and tags. Please split up metrics, params, and tags across",
  ],
])("rejects a batch beyond a limit: %#", (sent, message) => {
  expect(() => checkBatch(sent)).toThrow(message);
});

test("names an invalid entry by its index", () => {
  expect(() => checkBatch(batch({ metrics: [point(), point({ key: "bad!" })] }))).toThrow(
    "parameter 'metrics[1].name'",
  );
  expect(() => checkBatch(batch({ params: [{ key: "bad!", value: "" }] }))).toThrow("parameter 'params[0].key'");
  expect(() => checkBatch(batch({ tags: [{ key: "k".repeat(251), value: "" }] }))).toThrow("'tags[0].key' exceeds");
  expect(() => checkBatch(batch({ metrics: [point({ timestamp: -1 })] }))).toThrow(
    "Invalid value -1 for parameter 'metrics[0].timestamp' supplied: metric 'loss' (value=1.0). Timestamp must be",
  );
});

test("rejects a duplicate param in one batch even with the same value", () => {
  const twice = [...entries(1), ...entries(1)];
  expect(() => checkBatch(batch({ params: twice }))).toThrow("Duplicate parameter keys have been submitted: ['k0'].");
  expect(() => checkBatch(batch({ tags: twice }))).not.toThrow();
});

test("requires both name and digest of a dataset", () => {
  expect(() => checkPoint(point({ datasetName: "x" }))).toThrow("Both dataset_name and dataset_digest");
  expect(() => checkPoint(point({ datasetDigest: "x" }))).toThrow("Both dataset_name and dataset_digest");
  expect(() => checkPoint(point({ datasetName: "x", datasetDigest: "y" }))).not.toThrow();
});

test.each([
  [Number.POSITIVE_INFINITY, Number.MAX_VALUE],
  [Number.NEGATIVE_INFINITY, -Number.MAX_VALUE],
  [-0, 0],
  [0.1, 0.1],
  [Number.NaN, Number.NaN],
])("stores the value %d as %d", (value, stored) => {
  expect(storedValue(value)).toBe(stored);
});
