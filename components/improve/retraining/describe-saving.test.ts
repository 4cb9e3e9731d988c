import { expect, test } from "vitest";
import type { VersionCost } from "#server/watch/cost/endpoint/contract.ts";
import { describeSaving } from "./describe-saving.ts";

const version = (number: number, perThousand: number | null): VersionCost => ({
  versionId: `v${number}`,
  modelName: "digits",
  version: number,
  isCurrent: false,
  spent: 1,
  answered: 1_000,
  perThousand,
  deviceMs: null,
  latencyMsP95: null,
  labelled: 0,
  correctShare: null,
  perThousandCorrect: null,
  measuredBy: null,
  isOnFront: false,
});

const versions = { model: "digits", champion: 2, candidate: 3 };
const saving = (before: number | null, after: number | null, currency: string | null = "EUR") =>
  describeSaving({ versions: [version(2, before), version(3, after)], currency }, versions);

test("says what a variant costs beside its champion, by the price book", () => {
  expect(saving(0.031, 0.019)).toBe("€0.019 per 1,000 predictions, 39% less than v2");
  expect(saving(0.02, 0.03)).toBe("€0.030 per 1,000 predictions, 50% more than v2");
  expect(saving(0.02, 0.0201)).toBe("€0.020 per 1,000 predictions, as much as v2");
});

test("says nothing where a cost is not known, or no price is set", () => {
  expect(saving(null, 0.02)).toBeUndefined();
  expect(saving(0.02, null)).toBeUndefined();
  expect(saving(0.02, 0.01, null)).toBeUndefined();
  expect(saving(0, 0.01)).toBeUndefined();
});
