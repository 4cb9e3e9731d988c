import { expect, test } from "vitest";
import { z95 } from "#server/stats/estimation/cell-metrics.ts";
import { estimateFindings, fairnessFindings, realisedFindings } from "./quality-findings.ts";

const measured = (value: number) => ({ value, low: value - 0.01, high: value + 0.01, rows: 1200 });
const objective = { value: 0.9, slo: "lateness-right" };
const base = {
  metric: "accuracy" as const,
  realised: measured(0.85),
  estimated: measured(0.85),
  objective,
  reference: null,
  expected: null,
  coverage: null,
  deviations: z95,
  words: "the last day",
};

test("pages for labels below an objective, and opens tickets for labels below the reference and for estimates", () => {
  expect(realisedFindings(base)).toMatchObject([{ severity: "page", key: "realised:accuracy" }]);
  expect(plain(realisedFindings(base)[0]?.words)).toBe(
    "Realised accuracy is 85% (84% to 86%) of 1,200 labelled predictions of the last day, below the objective of 90% (lateness-right).",
  );
  expect(realisedFindings({ ...base, objective: null, reference: 0.9 })).toMatchObject([{ severity: "ticket" }]);
  expect(estimateFindings(base)).toMatchObject([{ severity: "ticket", key: "estimated:accuracy" }]);
});

test("confirms the estimate by labels of the same rows, with the change and band coverage", () => {
  const known = { ...base, reference: 0.91, coverage: { inside: 1, windows: 3 }, words: "five minutes" };
  const [confirmed] = realisedFindings({ ...known, expected: measured(0.84) });
  expect(plain(confirmed?.words)).toBe(
    "Realised accuracy is 85% (84% to 86%) of 1,200 labelled predictions of five minutes, below the objective of 90% (lateness-right); it was 91% on the reference. Labels confirm the estimate: before they arrived, 84% (83% to 85%) was expected. The estimate held in 1 of the last 3 windows with complete labels.",
  );
  expect(confirmed?.evidence).toMatchObject({ isConfirmed: true });
  const [unseen] = realisedFindings({ ...known, expected: measured(0.92) });
  expect(plain(unseen?.words)).toContain("; it was 91% on the reference. Before labels arrived,");
  expect(plain(unseen?.words)).toContain("92% (91% to 93%) was expected; the estimate did not detect it.");
  const [estimate] = estimateFindings({ ...known, coverage: null });
  expect(plain(estimate?.words)).toContain("calibrated; it was 91% on the reference. To be confirmed by labels.");
});

test("requires a larger regression of a short window than of a day", () => {
  const slightly = { ...base, realised: measured(0.885), estimated: measured(0.885) };
  expect([...realisedFindings(slightly), ...estimateFindings(slightly)]).toHaveLength(2);
  const short = { ...slightly, deviations: 3.9 };
  expect([...realisedFindings(short), ...estimateFindings(short)]).toEqual([]);
});

test("finds nothing while an interval reaches the threshold, or without an objective", () => {
  const near = { ...base, realised: measured(0.895), estimated: measured(0.895) };
  expect([...realisedFindings(near), ...estimateFindings(near)]).toEqual([]);
  const free = { ...base, objective: null };
  expect([...realisedFindings(free), ...estimateFindings(free)]).toEqual([]);
});

test("names segments with the minimum gap between them", () => {
  const group = (name: string, value: number) => ({ name, rows: 500, value, interval: { low: value, high: value } });
  const tag = {
    groupBy: "carrier",
    groups: [group("HA", 0.65), group("UA", 0.7), group("AA", 0.9)],
    small: [],
    difference: 0.25,
    ratio: 0.7,
    differenceInterval: { low: 0.15, high: 0.4 },
    pair: { lower: "UA", higher: "AA", difference: 0.2, interval: { low: 0.15, high: 0.25 } },
    isUnfair: true,
  };
  const fairness = { metric: "accuracy" as const, maxDifference: 0.1, tags: [tag, { ...tag, isUnfair: false }] };
  expect(fairnessFindings({ fairness })).toMatchObject([{ feature: "carrier", severity: "ticket" }]);
  expect(plain(fairnessFindings({ fairness })[0]?.words)).toContain("differ by at least 15% (UA 70%, AA 90%)");
});

/** Replaces no-break spaces between numbers and units by plain ones. */
function plain(words: string | undefined): string | undefined {
  return words?.replaceAll("\u00a0", " ");
}
