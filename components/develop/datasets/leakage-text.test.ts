import { expect, test } from "vitest";
import type { LeakageCheck } from "#server/develop/datasets/leakage/contract.ts";
import { leakageSentence } from "./leakage-text.ts";

const side = (value: string) => ({ name: "flights", digest: "4be1050812345678", where: { column: "split", value } });

function check(
  result: { leftRows: number; rightRows: number; sharedRows: number } | null,
  problem: string | null = null,
) {
  return {
    question: { left: side("train"), right: side("test"), columns: null },
    result: result && { ...result, columns: ["x"], examples: [] },
    problem,
  } as LeakageCheck;
}

test.each([
  [check(null), undefined],
  [check(null, "No such column."), "No such column."],
  [
    check({ leftRows: 900, rightRows: 300, sharedRows: 12 }),
    "12 of 300 rows (4%) in flights 4be10508, split = test also appear in flights 4be10508, split = train.",
  ],
  [
    check({ leftRows: 900, rightRows: 300, sharedRows: 0 }),
    "None of the 300 rows in flights 4be10508, split = test appear in flights 4be10508, split = train.",
  ],
  [
    check({ leftRows: 900, rightRows: 0, sharedRows: 0 }),
    "Nothing to compare: flights 4be10508, split = test has no rows.",
  ],
])("describes the result of leakage check %#", (requested, sentence) => {
  expect(leakageSentence(requested)?.replaceAll("\u00a0", " ")).toBe(sentence);
});
