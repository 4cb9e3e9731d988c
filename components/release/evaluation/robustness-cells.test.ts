import { expect, test } from "vitest";
import type { RobustnessResult } from "#server/release/evaluation/contract.ts";
import { chosenCell, isLow, robustnessSentence, worstCells } from "./robustness-cells.ts";

const cell = (accuracy: number) => ({ rows: 100, failed: 0, accuracy, interval: { low: 0, high: 1 }, errors: [] });
const at = (kind: string, severity: number, accuracy: number) => ({
  ...cell(accuracy),
  kind,
  title: kind === "jpeg" ? "JPEG" : "Motion blur",
  family: "picture" as const,
  severity,
});
const result: RobustnessResult = {
  clean: cell(0.97),
  cells: [at("motion-blur", 1, 0.9), at("motion-blur", 2, 0.7), at("jpeg", 1, 0.95), at("jpeg", 2, 0.94)],
  byKind: [],
  retained: 0.926,
  modelMs: 1,
};

test("marks cells below 80% of the clean accuracy, and lists the worst first", () => {
  expect(result.cells.map((each) => isLow(each, result.clean))).toEqual([false, true, false, false]);
  expect(worstCells(result, 2).map(({ accuracy }) => accuracy)).toEqual([0.7, 0.9]);
});

test("chooses the cell of the address, else the worst one", () => {
  expect(chosenCell(result, "jpeg", 2)?.accuracy).toBe(0.94);
  expect(chosenCell(result, "fog", 2)?.accuracy).toBe(0.7);
  expect(chosenCell(result, undefined, undefined)?.accuracy).toBe(0.7);
});

test("says what is retained, and where the other version is better", () => {
  expect(robustnessSentence(17, result, undefined)).toBe("v17 retains 92.6% of its accuracy under corruption.");
  const kind = (title: string, difference: number) => ({ kind: title, title, ce: 1, relativeCe: 1, difference });
  const comparison = {
    mce: 0.83,
    relativeMce: 0.9,
    retained: { first: 0.926, second: 0.914 },
    byKind: [kind("JPEG", 0.01), kind("Motion blur", -0.009)],
  };
  expect(robustnessSentence(17, result, { base: 15, comparison })).toBe(
    "v17 retains 92.6% of its accuracy under corruption, v15 91.4%. Its mean accuracy is higher under 1 of 2 corruptions; it loses most under motion blur.",
  );
});
