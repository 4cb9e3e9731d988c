import { expect, test } from "vitest";
import { comparePreLabels } from "../flows/compare-pre-labels.ts";
import type { LabelRunResults } from "./contract.ts";
import { describeSummary } from "./describe-summary.ts";
import type { LabelBacklog } from "./summary-contract.ts";

const backlog: LabelBacklog = {
  projectId: 1,
  project: "animals",
  open: 40,
  review: 3,
  auditOpen: 10,
  auditLate: 0,
  oldestDays: 2.4,
  settledThisWeek: 70,
  auditSettledThisWeek: 14,
  auditDaysLeft: null,
  hoursLow: null,
  hoursHigh: null,
  daysLeft: 4,
  labelWithinDays: 7,
};

const results = (alpha: number | null, more: object = {}) =>
  ({
    agreement: {
      compared: 50,
      answers: 120,
      alpha: { value: alpha, low: 0.6, high: 0.9 },
      ac1: { value: 0.89, low: 0.8, high: 0.95 },
      similarity: { value: 0.7, low: 0.6, high: 0.8 },
    },
    grade: alpha === null ? null : alpha >= 0.8 ? "reliable" : alpha >= 0.667 ? "tentative" : "unreliable",
    largestClassShare: 0.5,
    noise: { share: { value: 0.042, low: 0.03, high: 0.055 }, suspectedCount: 12 },
    ...more,
  }) as LabelRunResults;

const sentence = (found: LabelRunResults | null, more: Partial<LabelBacklog> = {}, settled = 100) =>
  describeSummary({ settled, backlog: { ...backlog, ...more }, results: found }).sentence;

test("says how far people agree, and what waits", () => {
  const pace = "40 items to label: about 4 days at last week's pace.";
  expect(sentence(results(0.85))).toBe(`Labels are reliable (alpha 0.85). ${pace}`);
  expect(sentence(results(0.7))).toBe(`Labels are tentative (alpha 0.70). ${pace}`);
  expect(sentence(results(0.3))).toBe(`Annotators disagree about the classes (alpha 0.30). ${pace}`);
  expect(sentence(results(null))).toBe(`People agree in 70 % on average. ${pace}`);
  expect(sentence(null)).toBe(`Agreement is not measured yet. ${pace}`);
  expect(sentence(results(0.85), { auditLate: 1 })).toContain("1 audit item has waited longer than 7 days.");
  expect(sentence(results(0.85), { open: 0 })).toContain("No items to label.");
  expect(sentence(results(0.85), { daysLeft: null })).toContain("no label in the last week");
  expect(sentence(null, { open: 0, review: 0 }, 0)).toBe("No items to label yet.");
  expect(sentence(null, {}, 0)).toBe("43 items to label, none labelled yet.");
});

test("explains a low alpha where nearly all answers are one class", () => {
  expect(sentence(results(-0.01, { largestClassShare: 0.98 }))).toContain(
    "98 % of the answers say one class, which makes alpha low (-0.01); AC1 is 0.89.",
  );
});

test("has no value where there is none", () => {
  const { tiles } = describeSummary({ settled: 0, backlog: { ...backlog, oldestDays: null }, results: null });
  expect(tiles.map(({ id, value }) => [id, value])).toEqual([
    ["settled", "0"],
    ["waiting", "40"],
    ["agreement", null],
    ["noise", null],
    ["audit", "10"],
  ]);
  const full = describeSummary({ settled: 1200, backlog, results: results(0.85) }).tiles;
  expect(full.map(({ value, note }) => `${value} (${note})`)).toEqual([
    "1,200 (70 in the last 7 days)",
    "40 (3 in review)",
    "0.85 (0.60 to 0.90, AC1 0.89)",
    "4.2 % (3.0 % to 5.5 %, 12 suspects)",
    "10 (oldest 2 days)",
  ]);
});

test("says that people follow the model only above 5 points and off zero", () => {
  const compare = (shown: number, blind: number, answers = 400) =>
    comparePreLabels({ shown: { answers, same: shown }, blind: { answers, same: blind } });
  expect(compare(388, 352)).toMatchObject({
    difference: { value: expect.closeTo(0.09, 10) },
    sentence: "People follow the model: 97 % accepted when shown, 88 % the same when blind.",
  });
  expect(compare(388, 380).sentence).toMatch(/^No sign/);
  // A larger difference of few answers is not off zero.
  expect(compare(32, 28, 36).sentence).toMatch(/^No sign/);
  expect(compare(20, 1, 20)).toMatchObject({ difference: { value: null }, sentence: null });
});
