import { expect, test } from "vitest";
import { sampleSteps } from "./sample-steps.ts";

const upTo = (last: number) => Float64Array.from({ length: last + 1 }, (_, step) => step);
const sampled = (series: Float64Array[], limit: number) => [...sampleSteps(series, limit)];

// Golden values of docs/spec/mlflow-rest.md section 8.3.
test.each([
  [[upTo(9)], [0, 2, 4, 6, 8, 9]],
  [
    [upTo(9), upTo(19)],
    [0, 4, 8, 9, 12, 16, 19],
  ],
  [[upTo(4)], [0, 1, 2, 3, 4]],
  [[], []],
])("chooses steps as MLflow does: %#", (series, expected) => {
  expect(sampled(series, 5)).toEqual(expected);
});
