import { expect, test } from "vitest";
import { wilsonInterval } from "#server/stats/proportion.ts";
import { consistencyFindings } from "./consistency-findings.ts";

const settings = { isAutomatic: true, maxDisagreement: 0.1, tolerance: 0.05 };
const id = (index: number) => `00000000-0000-4000-8000-00000000000${index}`;
const pair = {
  before: { versionId: id(1), version: 3 },
  now: { versionId: id(2), version: 4 },
  occasion: "deployment" as const,
  since: 0,
};
const resultOf = (disagreeing: number, compared: number) => {
  const share = compared > 0 ? disagreeing / compared : null;
  return {
    compared,
    disagreeing,
    share,
    largestDifference: 0.25,
    invalid: 0,
    skipped: 0,
    unanswered: 0,
    problem: null,
    examples: ["r1"],
    words: "",
    interval: share === null ? null : wilsonInterval({ share, count: compared }),
  };
};

test("opens a ticket that names both versions and the threshold for a significant disagreement", () => {
  const [found, ...others] = consistencyFindings(pair, resultOf(60, 300), settings);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ kind: "versions disagree", versionId: id(2), severity: "ticket" });
  expect(found?.words).toBe(
    "v4 gives a different prediction than v3, which served before it, for 20% of 300 recorded requests (15.9% to 24.9%); the limit is 10%. The largest numeric difference is 0.25.",
  );
});

test("opens none for insignificant or allowed disagreement, or too few requests", () => {
  expect(consistencyFindings(pair, resultOf(36, 300), settings)).toEqual([]);
  expect(consistencyFindings(pair, resultOf(49, 49), settings)).toEqual([]);
  expect(consistencyFindings(pair, resultOf(0, 0), settings)).toEqual([]);
  expect(consistencyFindings(pair, resultOf(60, 300), { ...settings, maxDisagreement: 0.3 })).toEqual([]);
});
