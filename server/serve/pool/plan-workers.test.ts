import { expect, test } from "vitest";
import { planWorkers } from "./plan-workers.ts";

const megabyte = 2 ** 20;
const limits = { workers: 7, threads: 1 };

test("a small model gets workers, a large one the same budget as threads", () => {
  expect(planWorkers({ sizeBytes: megabyte, provider: "cpu" }, limits)).toMatchObject({ workers: 4, threads: 1 });
  expect(planWorkers({ sizeBytes: 300 * megabyte, provider: "cpu" }, limits)).toMatchObject({ workers: 1, threads: 7 });
});

test("a GPU gets one worker whatever the size", () => {
  expect(planWorkers({ sizeBytes: megabyte, provider: "webgpu" }, limits)).toMatchObject({ workers: 1, threads: 1 });
  expect(planWorkers({ sizeBytes: 300 * megabyte, provider: "cuda" }, limits)).toMatchObject({
    workers: 1,
    threads: 1,
  });
});

test("memory counts the weights once per worker", () => {
  expect(planWorkers({ sizeBytes: 10 * megabyte, provider: "cpu" }, limits).memoryBytes).toBe(4 * 30 * megabyte);
  expect(planWorkers({ sizeBytes: 10 * megabyte, provider: "cpu" }, limits, "process").memoryBytes).toBe(
    4 * 60 * megabyte,
  );
});
