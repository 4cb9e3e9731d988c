import { expect, test } from "vitest";
import { planWorkers } from "./plan-workers.ts";

const megabyte = 2 ** 20;
const limits = { workers: 7, threads: 1 };

test("plans several workers for a small model and one multi-threaded worker for a large one", () => {
  expect(planWorkers({ sizeBytes: megabyte, provider: "cpu" }, limits)).toMatchObject({ workers: 4, threads: 1 });
  expect(planWorkers({ sizeBytes: 300 * megabyte, provider: "cpu" }, limits)).toMatchObject({ workers: 1, threads: 7 });
});

test("plans one worker on a GPU whatever the size", () => {
  expect(planWorkers({ sizeBytes: megabyte, provider: "webgpu" }, limits)).toMatchObject({ workers: 1, threads: 1 });
  expect(planWorkers({ sizeBytes: 300 * megabyte, provider: "cuda" }, limits)).toMatchObject({
    workers: 1,
    threads: 1,
  });
});

test("counts the memory of the weights once per worker", () => {
  expect(planWorkers({ sizeBytes: 10 * megabyte, provider: "cpu" }, limits).memoryBytes).toBe(4 * 30 * megabyte);
  expect(planWorkers({ sizeBytes: 10 * megabyte, provider: "cpu" }, limits, "process").memoryBytes).toBe(
    4 * 60 * megabyte,
  );
});
