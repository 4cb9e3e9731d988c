import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type GoldenSide, goldenLevels, goldenNumbers } from "../golden-data.ts";
import { chooseMethod, datasetVerdict } from "./choose-method.ts";
import { type CompatibleColumn, levelColumn, numericColumn, tableOf } from "./column.ts";
import { columnType } from "./column-type.ts";
import { type CompatibleMethod, compatibleMethods, compatibleScore } from "./compatible-score.ts";
import { totalVariationTest } from "./contingency-tests.ts";
import { empiricalDistances } from "./empirical.ts";
import { evidentlyBins } from "./equal-width.ts";
import { kernelTest } from "./kernel-test.ts";
import { eppsSingleton } from "./moment-tests.ts";
import { nannymlLimit, nannymlScores } from "./nannyml.ts";
import { oneSampleTail } from "./one-sample-ks.ts";

interface Vector {
  id: string;
  dataset: string;
  method: string;
  variant?: string;
  expected: { p_value?: number; score?: number; drift?: boolean; threshold?: number; bins?: number; error?: string };
  tolerance?: { abs?: number; rel?: number; p_abs?: number };
  intermediate?: Record<string, number>;
}
interface Golden {
  datasets: Record<string, { type: string; dtype?: string; reference: GoldenSide; current: GoldenSide }>;
  evidently: Vector[];
  nannyml: Vector[];
  special_functions: { kstwo_sf: { n: number; d: number; p: number }[] };
}
const golden: Golden = JSON.parse(readFileSync(new URL("../golden-drift.json", import.meta.url), "utf8"));

function sides(id: string): { reference: CompatibleColumn; current: CompatibleColumn } {
  const dataset = golden.datasets[id];
  if (!dataset) throw new Error(`There is no golden dataset ${id}.`);
  const column = (side: GoldenSide) =>
    dataset.type === "categorical"
      ? levelColumn(goldenLevels(side))
      : numericColumn(goldenNumbers(side), dataset.dtype === "int64");
  return { reference: column(dataset.reference), current: column(dataset.current) };
}

function near(value: number, expected: number, { abs = 0, rel = 0 }: { abs?: number; rel?: number }) {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(Math.max(abs, rel * Math.abs(expected)));
}

const plain = golden.evidently.filter((vector) => vector.expected.drift !== undefined && vector.method !== "TVD");
test.each(plain)("$id matches Evidently", ({ dataset, method, expected, tolerance = {} }) => {
  const { reference, current } = sides(dataset);
  const found = compatibleScore(method as CompatibleMethod, reference, current);
  near(found.score, expected.p_value ?? expected.score ?? Number.NaN, { abs: 1e-12, ...tolerance });
  expect(found).toMatchObject({ isDrift: expected.drift, threshold: expected.threshold });
  expect(found.kind).toBe(expected.p_value === undefined ? "distance" : "p-value");
});

test("supports and tests every method of the golden cases", () => {
  expect(plain).toHaveLength(64);
  for (const { method } of golden.evidently) expect(compatibleMethods).toHaveProperty(method);
});

test.each(golden.evidently.filter(({ method }) => method === "TVD"))(
  "$id: matches the distance to the last digit and the p-value within sampling error",
  (vector) => {
    const { reference, current } = sides(vector.dataset);
    const { statistic, pValue } = totalVariationTest(tableOf(reference, current));
    near(statistic, vector.intermediate?.statistic ?? Number.NaN, { rel: 1e-12 });
    near(pValue, vector.expected.p_value ?? Number.NaN, { abs: vector.tolerance?.p_abs });
  },
);

test("rejects the same input as Evidently in the G test", () => {
  const { reference, current } = sides("cat5_shift");
  expect(() => compatibleScore("g_test", reference, current)).toThrow(/as many current rows/);
});

test("rejects a method that does not fit the column, and an empty side", () => {
  const { reference, current } = sides("cat_binary");
  expect(() => compatibleScore("ks", reference, current)).toThrow(/needs numbers/);
  expect(() => compatibleScore("psi", reference, levelColumn([]))).toThrow(/no values/);
});

test.each(golden.evidently.filter(({ intermediate }) => intermediate?.sturges_bins))(
  "$id: matches the bins",
  ({ dataset, intermediate }) => {
    const { reference, current } = sides(dataset);
    const { edges } = evidentlyBins(reference, current);
    expect(edges).toHaveLength((intermediate?.sturges_bins ?? 0) + 1);
    near(edges?.[0] ?? Number.NaN, intermediate?.first_edge ?? 0, { abs: 1e-12 });
    near(edges?.at(-1) ?? Number.NaN, intermediate?.last_edge ?? 0, { abs: 1e-12 });
  },
);

test.each(golden.evidently.filter(({ intermediate }) => intermediate?.D !== undefined))(
  "$id: matches D",
  ({ dataset, intermediate }) => {
    const { reference, current } = sides(dataset);
    if (reference.type !== "numerical" || current.type !== "numerical") throw new Error("numbers");
    near(empiricalDistances(reference.sorted, current.sorted).d, intermediate?.D ?? Number.NaN, { abs: 1e-14 });
  },
);

test.each(golden.evidently.filter(({ method }) => method === "es"))(
  "$id: matches the statistic and its degrees of freedom",
  ({ dataset, intermediate }) => {
    const { reference, current } = sides(dataset);
    if (reference.type !== "numerical" || current.type !== "numerical") throw new Error("numbers");
    const { statistic, degrees } = eppsSingleton(reference.sorted, current.sorted);
    near(statistic, intermediate?.statistic ?? Number.NaN, { rel: 1e-9 });
    expect(degrees).toBe(intermediate?.df);
  },
);

test.each(golden.special_functions.kstwo_sf)(
  "computes the asymptotic KS p-value for $n values and D $d",
  ({ n, d, p }) => {
    near(oneSampleTail(d, n), p, { rel: 1e-7 });
  },
);

test("keeps the branches of the one-sample tail continuous", () => {
  for (const [n, d] of [
    [140, 0.1],
    [141, 0.1],
    [1000, 0.0469],
    [100_000, 0.00468],
    [5000, 0.0043],
  ] as const) {
    const [below, above] = [oneSampleTail(d * (1 - 1e-9), n), oneSampleTail(d * (1 + 1e-9), n)];
    expect(below).toBeGreaterThanOrEqual(above - 1e-9);
    near(below, above, { rel: 1e-6 });
  }
  expect(oneSampleTail(0, 10)).toBe(1);
  expect(oneSampleTail(1, 10)).toBe(0);
});

test.each(golden.nannyml)("$id matches NannyML", ({ dataset, expected, tolerance = {} }) => {
  const { reference, current } = sides(dataset);
  const found = nannymlScores(reference, current);
  near(found.jensenShannon, expected.score ?? Number.NaN, tolerance);
  expect(found.bins).toBe(expected.bins);
});

test("matches NannyML for levels: the largest difference of shares and a two-sample chi-square", () => {
  const { reference, current } = sides("cat_binary");
  const found = nannymlScores(reference, current);
  near(found.infinity ?? Number.NaN, 22 / 500, { abs: 1e-12 });
  // scipy's chi2_contingency, which corrects two levels by Yates; without the correction 0.13838.
  near(found.chiSquarePValue ?? Number.NaN, 0.15722013142571825, { rel: 1e-9 });
  expect(nannymlLimit([1, 3])).toBe(5);
});

test("chooses Evidently's default method by reference size and number of distinct values", () => {
  const many = (rows: number, distinct: number) =>
    numericColumn(Array.from({ length: rows }, (_, row) => row % distinct));
  expect(chooseMethod(many(1000, 6), many(50, 6))).toBe("ks");
  expect(chooseMethod(many(1001, 6), many(50, 6))).toBe("wasserstein");
  expect(chooseMethod(many(1000, 5), many(50, 5))).toBe("chisquare");
  expect(chooseMethod(many(1001, 5), many(50, 5))).toBe("jensenshannon");
  expect(chooseMethod(many(1000, 2), many(50, 2))).toBe("z");
  // A sixth value on the current side counts, too.
  expect(chooseMethod(many(1000, 5), many(50, 6))).toBe("ks");
  expect(chooseMethod(levelColumn(["a", "b", "c"]), levelColumn(["a"]))).toBe("chisquare");
  expect(chooseMethod(levelColumn(["a", "b"]), levelColumn(["a"]))).toBe("z");
  expect(datasetVerdict([true, false])).toEqual({ share: 0.5, isDrift: true });
  expect(datasetVerdict([true, false, false]).isDrift).toBe(false);
});

test("derives column types from pandas dtypes", () => {
  const of = (dtype: string, distinct = 100, ends?: "strings" | "lists" | "other") =>
    columnType({ dtype, distinct, count: 150, ends });
  expect([of("float32"), of("int64"), of("int64", 10), of("int8", 11)]).toEqual([
    "numerical",
    "numerical",
    "categorical",
    "numerical",
  ]);
  expect([of("bool"), of("category"), of("uint8", 3), of("Int64", 3)]).toEqual([
    "categorical",
    "categorical",
    "unknown",
    "unknown",
  ]);
  expect([of("object"), of("object", 75), of("str", 76)]).toEqual(["text", "categorical", "text"]);
  expect([of("object", 9, "lists"), of("object", 9, "other"), of("datetime64[ns]")]).toEqual([
    "list",
    "unknown",
    "datetime",
  ]);
});

test("detects shifted values with the kernel test, but not equal ones", () => {
  const [a, b] = [
    goldenNumbers({ kind: "normal", seed: 1, n: 120 }),
    goldenNumbers({ kind: "normal", seed: 2, n: 100 }),
  ];
  const [one, other] = [Float64Array.from(a), Float64Array.from(b)];
  expect(kernelTest(one, other).pValue).toBeGreaterThan(0.05);
  expect(
    kernelTest(
      one,
      other.map((value) => value + 1),
    ).pValue,
  ).toBe(0);
  expect(() => kernelTest(new Float64Array(4001), one)).toThrow(/at most 4000 rows/);
});
