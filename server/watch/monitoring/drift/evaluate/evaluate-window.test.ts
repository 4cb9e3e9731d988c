import { expect, test } from "vitest";
import { type Random, seededRandom } from "#server/stats/random.ts";
import { countBytes, levels, normals, profiled } from "../../../../testing/fixtures/monitoring/drift/testing.ts";
import { MonitorSettings } from "../../contract.ts";
import { divideBudget } from "./budget.ts";
import { evaluateWindow, type WindowOptions } from "./evaluate-window.ts";
import { usualOf } from "./usual.ts";

const cities = ["Turku", "Oulu", "Vaasa", "Lahti"];
const settings = MonitorSettings.parse({});
const options: WindowOptions = { settings, length: "hour", seed: "x" };

function rows(random: Random, count: number, { age = 0, from = cities, score = 0 } = {}) {
  return {
    age: normals(random, count, { mean: age }),
    amount: normals(random, count),
    city: levels(random, count, from),
    score: normals(random, count, { mean: score }),
  };
}

const reference = rows(seededRandom(1), 20_000);
const features = profiled(reference, ["score"]);
const profile = { rows: 20_000, features, importances: { age: 0.5, amount: 0.4, city: 0.1 } };
const evaluate = (columns: ReturnType<typeof rows>, more: Partial<WindowOptions> = {}) =>
  evaluateWindow(profile, countBytes(features, columns), { ...options, ...more });
const stateOf = ({ features }: ReturnType<typeof evaluate>, name: string) =>
  features.find((feature) => feature.name === name)?.state;

test("divides the alarm budget by docs/spec/drift.md section 7: 65% to input distributions, 10% to each other check", () => {
  const thirty = Array.from({ length: 30 }, () => ({ role: "input" as const }));
  const { alphas } = divideBudget(thirty, { settings, length: "hour", share: 1 });
  expect(alphas.distribution).toBeCloseTo(0.65 * 4.9603e-5, 9);
  expect(alphas.missing).toBeCloseTo(0.1 * 4.9603e-5, 9);
  const strict = divideBudget(thirty, { settings: { ...settings, isStrict: true }, length: "hour", share: 0.5 });
  expect(strict.alphas.distribution / alphas.distribution).toBeCloseTo(0.5 * 0.051293, 5);
});

test("reports no drift for the same distribution", () => {
  const { verdict } = evaluate(rows(seededRandom(2), 1000));
  expect(verdict).toMatchObject({ state: "usual", tested: 3, drifted: 0, isPredictionDrift: false });
  expect(verdict.words).toBe("All 3 features match the reference.");
});

test("reports drift for a mean shift of half a deviation, and names stable predictions", () => {
  const evaluated = evaluate(rows(seededRandom(3), 1000, { age: 0.5 }));
  expect(evaluated.verdict).toMatchObject({ state: "drift", drifted: 1, isInputDrift: true, isPredictionDrift: false });
  expect(evaluated.verdict.words).toBe("One of 3 features shows significant drift; predictions are stable.");
  const [age] = evaluated.features;
  expect(age).toMatchObject({ state: "drift", isListed: true, importance: 0.5 });
  // PSI of a normal feature whose mean shifts by δ deviations is about δ².
  expect(age?.psiNet).toBeGreaterThan(0.2);
  expect(age?.psiNet).toBeLessThan(0.32);
  expect(age?.wasserstein).toBeCloseTo(0.5, 1);
  expect(age?.rank).toBeCloseTo((age?.psiNet ?? 0) * 0.5 * 0.1, 9);
});

test("attributes prediction drift without input drift to the model", () => {
  const { verdict } = evaluate(rows(seededRandom(4), 1000, { score: 0.6 }));
  expect(verdict).toMatchObject({ state: "drift", isInputDrift: false, isPredictionDrift: true });
  expect(verdict.words).toContain("check the model");
});

test("measures expected drift without reporting it, and reports small or unimportant changes as minor", () => {
  const moved = rows(seededRandom(5), 1000, { age: 0.5 });
  const expected = evaluate(moved, { expected: new Set(["age"]) });
  expect(expected.verdict).toMatchObject({ state: "expected", drifted: 0 });
  expect(stateOf(expected, "age")).toBe("expected");
  const unimportant = { ...profile, importances: { age: 0.01, amount: 0.6, city: 0.39 } };
  const evaluated = evaluateWindow(unimportant, countBytes(features, moved), options);
  expect(evaluated.verdict.state).toBe("minor");
  const large = evaluate(rows(seededRandom(6), 200_000, { age: 0.05 }));
  expect(large.features[0]).toMatchObject({ state: "minor" });
  expect(large.features[0]?.psiNet).toBeLessThan(0.01);
  expect(large.verdict).toMatchObject({ state: "minor", isReferenceSmall: true });
});

test("alarms separately on missing values, unseen levels and out-of-range values", () => {
  const columns = rows(seededRandom(7), 1000);
  const holes = { ...columns, amount: columns.amount.map((value, at) => (at % 20 === 0 ? null : value)) };
  const holed = evaluateWindow(profile, countBytes(features, holes), options);
  expect(holed.features[1]).toMatchObject({
    state: "drift",
    missing: { share: 0.05, referenceShare: 0, isAlarm: true },
  });
  const unseen = evaluate({ ...columns, city: columns.city.map((city, at) => (at % 20 === 0 ? "Porto" : city)) });
  expect(unseen.features[2]).toMatchObject({ state: "drift", unseen: { share: 0.05, isAlarm: true } });
  const outside = evaluate({ ...columns, amount: columns.amount.map((value, at) => (at % 25 === 0 ? 99 : value)) });
  expect(outside.features[1]).toMatchObject({ outside: { share: 0.04, isAlarm: true } });
});

test("reports insufficient data for few rows, and no data for a feature never sent", () => {
  expect(evaluate(rows(seededRandom(8), 37)).verdict).toMatchObject({
    state: "too-few",
    words: "37 rows: at least 50 needed for a result.",
  });
  expect(evaluate(rows(seededRandom(8), 0)).verdict).toMatchObject({ state: "no-data" });
  const { amount: _, ...without } = rows(seededRandom(9), 500);
  const evaluated = evaluateWindow(profile, countBytes(features, without), options);
  expect(evaluated.features[1]).toMatchObject({ state: "no-data", psi: null, pValue: null, rank: 0 });
  expect(evaluated.verdict).toMatchObject({ state: "usual", tested: 2 });
});

test("says that identifiers cannot be tested, and that a constant is as usual", () => {
  const columns = (from: number, count: number) => ({
    age: normals(seededRandom(from + 1), count),
    id: Array.from({ length: count }, (_, at) => `id ${from + at}`),
    always: new Array<string>(count).fill("one"),
    zero: new Array<number>(count).fill(0),
  });
  const own = profiled(columns(0, 2000), []);
  const reference = { rows: 2000, features: own, importances: null };
  const { verdict, features } = evaluateWindow(reference, countBytes(own, columns(5000, 200)), options);
  expect(features.map(({ state }) => state)).toEqual(["usual", "untestable", "usual", "usual"]);
  expect(features[1]).toMatchObject({ psi: null, pValue: null, method: "no-test" });
  expect(verdict).toMatchObject({ state: "usual", tested: 3, counted: { inside: 3, all: 3 } });
  expect(verdict.words).toBe("All 3 features match the reference; 1 cannot be tested.");
  const { id } = columns(0, 2000);
  const only = profiled({ id }, []);
  const alone = evaluateWindow(
    { rows: 2000, features: only, importances: null },
    countBytes(only, { id: columns(5000, 200).id }),
    options,
  );
  expect(alone.verdict).toMatchObject({
    state: "untestable",
    tested: 0,
    words: "Cannot be tested: in every feature, nearly all values are alike, or each is rare.",
  });
});

test("finds a shift that PSI alone is too coarse for", () => {
  let [found, byPsi] = [0, 0];
  for (let run = 0; run < 20; run += 1) {
    const [age] = evaluate(rows(seededRandom(400 + run), 500, { age: 0.2 })).features;
    if (age?.state === "drift") found += 1;
    if ((age?.psi ?? 0) > (age?.line ?? 0)) byPsi += 1;
    if (age?.state === "drift") expect(age.pValue).toBeLessThanOrEqual(age.alpha);
    expect(age?.ordered?.shift).toBeGreaterThan(0);
  }
  expect(found).toBeGreaterThan(byPsi + 4);
});

test("raises no alarm for grouped rows once ten ordinary windows show their dispersion", () => {
  const grouped = (seed: number) => {
    const few = rows(seededRandom(seed), 200);
    return { ...few, amount: few.amount.flatMap((value) => Array.from({ length: 10 }, () => value)) };
  };
  const windows = Array.from({ length: 12 }, (_, at) => evaluate(grouped(100 + at)));
  expect(windows.filter((window) => stateOf(window, "amount") === "drift").length).toBeGreaterThan(2);
  const earlier = windows.map(({ features }, at) => ({
    at: at * 3_600_000,
    counts: features[1]?.counts ?? [],
    rows: 2000,
    missing: 0,
    unseen: null,
    outside: 0,
    isDrift: false,
  }));
  const usual = usualOf(earlier, "numeric");
  const history = new Map([["amount", { at: null, earlyFloor: 0.5, usual, windows: 12, days: [] }]]);
  const later = Array.from({ length: 12 }, (_, at) => evaluate(grouped(200 + at), { history }));
  expect(later.filter((window) => stateOf(window, "amount") === "drift")).toEqual([]);
  expect(later[0]?.features[1]?.dispersion).toBeGreaterThan(5);
  expect(later[0]?.verdict.calibratedOn).toBe(12);
  expect(
    stateOf(
      evaluate({ ...grouped(300), amount: normals(seededRandom(300), 2000, { mean: 2 }) }, { history }),
      "amount",
    ),
  ).toBe("drift");
});
