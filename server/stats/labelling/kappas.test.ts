import { expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { fleissKappa, gwetAgreement } from "./chance-corrected.ts";
import { cohenKappa } from "./cohen-kappa.ts";
import { drawFrom, evenTable, makeVotes } from "./made-votes.ts";
import { pairwiseAgreement } from "./pairwise-agreement.ts";
import { classCounts } from "./votes.ts";
import { votesOf } from "./votes-testing.ts";

test("knows the error of kappa: that of many simulated tables", () => {
  const shares = [0.4, 0.08, 0.02, 0.1, 0.25, 0.15];
  const random = seededRandom(11);
  for (const weights of ["none", "linear", "quadratic"] as const) {
    const kappas: number[] = [];
    let se = 0;
    for (let run = 0; run < 600; run += 1) {
      const table = [
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ];
      for (let item = 0; item < 200; item += 1) {
        const cell = drawFrom(shares, random);
        const row = table[Math.floor(cell / 2)] as number[];
        const column = (Math.floor(cell / 2) + (cell % 2)) % 3;
        row[column] = (row[column] as number) + 1;
      }
      const found = cohenKappa(table, weights);
      kappas.push(found?.kappa as number);
      se += (found?.se as number) / 600;
    }
    const mean = kappas.reduce((sum, one) => sum + one, 0) / kappas.length;
    const deviation = Math.sqrt(kappas.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (kappas.length - 1));
    expect(se / deviation).toBeGreaterThan(0.9);
    expect(se / deviation).toBeLessThan(1.1);
  }
});

test("covers the AC1 and Fleiss' kappa of many items with the interval of few", () => {
  const tables = Array.from({ length: 5 }, () => evenTable(0.85, 3));
  const prior = [0.6, 0.3, 0.1];
  const countsOf = (items: number, seed: number) => {
    const { votes } = makeVotes(tables, { items, perItem: 3, prior }, seededRandom(seed));
    return { counts: classCounts(votes), items, classes: 3 };
  };
  for (const measure of [fleissKappa, gwetAgreement]) {
    const actual = measure(countsOf(200_000, 1))?.value as number;
    let covered = 0;
    for (let seed = 1; seed <= 300; seed += 1) {
      const found = measure(countsOf(80, 100 + seed));
      covered += (found?.low as number) <= actual && actual <= (found?.high as number) ? 1 : 0;
    }
    expect(covered / 300).toBeGreaterThan(0.91);
    expect(covered / 300).toBeLessThan(0.985);
  }
});

test("separates AC1 from kappa where nearly all answers are one class", () => {
  const counts = Float64Array.from([...Array(90).fill([2, 0]), ...Array(10).fill([1, 1])].flat());
  const of = { counts, items: 100, classes: 2 };
  expect(fleissKappa(of)?.value).toBeCloseTo(-0.0526, 4);
  expect(gwetAgreement(of)?.value).toBeCloseTo(0.8895, 4);
});

test("has no agreement of a single class or of items with one vote", () => {
  expect(gwetAgreement({ counts: Float64Array.of(3, 2), items: 2, classes: 1 })).toBeNull();
  expect(fleissKappa({ counts: Float64Array.of(1, 0, 0, 1), items: 2, classes: 2 })).toBeNull();
  expect(() => gwetAgreement({ counts: Float64Array.of(1), items: 2, classes: 2 })).toThrow("one count per class");
});

test("takes the same kappa of a pair from votes as from their table", () => {
  const { votes } = makeVotes(
    [evenTable(0.9, 3), evenTable(0.7, 3)],
    { items: 300, perItem: 2, prior: [0.5, 0.3, 0.2] },
    seededRandom(4),
  );
  const table = [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ];
  for (let item = 0; item < 300; item += 1) {
    const own: number[] = [];
    for (let row = 0; row < votes.item.length; row += 1) {
      if (votes.item[row] === item) own[votes.annotator[row] as number] = votes.given[row] as number;
    }
    const line = table[own[0] as number] as number[];
    line[own[1] as number] = (line[own[1] as number] as number) + 1;
  }
  expect(pairwiseAgreement(votes).pairs[0]?.kappa).toBeCloseTo(cohenKappa(table)?.kappa as number, 12);
});

test("sums the agreement of an annotator with the others over pairs", () => {
  const { ofAnnotator, pairs } = pairwiseAgreement(
    votesOf([
      [0, 1, 0, null],
      [0, 0, 0, 1],
      [1, 1, null, 1],
      [null, null, null, null],
    ]),
  );
  expect(ofAnnotator.map(({ shared, agreed }) => [shared, agreed])).toEqual([
    [5, 3],
    [6, 3],
    [5, 2],
    [0, 0],
  ]);
  expect(ofAnnotator[3]).toEqual({ shared: 0, agreed: 0, share: null, low: null, high: null });
  expect(pairs.map(({ a, b }) => [a, b])).toEqual([
    [0, 1],
    [0, 2],
    [1, 2],
  ]);
});
