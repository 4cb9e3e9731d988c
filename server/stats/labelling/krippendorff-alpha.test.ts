import { expect, test } from "vitest";
import { normalFrom, seededRandom } from "../random.ts";
import { agreementGrade } from "./agreement-grade.ts";
import { alphaInterval, multiLabelAlpha } from "./alpha-interval.ts";
import { krippendorffAlpha, type MeasurementLevel, type Ratings } from "./krippendorff-alpha.ts";
import { constantTable, evenTable, makeVotes } from "./made-votes.ts";

const levels: MeasurementLevel[] = ["nominal", "ordinal", "interval", "ratio"];

/** Draws up to four ratings of each item, with gaps, which scatter around a value of the item. */
function drawnRatings(seed: number, items = 60): Ratings {
  const random = seededRandom(seed);
  const rows = Array.from({ length: items }, (_, item) => ({ item, centre: 2 + 6 * random() })).flatMap((of) =>
    Array.from({ length: 4 }, () => ({ ...of, isLeftOut: random() < 0.4 })),
  );
  const kept = rows.filter(({ isLeftOut }) => !isLeftOut);
  return {
    item: Int32Array.from(kept, ({ item }) => item),
    value: Float64Array.from(kept, ({ centre }) => Math.max(0, Math.round(centre + normalFrom(random)))),
    items,
  };
}

/** Alpha by its definition: from the table of coincidences, with the squares of all pairs of values. */
function alphaByTable({ item, value, items, weight }: Ratings, level: MeasurementLevel): number {
  const values = [...new Set(value)].sort((a, b) => a - b);
  const together = values.map(() => values.map(() => 0));
  let squares = 0;
  for (let at = 0; at < items; at += 1) {
    const own = Array.from(value, (one, row) => ({ place: values.indexOf(one), weight: weight?.[row] ?? 1 })).filter(
      (_, row) => item[row] === at,
    );
    const pairs = own.flatMap((a, i) =>
      own.flatMap((b, j) => (i === j ? [] : [{ a, b, product: a.weight * b.weight, i }])),
    );
    // All pairs of an item together count as its weights do, each by the product of its own.
    const weights = own.reduce((sum, one) => sum + one.weight, 0);
    const products = pairs.reduce((sum, { product }) => sum + product, 0);
    const parts = own.map(() => 0);
    for (const { a, b, product, i } of pairs) {
      const row = together[a.place] as number[];
      row[b.place] = (row[b.place] as number) + (weights * product) / products;
      parts[i] = (parts[i] as number) + (weights * product) / products;
    }
    squares += parts.reduce((sum, part) => sum + part * part, 0);
  }
  const counts = together.map((row) => row.reduce((sum, one) => sum + one, 0));
  const total = counts.reduce((sum, one) => sum + one, 0);
  const difference = (c: number, k: number): number => {
    const [a, b] = [values[c] as number, values[k] as number];
    if (c === k) return 0;
    if (level === "nominal") return 1;
    if (level === "interval") return (a - b) ** 2;
    if (level === "ratio") return ((a - b) / (a + b)) ** 2;
    const [low, high] = [Math.min(c, k), Math.max(c, k)];
    const between = counts.slice(low, high + 1).reduce((sum, one) => sum + one, 0);
    return (between - ((counts[c] as number) + (counts[k] as number)) / 2) ** 2;
  };
  let [observed, expected] = [0, 0];
  for (const [c] of values.entries()) {
    for (const [k] of values.entries()) {
      observed += (together[c]?.[k] as number) * difference(c, k);
      expected += (counts[c] as number) * (counts[k] as number) * difference(c, k);
    }
  }
  // N − 1 without weights.
  return 1 - (((total * total - squares) / total) * observed) / expected;
}

test.each(levels)("is the alpha of the table of coincidences: %s", (level) => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const ratings = drawnRatings(seed);
    expect(krippendorffAlpha(ratings, level)).toBeCloseTo(alphaByTable(ratings, level), 12);
    const random = seededRandom(seed);
    const weighted = { ...ratings, weight: ratings.value.map(() => (random() < 0.5 ? 0.5 : 1)) };
    expect(krippendorffAlpha(weighted, level)).toBeCloseTo(alphaByTable(weighted, level), 12);
  }
});

test.each(levels)("does not change with equal weights, whatever they are: %s", (level) => {
  const ratings = drawnRatings(3);
  const weight = new Float64Array(ratings.item.length).fill(0.5);
  expect(krippendorffAlpha({ ...ratings, weight }, level)).toBeCloseTo(krippendorffAlpha(ratings, level) as number, 12);
});

test("counts the pairs of an answer to a whole group less", () => {
  // Items 0 to 3 agree; in items 4 and 5 the second answer was given to a group.
  const ratings = {
    item: Int32Array.of(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5),
    value: Float64Array.of(0, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1, 0),
    items: 6,
  };
  const weight = Float64Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 0.5, 1, 0.5);
  const [plain, weighted] = [
    krippendorffAlpha(ratings, "nominal"),
    krippendorffAlpha({ ...ratings, weight }, "nominal"),
  ];
  expect(plain).toBeCloseTo(0.3889, 4);
  expect(weighted).toBeGreaterThan(plain as number);
});

test("keeps its digits with values far apart or far from zero", () => {
  const ratings = drawnRatings(5);
  const alpha = krippendorffAlpha(ratings, "interval") as number;
  for (const [scale, shift] of [
    [1e-160, 0],
    [1e160, 0],
    [1, 1e9],
  ] as const) {
    const value = ratings.value.map((one) => one * scale + shift);
    expect(krippendorffAlpha({ ...ratings, value }, "interval")).toBeCloseTo(alpha, 8);
  }
});

test("rejects negative values of a ratio and weights of zero", () => {
  const ratings = { item: Int32Array.of(0, 0), value: Float64Array.of(-1, 1), items: 1 };
  expect(() => krippendorffAlpha(ratings, "ratio")).toThrow("must not be negative");
  expect(() => krippendorffAlpha({ ...ratings, weight: Float64Array.of(0, 1) }, "nominal")).toThrow("Weights");
});

const ratingsOf = (tables: Parameters<typeof makeVotes>[0], items: number, prior: number[], seed: number): Ratings => {
  const { votes } = makeVotes(tables, { items, perItem: 3, prior }, seededRandom(seed));
  return { item: votes.item, value: Float64Array.from(votes.given), items };
};

test("covers the alpha of many items with the interval of few, as often as it says", () => {
  const tables = Array.from({ length: 6 }, () => evenTable(0.85, 3));
  const prior = [0.5, 0.3, 0.2];
  const actual = krippendorffAlpha(ratingsOf(tables, 100_000, prior, 1), "nominal") as number;
  const runs = 200;
  let covered = 0;
  for (let seed = 1; seed <= runs; seed += 1) {
    const ratings = ratingsOf(tables, 120, prior, 1000 + seed);
    const { low, high } = alphaInterval(ratings, "nominal", { random: seededRandom(seed), resamples: 200 });
    covered += (low as number) <= actual && actual <= (high as number) ? 1 : 0;
  }
  // 95% of 200, three deviations either way, and a little less for the percentile interval.
  expect(covered / runs).toBeGreaterThan(0.89);
  expect(covered / runs).toBeLessThan(0.99);
});

test("falls with an adversary and with an annotator who always says the same", () => {
  const good = Array.from({ length: 4 }, () => evenTable(0.95, 2));
  const alphaWith = (other: ReturnType<typeof evenTable>) =>
    krippendorffAlpha(ratingsOf([...good, other], 4000, [0.5, 0.5], 7), "nominal") as number;
  const alone = alphaWith(evenTable(0.95, 2));
  expect(alone).toBeCloseTo(0.81, 1);
  expect(alphaWith(constantTable(0, 2))).toBeLessThan(alone - 0.2);
  expect(alphaWith(evenTable(0.05, 2))).toBeLessThan(alone - 0.4);
});

test("is the same on average with half of the answers missing at random", () => {
  const ratings = ratingsOf(
    Array.from({ length: 6 }, () => evenTable(0.85, 3)),
    20_000,
    [0.5, 0.3, 0.2],
    4,
  );
  const random = seededRandom(2);
  const kept = Array.from(ratings.item.keys()).filter(() => random() < 0.5);
  const some = {
    item: Int32Array.from(kept, (row) => ratings.item[row] as number),
    value: Float64Array.from(kept, (row) => ratings.value[row] as number),
    items: ratings.items,
  };
  const [all, half] = [krippendorffAlpha(ratings, "nominal"), krippendorffAlpha(some, "nominal")];
  expect(Math.abs((all as number) - (half as number))).toBeLessThan(0.015);
});

test("is near zero for a class of 98% although nearly all answers are equal", () => {
  const tables = Array.from({ length: 3 }, () => constantTable(0, 2).map(() => [0.99, 0.01]));
  const ratings = ratingsOf(tables, 2000, [0.98, 0.02], 5);
  expect(Math.abs(krippendorffAlpha(ratings, "nominal") as number)).toBeLessThan(0.05);
});

test("averages alpha over the classes of items with several, leaving out those without one", () => {
  // Class 0: all agree. Class 1: no pair agrees. Class 2: nobody chose it.
  const item = Int32Array.of(0, 0, 1, 1, 2, 2, 3, 3);
  const chosen = [[0, 1], [0], [], [1], [0], [0, 1], [1], []];
  const found = multiLabelAlpha({ item, chosen, items: 4, classes: 3 }, { random: seededRandom(1), resamples: 50 });
  const ofOne = krippendorffAlpha({ item, value: Float64Array.of(1, 0, 0, 1, 0, 1, 1, 0), items: 4 }, "nominal");
  expect(found.classes).toEqual([1, ofOne, null]);
  expect(found.alpha).toBeCloseTo((1 + (ofOne as number)) / 2, 12);
  expect(() =>
    multiLabelAlpha({ item, chosen: [[3]], items: 4, classes: 3 }, { random: seededRandom(1), resamples: 1 }),
  ).toThrow("must exist");
});

test("grades alpha by Krippendorff's limits", () => {
  expect([0.8, 0.79, 0.667, 0.66, -0.2, null].map(agreementGrade)).toEqual([
    "reliable",
    "tentative",
    "tentative",
    "unreliable",
    "unreliable",
    null,
  ]);
});
