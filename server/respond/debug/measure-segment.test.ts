import { expect, test } from "vitest";
import { differingMetrics, measureSegment, type SampledRequest } from "./measure-segment.ts";

const requests = (count: number, of: (index: number) => Partial<SampledRequest>): SampledRequest[] =>
  Array.from({ length: count }, (_, index) => ({
    status: 200,
    latencyMs: 10,
    confidence: null,
    isCorrect: null,
    ...of(index),
  }));

test("returns no metric for 29 requests, and for 3 of 30 a Wilson interval of 3.5 to 25.6%", () => {
  const failing = (count: number) => measureSegment(requests(count, (index) => ({ status: index < 3 ? 503 : 200 })));
  expect(failing(29).failed).toEqual({ value: null, low: null, high: null, count: 29 });
  const { value, low, high } = failing(30).failed;
  expect(value).toBeCloseTo(0.1, 12);
  expect(low).toBeCloseTo(0.0346, 4);
  expect(high).toBeCloseTo(0.2562, 4);
});

test("skips requests without a label or probability, and does not count client errors as failures", () => {
  const measured = measureSegment(
    requests(120, (index) => ({
      status: index % 4 === 0 ? 400 : 200,
      isCorrect: index % 4 === 1 ? true : null,
      confidence: index % 4 === 2 ? 0.5 : null,
    })),
  );
  expect(measured.failed).toMatchObject({ value: 0, count: 120 });
  expect(measured.right).toMatchObject({ value: 1, count: 30 });
  expect(measured.confidence).toMatchObject({ value: 0.5, low: 0.5, high: 0.5, count: 30 });
  expect(measured.p95).toMatchObject({ value: 10, count: 90 });
});

test("reports metrics with disjoint intervals as different between two segments", () => {
  const part = (bad: number, latencyMs: number) =>
    measureSegment(requests(200, (index) => ({ isCorrect: index >= bad, latencyMs: latencyMs + (index % 10) })));
  expect(differingMetrics(part(10, 20), part(60, 20))).toEqual(["right"]);
  expect(differingMetrics(part(10, 20), part(12, 90))).toEqual(["p95"]);
  expect(differingMetrics(measureSegment([]), part(60, 20))).toEqual([]);
});
