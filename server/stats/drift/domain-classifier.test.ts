import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { normalFrom, type Random, seededRandom } from "../random.ts";
import { aucNull, aucOf, domainClassifier } from "./domain-classifier.ts";

const { special_functions: golden } = JSON.parse(
  readFileSync(new URL("./golden-drift.json", import.meta.url), "utf8"),
) as {
  special_functions: { auc_null: { n1: number; n0: number; alpha: number; sd: number; threshold: number }[] };
};

test.each(golden.auc_null)(
  "computes the AUC threshold at $alpha with $n1 and $n0 rows",
  ({ n1, n0, alpha, sd, threshold }) => {
    const { deviation, line } = aucNull(n1, n0, alpha);
    expect(deviation).toBeCloseTo(sd, 12);
    expect(line / threshold).toBeCloseTo(1, 7);
  },
);

test("counts ties as half in the AUC", () => {
  expect(aucOf([1, 2, 3, 4], [0, 0, 1, 1])).toBe(1);
  expect(aucOf([1, 1, 1, 1], [0, 1, 0, 1])).toBe(0.5);
  expect(aucOf([1, 2, 2, 3], [0, 0, 1, 1])).toBe(0.875);
});

function features(random: Random, rows: number, shift: number) {
  const numbers = (count: number, mean: number) => Array.from({ length: count }, () => mean + normalFrom(random));
  const levels = (count: number) =>
    Array.from({ length: count }, () => (random() < 0.1 ? null : random() < 0.5 ? "a" : "b"));
  return [
    { name: "still", kind: "numeric" as const, reference: numbers(rows, 0), current: numbers(rows, 0) },
    { name: "moved", kind: "numeric" as const, reference: numbers(rows, 0), current: numbers(rows, shift) },
    { name: "level", kind: "categorical" as const, reference: levels(rows), current: levels(rows) },
  ];
}

test("detects shifted rows and names the shifted feature", () => {
  const found = domainClassifier(features(seededRandom(1), 600, 1), { alpha: 0.01, seed: 1 });
  expect(found.isDrift).toBe(true);
  // For a normal feature that moves by one deviation, the AUC is Φ(1/√2) = 0.76.
  expect(found.auc).toBeCloseTo(0.76, 1);
  expect(found.reasons[0]?.feature).toBe("moved");
  expect(found.heldOut).toEqual({ reference: 300, current: 300 });
});

test("alarms in 5% of comparisons without drift at 5%, instead of 11% with a fixed 0.55", () => {
  const random = seededRandom(2);
  const runs = 400;
  let [alarms, fixed] = [0, 0];
  for (let run = 0; run < runs; run += 1) {
    const found = domainClassifier(features(random, 200, 0), { alpha: 0.05, seed: run });
    if (found.isDrift) alarms += 1;
    if (found.auc > 0.55) fixed += 1;
  }
  expect(alarms / runs).toBeGreaterThan(0.02);
  expect(alarms / runs).toBeLessThan(0.08);
  expect(fixed).toBeGreaterThan(alarms);
});

test("rejects too few rows", () => {
  expect(() => domainClassifier(features(seededRandom(3), 49, 0), { alpha: 0.05, seed: 1 })).toThrow(
    /at least 50 rows/,
  );
});
