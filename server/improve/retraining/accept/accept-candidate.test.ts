import { describe, expect, test } from "vitest";
import { mcNemarPValueOfBetter, type PairedCells, rowsForMargin } from "#server/stats/evaluation/paired.ts";
import { seededRandom } from "#server/stats/random.ts";
import { AcceptanceRule } from "../contract.ts";
import { acceptCandidate } from "./accept-candidate.ts";

const rule = AcceptanceRule.parse({});
const cells = (rows: number, onlyFirst: number, onlySecond: number): PairedCells => ({
  both: rows - onlyFirst - onlySecond,
  onlyFirst,
  onlySecond,
  neither: 0,
});
const frozen = cells(40_000, 800, 780);
const accept = (changes: Partial<Parameters<typeof acceptCandidate>[1]>, of = rule) =>
  acceptCandidate(of, { frozen, fresh: cells(500, 30, 15), segments: [], ...changes });
const codes = (...asked: Parameters<typeof accept>) => accept(...asked).reasons.map(({ code }) => code);

test("accepts what is not worse on the frozen set and better on fresh rows", () => {
  expect(accept({})).toEqual({
    verdict: "accept",
    reasons: [
      { code: "not-worse", words: "No worse on the frozen set." },
      { code: "better", words: "On fresh rows, 30 are correct for the candidate only, 15 for the champion only." },
    ],
  });
});

// The reference's vectors.
test.each([
  [30, 15, 0.01785],
  [12, 5, 0.07173],
  [60, 45, 0.08578],
])("computes McNemar's one-sided p-value of %i and %i rows", (first, second, p) => {
  expect(mcNemarPValueOfBetter(cells(1000, first, second))).toBeCloseTo(p, 5);
});

test("computes the p-value where all rows are of one version, or none", () => {
  expect(mcNemarPValueOfBetter(cells(10, 0, 0))).toBe(1);
  expect(mcNemarPValueOfBetter(cells(10, 0, 5))).toBe(1);
  expect(mcNemarPValueOfBetter(cells(10, 5, 0))).toBeCloseTo(1 / 32, 12);
});

test("says of fresh rows whether they are too few or not better", () => {
  expect(accept({ fresh: cells(500, 12, 5) }).reasons[0]?.words).toBe(
    "On fresh rows, 12 are correct for the candidate only, 5 for the champion only: insufficient data.",
  );
  expect(accept({ fresh: cells(500, 60, 45) }).reasons[0]?.words).toContain("not clearly better");
  expect(codes({ fresh: null })).toEqual(["not-worse", "not-worse"]);
});

test("tells a worse candidate from a frozen set that is too small", () => {
  expect(accept({ frozen: cells(40_000, 500, 700) })).toMatchObject({
    verdict: "reject",
    reasons: [{ code: "outdated" }, { code: "worse", words: "It is 0.5 points worse on the frozen set." }],
  });
  expect(accept({ frozen: cells(2_000, 40, 40) }).reasons).toEqual([
    {
      code: "too-wide",
      words:
        "The frozen set cannot show that it loses no more than 0.2 points: it may lose 0.88. About 78,489 rows would show it.",
    },
  ]);
  expect(accept({ frozen: cells(2_000, 40, 40) }, { ...rule, margin: 0 }).reasons[0]?.words).not.toContain(
    "rows would",
  );
  expect(codes({ frozen: cells(40_000, 500, 700), fresh: null })).toEqual(["worse"]);
  expect(codes({ frozen: cells(0, 0, 0) })).toEqual(["too-wide"]);
});

test("rejects a loss in a segment beyond chance, and no single unlucky row", () => {
  const segments = [
    { name: "depot 4", cells: cells(100, 0, 1) },
    { name: "few rows", cells: cells(99, 0, 60) },
  ];
  expect(accept({ segments }).verdict).toBe("accept");
  const lost = { name: "depot 9", cells: cells(400, 4, 60) };
  expect(accept({ segments: [...segments, lost] })).toEqual({
    verdict: "reject",
    reasons: [{ code: "segment", words: "It is 14 points worse in depot 9." }],
  });
});

describe("seeded candidates", () => {
  const random = seededRandom(21);
  /** Draws rows of two versions: the candidate alone is right on a share `better` of them, the champion alone on `worse`. */
  function draw(rows: number, better: number, worse: number): PairedCells {
    let [first, second] = [0, 0];
    for (let row = 0; row < rows; row += 1) {
      const at = random();
      if (at < better) first += 1;
      else if (at < better + worse) second += 1;
    }
    return cells(rows, first, second);
  }
  const rounds = 400;
  const shareOf = (is: () => boolean) => Array.from({ length: rounds }, is).filter(Boolean).length / rounds;

  test("one as good as the champion is seldom accepted, one that is worse hardly ever", () => {
    const wide = AcceptanceRule.parse({ margin: 0.02 });
    const accepted = (better: number, worse: number) =>
      shareOf(() => {
        const fresh = draw(1_000, better, worse);
        return acceptCandidate(wide, { frozen: draw(2_000, 0.02, 0.02), fresh, segments: [] }).verdict === "accept";
      });
    expect(accepted(0.04, 0.04)).toBeLessThanOrEqual(0.08);
    expect(accepted(0.03, 0.05)).toBeLessThanOrEqual(0.01);
    expect(accepted(0.07, 0.03)).toBeGreaterThanOrEqual(0.95);
  });

  test("a frozen set of the computed size shows four times of five that an equal candidate is not worse", () => {
    const rows = rowsForMargin(0.01, 0.04);
    expect(rows).toBe(3140);
    const shown = shareOf(
      () =>
        acceptCandidate({ ...rule, margin: 0.01 }, { frozen: draw(rows, 0.02, 0.02), fresh: null, segments: [] })
          .verdict === "accept",
    );
    expect(shown).toBeGreaterThan(0.74);
    expect(shown).toBeLessThan(0.86);
  });

  test("ten segments of an equal candidate seldom reject it, where a limit on the difference nearly always would", () => {
    let byLimit = 0;
    const rejected = shareOf(() => {
      const segments = Array.from({ length: 10 }, (_, at) => ({ name: String(at), cells: draw(150, 0.03, 0.03) }));
      const isOver = segments.some(({ cells: of }) => (of.onlyFirst - of.onlySecond) / 150 < -2 * rule.margin);
      byLimit += isOver ? 1 : 0;
      return acceptCandidate(rule, { frozen, fresh: null, segments }).verdict === "reject";
    });
    expect(rejected).toBeLessThanOrEqual(0.05);
    expect(byLimit / rounds).toBeGreaterThan(0.9);
  });
});
