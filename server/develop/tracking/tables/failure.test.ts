import { expect, test } from "vitest";
import { describeFailure } from "./failure.ts";

const run = { status: "FAILED", tags: [], metrics: [] } as const;
const at = (key: string, step: number) => ({ key, step, value: 1, timestamp: 1 });

test("prefers the run's own failure reason, its first line only", () => {
  const tags = [
    { key: "error", value: "other" },
    { key: "failure_reason", value: "Out of GPU memory at step 1,204\n  at train.py" },
  ];
  expect(describeFailure({ ...run, tags }, { key: "loss", step: 3 })).toBe("Out of GPU memory at step 1,204");
});

test("falls back to the metric that became NaN, then to the last step", () => {
  const metrics = [at("loss", 1203), at("acc", 17), at("system/gpu", 90_000)];
  expect(describeFailure({ ...run, metrics }, { key: "loss", step: 1204 })).toBe("loss has been NaN since step 1,204");
  expect(describeFailure({ ...run, metrics })).toBe("Failed at step 1,203");
  expect(describeFailure(run)).toBe("Failed before logging a metric");
});

test("returns no reason for a run that did not fail", () => {
  expect(describeFailure({ ...run, status: "KILLED" })).toBeUndefined();
});
