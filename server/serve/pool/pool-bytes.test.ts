import { expect, test } from "vitest";
import { planWorkers } from "./plan-workers.ts";
import { poolBytes } from "./pool-bytes.ts";

const megabyte = 2 ** 20;
const plan = planWorkers({ sizeBytes: 10 * megabyte, provider: "cpu" }, { workers: 4, threads: 1 }, "auto");

test("measures workers that are processes", () => {
  const bytes = poolBytes([process.pid], plan, { inOneProcess: 0, inThreads: 0 });
  expect(bytes).toBeGreaterThan(megabyte);
});

test("counts a version that moved into threads once per thread, by what one process showed", () => {
  const measured = { inOneProcess: 150 * megabyte, inThreads: 0 };
  expect(poolBytes([], plan, measured)).toBe(4 * 100 * megabyte);
});

test("counts threads as planned if they were not measured, or less was", () => {
  expect(poolBytes([], plan, { inOneProcess: 0, inThreads: megabyte })).toBe(4 * 30 * megabyte);
  expect(poolBytes([], plan, { inOneProcess: 0, inThreads: 500 * megabyte })).toBe(500 * megabyte);
});
