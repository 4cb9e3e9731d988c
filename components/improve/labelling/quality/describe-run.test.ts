import { describe, expect, test } from "vitest";
import type { LabelRunResults } from "#server/improve/labelling/runs/contract.ts";
import { describeAgreement, describeGrade, describeNoise, sumConfusion } from "./describe-run.ts";

const none = { value: null, low: null, high: null };
const results = (part: Partial<LabelRunResults>) =>
  ({
    classes: ["dent", "crush"],
    agreement: { compared: 9, answers: 20, alpha: none, ac1: null, similarity: none },
    grade: null,
    largestClassShare: 0.5,
    byClass: [],
    byPerson: [],
    noise: null,
    ...part,
  }) as LabelRunResults;
const interval = (value: number) => ({ value, low: value - 0.03, high: value + 0.02 });

describe("agreement of a label run", () => {
  test("is alpha, with its interval", () => {
    const agreement = {
      compared: 9,
      answers: 20,
      alpha: interval(0.86),
      ac1: interval(0.9),
      similarity: interval(0.95),
    };
    expect(describeAgreement(results({ agreement }))).toMatchObject({
      label: "Agreement, α",
      value: "0.86",
      comparison: "0.83 to 0.88",
    });
    expect(describeAgreement(results({ agreement, largestClassShare: 0.9 }))).toMatchObject({
      label: "Agreement, AC1",
      value: "0.90",
    });
  });

  test("is the similarity of boxes, and nothing without a second answer", () => {
    const agreement = { compared: 9, answers: 20, alpha: none, ac1: null, similarity: interval(0.7) };
    expect(describeAgreement(results({ agreement }))).toMatchObject({ label: "Agreement", value: "0.70" });
    expect(describeAgreement(results({}))).toMatchObject({ value: null, comparison: "needs items with two answers" });
  });

  test("names the class on which people agree least", () => {
    const byClass = [
      { name: "dent", share: 0.5, alpha: 0.9, noise: null },
      { name: "crush", share: 0.5, alpha: 0.4, noise: null },
    ];
    expect(describeGrade(results({ grade: "reliable", byClass }))).toBe("Agreement is reliable, lowest for crush.");
    expect(describeGrade(results({ grade: "reliable" }))).toBe("Agreement is reliable.");
    expect(describeGrade(results({}))).toBeUndefined();
  });
});

test("says what suspected errors need", () => {
  expect(describeNoise(results({}))).toMatchObject({ value: null, comparison: "needs classes and probabilities" });
  const noise = { share: { value: 0.018, low: 0.014, high: 0.023 }, suspectedCount: 24 } as LabelRunResults["noise"];
  expect(describeNoise(results({ noise }))).toMatchObject({ value: "1.8%", comparison: "1.4% to 2.3%; 24 to review" });
});

test("adds up the answers of all people by the label in effect", () => {
  const byPerson = [
    {
      confusion: [
        [3, 1],
        [0, 2],
      ],
    },
    { confusion: null },
    {
      confusion: [
        [1, 0],
        [2, 5],
      ],
    },
  ];
  expect(sumConfusion(results({ byPerson: byPerson as LabelRunResults["byPerson"] }))).toEqual([
    [4, 1],
    [2, 7],
  ]);
});
