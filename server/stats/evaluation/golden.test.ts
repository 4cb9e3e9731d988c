import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { classificationMetrics, countConfusion } from "./classification.ts";
import { mcNemarPValue, type PairedCells, pairedMeans, pairedShares } from "./paired.ts";

interface Family<Input, Expected> {
  tolerance: number;
  cases: { name: string; input: Input; expected: Expected; library?: unknown; leeway?: unknown }[];
}

/** Reads a family of the golden vectors of labelling and evaluation. */
function goldenFamily<Input, Expected>(name: string): Family<Input, Expected> {
  const file = new URL("../labelling/golden-labelling.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { families: Record<string, Family<Input, Expected>> }).families[
    name
  ] as Family<Input, Expected>;
}

/**
 * Returns the greatest distance between numbers of two structures, by the keys of the expected one. Infinite where a number meets null,
 * a list has another length, or texts differ. @param path where it is, for the message
 */
function worstError(actual: unknown, expected: unknown, path = ""): { error: number; path: string } {
  if (typeof expected === "number" && typeof actual === "number") return { error: Math.abs(actual - expected), path };
  if (expected === null || typeof expected !== "object") {
    return { error: actual === expected ? 0 : Number.POSITIVE_INFINITY, path: `${path}: ${actual}, not ${expected}` };
  }
  if (actual === null || typeof actual !== "object") return { error: Number.POSITIVE_INFINITY, path };
  if (Array.isArray(expected) && (actual as unknown[]).length !== expected.length) {
    return { error: Number.POSITIVE_INFINITY, path: `${path}.length` };
  }
  let worst = { error: 0, path };
  for (const [key, value] of Object.entries(expected)) {
    const found = worstError((actual as Record<string, unknown>)[key], value, `${path}.${key}`);
    if (found.error > worst.error) worst = found;
  }
  return worst;
}

/** Compares every case of a family with what a function returns, and returns the worst one. */
function worstOfFamily<Input, Expected>(
  family: string,
  answer: (input: Input, expected: Expected) => unknown,
): { error: number; path: string; cases: number; tolerance: number } {
  const { cases, tolerance } = goldenFamily<Input, Expected>(family);
  let worst = { error: 0, path: "" };
  for (const { name, input, expected } of cases) {
    const found = worstError(answer(input, expected), expected, name);
    if (found.error > worst.error) worst = found;
  }
  return { ...worst, cases: cases.length, tolerance };
}

interface ClassInput {
  truth: number[];
  said: number[];
  classes: number;
  weights: number[] | null;
}

test("agrees with scikit-learn on classification", () => {
  const worst = worstOfFamily<ClassInput, unknown>("classification", ({ truth, said, classes, weights }) => {
    const confusion = countConfusion(truth, said, classes, { weights });
    const { classes: perClass, ...metrics } = classificationMetrics(confusion);
    const rows = Array.from({ length: classes }, (_, label) => [
      ...confusion.counts.subarray(label * classes, (label + 1) * classes),
    ]);
    return { ...metrics, confusion: rows, perClass };
  });
  expect(worst).toMatchObject({ cases: 13 });
  expect(worst.error, worst.path).toBeLessThan(1e-12);
});

type PairedCase = PairedCells | { first: number[]; second: number[] };

test("agrees with statsmodels and scipy on two versions on the same rows", () => {
  const worst = worstOfFamily<PairedCase, object>("paired", (input) => {
    const result = "first" in input ? pairedMeans(input.first, input.second) : pairedShares(input);
    const { difference, interval } = result;
    const p = "first" in input ? undefined : mcNemarPValue(input);
    return { difference, low: interval?.low ?? null, high: interval?.high ?? null, p };
  });
  expect(worst).toMatchObject({ cases: 14 });
  expect(worst.error, worst.path).toBeLessThan(1e-9);
});
