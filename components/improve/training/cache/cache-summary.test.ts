import { expect, test } from "vitest";
import type { CachedResult } from "#server/improve/training/cache/contract.ts";
import { summariseCache } from "./cache-summary.ts";

const result = (more: Partial<CachedResult>): CachedResult => ({
  key: "k",
  step: "tokenise",
  state: "done",
  jobId: "tj-1",
  sizeBytes: 100,
  seconds: 60,
  uses: 2,
  savedSeconds: 120,
  createdAt: new Date(0),
  usedAt: new Date(5_000),
  ...more,
});

test("sums up what results take and have saved, without those that are being made", () => {
  const made = [result({}), result({ sizeBytes: 50, uses: 1, savedSeconds: 10, usedAt: new Date(1_000) })];
  expect(
    summariseCache([...made, result({ state: "running", sizeBytes: 0, seconds: null, usedAt: new Date(0) })]),
  ).toEqual({
    results: 2,
    bytes: 150,
    uses: 3,
    savedSeconds: 130,
    unusedSince: new Date(1_000),
  });
  expect(summariseCache([])).toEqual({ results: 0, bytes: 0, uses: 0, savedSeconds: 0, unusedSince: null });
});
