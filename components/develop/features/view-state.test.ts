import { expect, test } from "vitest";
import { ageNow, compareViews, shareOfLimit, type ViewFacts, viewStates } from "./view-state.ts";

test.each([
  [null, 100, "No data", null],
  [5, null, "No limit", null],
  [70, 100, "Fresh", 0.7],
  [71, 100, "Close to limit", 0.71],
  [100, 100, "Close to limit", 1],
  [101, 100, "Late", 1.01],
])("an age of %s with the limit %s is: %s", (ageUs, ttlUs, word, share) => {
  expect(viewStates({ ageUs, ttlUs })).toMatchObject([{ word }]);
  expect(shareOfLimit({ ageUs, ttlUs })).toBe(share);
});

const fresh: ViewFacts = { ageUs: 1, ttlUs: 100 };
const words = (facts: ViewFacts) => viewStates(facts).map(({ word }) => word);

test.each<[string, Partial<ViewFacts>, string[]]>([
  ["one look-up in ten finds no row", { lookUps: { lookUps: 100, missing: 10 } }, ["Fresh"]],
  ["more find none", { lookUps: { lookUps: 100, missing: 11 } }, ["Unknown keys", "Fresh"]],
  ["too few look-ups say nothing", { lookUps: { lookUps: 29, missing: 29 } }, ["Fresh"]],
  ["half a percent was corrected", { correctedShare: 0.005 }, ["Fresh"]],
  ["more was corrected", { correctedShare: 0.006 }, ["Corrected", "Fresh"]],
  ["nothing was compared", { correctedShare: null }, ["Fresh"]],
  ["a materialisation is on hold", { materialisation: "on-hold" }, ["On hold", "Fresh"]],
  ["a view with rows materialises", { materialisation: "running" }, ["Materialising", "Fresh"]],
  ["the first rows are on their way", { ageUs: null, materialisation: "running" }, ["Materialising"]],
  [
    "alerts say more",
    {
      openFindings: [
        { kind: "clock-ahead", severity: "ticket" },
        { kind: "values-changed", severity: "ticket" },
        { kind: "values-changed", severity: "ticket" },
        { kind: "newer-than-this-page", severity: "ticket" },
        { kind: "materialisation-late", severity: "ticket" },
        { kind: "materialisation-failed", severity: "ticket" },
      ],
    },
    ["Materialisation failed", "Values changed", "Clock ahead", "Open finding", "Materialisation overdue", "Fresh"],
  ],
  [
    "nothing ever arrived",
    { ageUs: null, openFindings: [{ kind: "source-late", severity: "page" }] },
    ["Late", "No data"],
  ],
  ["the source was repaired a moment ago", { openFindings: [{ kind: "source-late", severity: "page" }] }, ["Fresh"]],
  ["late, with unknown keys", { ageUs: 101, lookUps: { lookUps: 50, missing: 40 } }, ["Late", "Unknown keys"]],
])("names all states, the worst first: %s", (_case, facts, expected) => {
  expect(words({ ...fresh, ...facts })).toEqual(expected);
});

test.each([
  ["no row has arrived", null, 5, null],
  ["nothing was looked up", 7, null, 7],
  ["the source is late, and what was looked up was fresh until now", 3_600_000_000, 1_800_000, 3_600_000_000],
  ["events arrive, but what is looked up is old", 1_000_000, 60_000, 60_000_000],
])("takes the greater age where %s", (_case, newestUs, lookedUpMs, expected) => {
  expect(ageNow(newestUs, lookedUpMs)).toBe(expected);
});

test("orders views by their worst state, then by their share of the limit", () => {
  const views: ViewFacts[] = [
    fresh,
    { ageUs: null, ttlUs: 100 },
    { ageUs: 60, ttlUs: 100 },
    { ageUs: 80, ttlUs: 100 },
    { ...fresh, lookUps: { lookUps: 100, missing: 50 } },
    { ageUs: 150, ttlUs: 100 },
  ];
  expect([...views].sort(compareViews).map((facts) => words(facts)[0])).toEqual([
    "Late",
    "Unknown keys",
    "Close to limit",
    "No data",
    "Fresh",
    "Fresh",
  ]);
  expect([fresh, { ageUs: 60, ttlUs: 100 }].sort(compareViews)[0]).toMatchObject({ ageUs: 60 });
});
