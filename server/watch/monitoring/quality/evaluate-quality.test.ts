import { expect, test } from "vitest";
import { evaluateQuality, isBeyond, lineOf } from "./evaluate-quality.ts";

const measured = (value: number, half: number, rows = 1000) => ({ value, low: value - half, high: value + half, rows });
const base = { metric: "accuracy" as const, realised: null, estimated: null, objective: null, reference: null };
const objective = { value: 0.9, slo: "x" };

test("reports quality below the objective only if the whole interval is below it, labels before estimates", () => {
  expect(evaluateQuality({ ...base, objective, realised: measured(0.85, 0.02), estimated: measured(0.85, 0.02) })).toBe(
    "below",
  );
  expect(evaluateQuality({ ...base, objective, realised: measured(0.89, 0.02), estimated: measured(0.85, 0.02) })).toBe(
    "watch",
  );
  expect(evaluateQuality({ ...base, objective, realised: measured(0.89, 0.02), estimated: null })).toBe("fine");
  expect(evaluateQuality({ ...base, objective, realised: measured(0.5, 0.02, 20) })).toBe("fine");
});

test("uses the reference less a margin without an objective, and evaluates nothing without either", () => {
  expect(lineOf({ ...base, reference: 0.9 })).toBeCloseTo(0.88, 12);
  expect(evaluateQuality({ ...base, reference: 0.9, estimated: measured(0.89, 0.001) })).toBe("fine");
  expect(evaluateQuality({ ...base, reference: 0.9, estimated: measured(0.86, 0.001) })).toBe("watch");
  expect(evaluateQuality({ ...base, estimated: measured(0.1, 0.01) })).toBe("unjudged");
  expect(evaluateQuality(base)).toBe("no-data");
});

test("treats lower errors as better, and bias as neither", () => {
  expect(isBeyond("meanAbsoluteError", measured(12, 1), 10)).toBe(true);
  expect(isBeyond("meanAbsoluteError", measured(10.5, 1), 10)).toBe(false);
  expect(isBeyond("bias", measured(12, 1), 0)).toBe(false);
  expect(lineOf({ ...base, metric: "meanAbsoluteError", reference: 10 })).toBeCloseTo(11, 12);
});
