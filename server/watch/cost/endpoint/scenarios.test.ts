import { expect, test } from "vitest";
import { scenarios, type WhatIfFacts } from "./scenarios.ts";

const none: WhatIfFacts = {
  computePerMonth: 100,
  spentPerMonth: 300,
  batches: [],
  repeats: [],
  versions: [],
  fleet: null,
  cascadeSaved: null,
};
const summarise = (facts: Partial<WhatIfFacts>) => scenarios({ ...none, ...facts });

test("omits scenarios that were not measured", () => {
  expect(summarise({})).toEqual([]);
  expect(
    summarise({ batches: [{ rows: 1, runs: 10, runMs: 2 }], repeats: [{ ttlSeconds: 60, requests: 9, repeated: 9 }] }),
  ).toEqual([]);
});

test("compares batch sizes with the average cost per row, including more expensive ones", () => {
  const batches = [
    { rows: 4, runs: 50, runMs: 4 },
    { rows: 1, runs: 200, runMs: 2 },
  ];
  // 400 rows in 600 ms: 1.5 ms each.
  expect(summarise({ batches })).toMatchObject([
    { words: "No batching", share: expect.closeTo(-1 / 3), perMonth: expect.closeTo(-33.3, 1) },
    { words: "Batches of 4 rows", share: expect.closeTo(1 / 3), perMonth: expect.closeTo(33.3, 1) },
  ]);
});

test("estimates cache savings from repeated requests, and fleet savings from fewer cores", () => {
  const [cache] = summarise({ repeats: [{ ttlSeconds: 600, requests: 1000, repeated: 250 }] });
  expect(cache).toMatchObject({ words: "Cache responses for 10\u00a0min", share: 0.25, perMonth: 25 });
  const fleet = summarise({ fleet: { cores: 8, maxUtilisation: 1.6, hours: 100 } });
  expect(fleet.map(({ share, perMonth }) => [share, perMonth])).toEqual([
    [0.5, 150],
    [0.625, 187.5],
    [0.75, 225],
  ]);
});

test("compares another version with the current one, and a cascade with its last step", () => {
  const version = (number: number, deviceMs: number, isCurrent: boolean) => {
    return { version: number, versionId: `${number}`, rows: 100, deviceMs, isCurrent, accuracy: undefined };
  };
  const [other] = summarise({ versions: [version(1, 400, true), version(2, 100, false)] });
  expect(other).toMatchObject({ words: "Version 2 for all traffic", share: 0.75, perMonth: 75 });
  // 60% saved: 100 now would have been 250.
  expect(summarise({ cascadeSaved: 0.6 })).toMatchObject([{ perMonth: expect.closeTo(-150) }]);
  expect(summarise({ cascadeSaved: 0.6, computePerMonth: null })).toMatchObject([{ perMonth: null }]);
});
