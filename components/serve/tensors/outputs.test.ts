import { describe, expect, test } from "vitest";
import { agreement, type OutputTensor, rowsOf, shownClasses, viewOutputs } from "./outputs.ts";

function output(data: OutputTensor["data"], shape = [1, data.length]): OutputTensor {
  return { name: "y", datatype: "FP32", shape, data };
}

test("treats numbers from 0 to 1 that sum to 1 as probabilities with the labels of the model", () => {
  const [view] = viewOutputs([output([0.25, 0.75])], ["on time", "delayed"]);
  expect(view).toMatchObject({ kind: "classes", best: { label: "delayed", share: 0.75 } });
  expect(view?.kind === "classes" && view.entropyBits).toBeCloseTo(0.8113);
});

test("names a class by its number without labels", () => {
  const [view] = viewOutputs([output([0.1, 0.9])], undefined);
  expect(view).toMatchObject({ best: { label: "1" } });
});

test.each([
  ["logits", [3.2, -1]],
  ["a sum that is not 1", [0.5, 0.2]],
  ["one number", [1]],
  ["text", ["a", "b"]],
  ["not a number", ["NaN", 1]],
])("treats %s as plain values", (_, data) => {
  expect(viewOutputs([output(data)], undefined)[0]).toMatchObject({ kind: "values", values: data });
});

test("shows one row of several", () => {
  const two = output([0.25, 0.75, 0.5, 0.5], [2, 2]);
  expect(rowsOf([two])).toBe(2);
  expect(viewOutputs([two], undefined, 1)[0]).toMatchObject({ classes: [{ share: 0.5 }, { share: 0.5 }] });
});

test("shows the top five and the rest for more than ten classes", () => {
  const classes = Array.from({ length: 11 }, (_, index) => ({ label: String(index), share: index / 55 }));
  const { shown, others } = shownClasses(classes);
  expect(shown.map((each) => each.label)).toEqual(["10", "9", "8", "7", "6"]);
  expect(others).toEqual({ label: "6 others", share: expect.closeTo(15 / 55) });
  expect(shownClasses(classes.slice(1)).others).toBeUndefined();
});

describe("comparison sentence of two versions", () => {
  const answered = (version: string, data: number[], totalMs: number) => ({
    version,
    views: viewOutputs([output(data)], ["intact", "crush"]),
    totalMs,
  });

  test("reports the same prediction, with differences in confidence and latency", () => {
    expect(agreement(answered("v12", [0.116, 0.884], 31), answered("v14", [0.029, 0.971], 26))).toEqual({
      conclusion: "Both predict crush.",
      detail: "v14 is more confident by 8.7 points and 5\u00a0ms faster.",
    });
  });

  test("reports differing predictions with both confidences", () => {
    expect(agreement(answered("v12", [0.6, 0.4], 4), answered("v14", [0.3, 0.7], 5))).toEqual({
      conclusion: "The versions disagree: v12 predicts intact, v14 predicts crush.",
      detail: "Confidence 60% and 70%; v14 is 1\u00a0ms slower.",
    });
  });

  test("reports the largest difference of plain numbers", () => {
    expect(agreement(answered("v1", [3, 4], 1), answered("v2", [3, 4.5], 1)).conclusion).toBe(
      "The outputs differ by at most 0.5.",
    );
    expect(agreement(answered("v1", [3, 4], 1), answered("v2", [3, 4], 1)).conclusion).toBe(
      "The outputs are identical.",
    );
  });
});
