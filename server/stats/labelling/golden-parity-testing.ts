import { describe, expect, test } from "vitest";
import file from "./golden-labelling.json" with { type: "json" };

interface Case {
  name: string;
  // biome-ignore lint/suspicious/noExplicitAny: every family has inputs of its own.
  input: any;
  // biome-ignore lint/suspicious/noExplicitAny: every family has expected values of its own.
  expected: any;
}
interface Family {
  tolerance: number;
  cases: Case[];
}

const families = file.families as Record<string, Family>;
const rounding = 1e-12;

/** Runs a test per case of a family; `close` fails beyond the family's tolerance and remembers it. */
export function parity(
  family: string,
  check: (one: Case, close: (own: unknown, expected: unknown) => void) => void,
): void {
  const { tolerance, cases } = families[family] as Family;
  describe(family, () => {
    let worst = 0;
    for (const one of cases) {
      test(one.name, () => {
        check(one, (own, expected) => {
          const error = furthest(own, expected);
          worst = Math.max(worst, error);
          expect(error, `${JSON.stringify(own)} instead of ${JSON.stringify(expected)}`).toBeLessThanOrEqual(tolerance);
        });
      });
    }
    // Far below the tolerance of the file: what is left is the order of additions.
    test("differs by rounding only", () => expect(worst).toBeLessThanOrEqual(rounding));
  });
}

/** Computes the largest difference of two numbers or nested lists of numbers; infinite where their shapes or undefined values differ. */
function furthest(own: unknown, expected: unknown): number {
  if (typeof expected === "number")
    return typeof own === "number" ? Math.abs(own - expected) : Number.POSITIVE_INFINITY;
  if (expected === null) return own === null || own === undefined ? 0 : Number.POSITIVE_INFINITY;
  const [a, b] = [Array.from(own as ArrayLike<unknown>), expected as unknown[]];
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce((most: number, value, at) => Math.max(most, furthest(value, b[at])), 0);
}

export function flatRows(rows: number[][]): { values: Float64Array; classes: number } {
  return { values: Float64Array.from(rows.flat()), classes: rows[0]?.length ?? 1 };
}
