import { expect, test } from "vitest";
import { normalFrom, type Random, seededRandom } from "#server/stats/random.ts";
import {
  categoricalProfile,
  feature,
  numericProfile,
  stateOf,
} from "../../../../testing/fixtures/monitoring/integrity/upstream/testing.ts";
import type { FeatureState, ProfiledFeature } from "../../state/contract.ts";
import { nameChanges } from "./name-changes.ts";

type Row = { distance: number; age: number; delay: number; carrier: string; origin: string };

const carriers = ["UA", "AA", "DL", "B6", "WN"];
const origins = ["JFK", "LGA", "EWR"];
const pick = (names: string[], random: Random) => names[Math.floor(random() ** 1.6 * names.length)] as string;
const newRow = (random: Random): Row => ({
  distance: Math.exp(6.5 + 0.6 * normalFrom(random)),
  age: Math.round(30 + 8 * normalFrom(random)),
  delay: 5 + 20 * normalFrom(random),
  carrier: pick(carriers, random),
  origin: pick(origins, random),
});

const random = seededRandom(3);
const rows = (count: number) => Array.from({ length: count }, () => newRow(random));
const reference = rows(8000);
const features: ProfiledFeature[] = [
  feature("distance", numericProfile(reference.map(({ distance }) => distance))),
  feature("age", numericProfile(reference.map(({ age }) => age))),
  feature("delay", numericProfile(reference.map(({ delay }) => delay))),
  feature("carrier", categoricalProfile(reference.map(({ carrier }) => carrier))),
  feature("origin", categoricalProfile(reference.map(({ origin }) => origin))),
];

/** Returns the named changes when every row of a window undergoes the change. */
function named(change: (row: Row) => object, count = 800) {
  const changed = rows(count).map((row) => ({ ...row, ...change(row) }));
  const states: FeatureState[] = features.map(({ name, profile }) =>
    stateOf(
      profile,
      changed.map((row) => row[name as keyof Row]),
    ),
  );
  return nameChanges(features, { rows: count, features: states, scores: new Map() });
}

test("reports nothing in 300 windows without a change", () => {
  const found = Array.from({ length: 300 }, () => named(() => ({}), 200)).flat();
  expect(found).toEqual([]);
});

test("reports a changed unit with the likely conversion and both means", () => {
  const [found, ...others] = named(({ distance }) => ({ distance: distance * 1.609344 }));
  expect(others).toEqual([]);
  expect(found).toMatchObject({ kind: "unit changed", feature: "distance", share: 1 });
  expect(found?.words).toMatch(
    /^`distance` is 1\.609 times its previous value, as if the unit changed from miles to kilometres; mean \d+/,
  );
});

test("reports a default value that floods a feature, inside or outside its range", () => {
  const zeros = named(({ age }) => ({ age: random() < 0.25 ? 0 : age }));
  expect(zeros).toMatchObject([{ kind: "default value", feature: "age", evidence: { value: 0, isExact: true } }]);
  expect(zeros[0]?.share).toBeCloseTo(0.25, 1);
  const nines = named(({ delay }) => ({ delay: random() < 0.1 ? -999 : delay }));
  expect(nines).toMatchObject([{ kind: "default value", feature: "delay", evidence: { value: -999, isExact: true } }]);
});

test("reports a renamed level, by its number of rows or an equivalent name", () => {
  const renamed = named(({ carrier }) => ({ carrier: carrier === "UA" ? "United" : carrier }));
  expect(renamed).toMatchObject([{ kind: "level renamed", feature: "carrier" }]);
  expect(renamed[0]?.words).toContain('"UA" is now "United"');
  const lower = named(({ carrier }) => ({ carrier: carrier.toLowerCase() }));
  const found = (lower[0]?.evidence.renamed ?? []) as { from: string; to: string }[];
  const pairs = found.map(({ from, to }) => [from, to]);
  expect(pairs.toSorted()).toEqual(carriers.map((name) => [name, name.toLowerCase()]).toSorted());
});

test("reports a level without a successor as disappeared", () => {
  const gone = named(({ origin }) => ({ origin: origin === "EWR" ? "JFK" : origin }));
  expect(gone).toMatchObject([{ kind: "level disappeared", feature: "origin" }]);
});

test("reports swapped columns as a pair, numbers and levels", () => {
  const numbers = named(({ age, delay }) => ({ age: delay, delay: age }));
  expect(numbers).toMatchObject([{ kind: "columns swapped", feature: "age", evidence: { other: "delay" } }]);
  const levels = named(({ carrier, origin }) => ({ carrier: origin, origin: carrier }));
  expect(levels).toMatchObject([{ kind: "columns swapped", feature: "carrier", evidence: { other: "origin" } }]);
});

test("does not report a shift as an upstream change", () => {
  expect(named(({ delay }) => ({ delay: delay + 15 }))).toEqual([]);
  expect(named(({ distance }) => ({ distance: distance * 1.1 }))).toEqual([]);
});
