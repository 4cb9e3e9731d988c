import { expect, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import type { RuleRow } from "../rules/check-rules.ts";
import { checkDuplicates } from "./duplicates.ts";

const random = seededRandom(2);
const rows = (count: number, repeated = 0): RuleRow[] =>
  Array.from({ length: count }, (_, at) => new Map([["a", at < repeated ? 1 : random()]]));

test("opens a ticket for a feed that sends duplicate rows, but not at the previous rate", () => {
  expect(checkDuplicates(rows(400, 80), rows(400))).toMatchObject({
    state: "broken",
    severity: "ticket",
    share: 79 / 400,
  });
  expect(checkDuplicates(rows(400, 80), rows(400, 70))).toMatchObject({ state: "whole" });
  expect(checkDuplicates(rows(400, 80), rows(30))).toMatchObject({ state: "unknown" });
});
