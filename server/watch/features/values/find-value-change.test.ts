import { expect, test } from "vitest";
import { hourMs } from "#server/base/durations.ts";
import { findValueChange, type ValueHour } from "./find-value-change.ts";
import { addValue, emptyValueTally, hasLevels, mergeValueTallies, StoredLevels } from "./value-tally.ts";

/** A generator whose numbers repeat, so that the simulation does. */
function seeded(seed: number) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const random = seeded(11);

/** An hour of rows, of which a share is null and the others have a level each by its weight. */
function hour(at: number, rows: number, nullShare: number, weights: Record<string, number> = {}): ValueHour {
  const tally = emptyValueTally(Object.keys(weights).length > 0);
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  for (let row = 0; row < rows; row += 1) {
    if (random() < nullShare) addValue(tally, null);
    else {
      let left = random() * total;
      let level = "1";
      for (const [name, weight] of Object.entries(weights)) {
        level = name;
        left -= weight;
        if (left <= 0) break;
      }
      addValue(tally, level);
    }
  }
  return { hour: at * hourMs, ...tally };
}

const week = (nullShare: number, weights?: Record<string, number>, rows = 100) =>
  Array.from({ length: 48 }, (_, at) => hour(at, rows, nullShare, weights));

test("finds a share of nulls that no hour of the week had, in either direction", () => {
  expect(findValueChange([...week(0.02), hour(48, 100, 0.5)])).toMatchObject({ kind: "nulls", rows: 100 });
  expect(findValueChange([...week(0.9), hour(48, 100, 0.1)])).toMatchObject({ kind: "nulls" });
});

test("finds levels that are new, and one that is gone", () => {
  const usual = { car: 6, bike: 3, foot: 1 };
  expect(findValueChange([...week(0, usual), hour(48, 100, 0, { car: 6, Bike: 4 })])).toMatchObject({
    kind: "new-levels",
    levels: ["Bike"],
  });
  expect(findValueChange([...week(0, usual), hour(48, 100, 0, { car: 7, foot: 1 })])).toMatchObject({
    kind: "lost-level",
    level: "bike",
  });
});

test("finds nothing in hours that are as they were: 2,000 hours, with nulls and levels, quiet and busy", () => {
  const found: unknown[] = [];
  for (let run = 0; run < 500; run += 1) {
    const share = random() * 0.5;
    const weights = { a: 5, b: 3, c: 1 + random(), d: 0.2 };
    const hours = Array.from({ length: 24 }, (_, at) => hour(at, 30 + Math.floor(random() * 60), share, weights));
    for (let end = 21; end <= 24; end += 1) {
      const change = findValueChange(hours.slice(0, end));
      if (change) found.push(change);
    }
  }
  expect(found).toEqual([]);
});

// Chances by scipy.stats.fisher_exact.
test.each<[what: string, rows: number, changed: number, before: number, isFound: boolean]>([
  // 6e-3 and 3e-2: one row of 30, after 5,000 and 1,000 rows.
  ["level", 30, 1, 5_000, false],
  ["level", 30, 1, 1_000, false],
  // 3.4e-5 and 2e-7.
  ["level", 30, 2, 5_000, false],
  ["level", 30, 3, 5_000, true],
  // 3.4e-5 and 2e-7.
  ["null", 30, 2, 5_000, false],
  ["null", 30, 3, 5_000, true],
])("%s: of %i rows %i differ from %i before: %s", (what, rows, changed, before, isFound) => {
  const plain = (at: number, own: number): ValueHour => ({ hour: at, rows: own, nulls: 0, levels: { a: own } });
  const last: ValueHour =
    what === "null"
      ? { hour: 9, rows, nulls: changed, levels: { a: rows - changed } }
      : { hour: 9, rows, nulls: 0, levels: { a: rows - changed, b: changed } };
  expect(findValueChange([plain(1, before / 2), plain(2, before / 2), last]) !== undefined).toBe(isFound);
});

test("compares with the time before the change while a finding is open, until a week has passed", () => {
  const nulls = [...week(0.02), hour(48, 100, 0.6), hour(49, 100, 0.6)];
  const first = findValueChange(nulls.slice(0, -1));
  expect(first).toMatchObject({ kind: "nulls", since: 48 * hourMs });
  expect(findValueChange(nulls, first?.since)).toMatchObject({ kind: "nulls", since: 48 * hourMs });
  expect(findValueChange([...nulls, hour(50, 100, 0.02)], first?.since)).toBeUndefined();
  expect(findValueChange(nulls.slice(48), first?.since)).toBeUndefined();
  const usual = { car: 6, bike: 4 };
  const levels = [...week(0, usual), hour(48, 100, 0, { car: 6, Bike: 4 }), hour(49, 100, 0, { car: 6, Bike: 4 })];
  expect(findValueChange(levels, 48 * hourMs)).toMatchObject({ kind: "new-levels", levels: ["Bike"] });
});

test("counts levels with names that every object has", () => {
  const usual = { constructor: 6, toString: 3, car: 1 };
  const hours = [...week(0, usual), hour(48, 100, 0, { constructor: 9, car: 1 })];
  expect(hours[0]?.levels).toEqual({
    constructor: expect.any(Number),
    toString: expect.any(Number),
    car: expect.any(Number),
  });
  const stored: ValueHour[] = JSON.parse(JSON.stringify(hours));
  expect(findValueChange(stored)).toMatchObject({ kind: "lost-level", level: "toString" });
  const [one, other] = [emptyValueTally(true), { rows: 2, nulls: 0, levels: { constructor: 2 } }];
  addValue(one, "car");
  expect(mergeValueTallies(one, other).levels).toEqual({ car: 1, constructor: 2 });
  expect(mergeValueTallies(JSON.parse(JSON.stringify(one)), other).levels).toEqual({ car: 1, constructor: 2 });
});

test("reads levels whose count an earlier release stored as a text", () => {
  const stored = { constructor: "function Object() { [native code] }11", car: 4 };
  const levels = StoredLevels.parse(JSON.parse(JSON.stringify(stored)));
  expect({ ...levels }).toEqual({ constructor: 1, car: 4 });
  const tally = emptyValueTally(true);
  addValue(tally, "constructor");
  expect(mergeValueTallies({ rows: 5, nulls: 0, levels }, tally).levels).toEqual({ constructor: 2, car: 4 });
  expect(StoredLevels.parse(null)).toBeNull();
});

test("keeps levels that Postgres can store", () => {
  const tally = emptyValueTally(true);
  for (const value of ["a\0", "\ud800", "a\0"]) addValue(tally, value);
  expect(tally.levels).toEqual({ "a\uFFFD": 2, "\uFFFD": 1 });
});

test("says nothing with too little to compare", () => {
  expect(findValueChange([])).toBeUndefined();
  expect(findValueChange([hour(0, 500, 0), hour(1, 500, 1)])).toBeUndefined();
  expect(findValueChange([...week(0, undefined, 100).slice(0, 2), hour(2, 29, 1)])).toBeUndefined();
});

test("keeps levels only of few short texts, and none of personal data", () => {
  expect(hasLevels({ type: "string" })).toBe(true);
  expect(hasLevels({ type: "string", tags: { pii: "" } })).toBe(false);
  expect(hasLevels({ type: "float64" })).toBe(false);
  const many = emptyValueTally(true);
  for (let index = 0; index < 60; index += 1) addValue(many, `name ${index}`);
  expect(many).toEqual({ rows: 60, nulls: 0, levels: null });
  const [one, other] = [emptyValueTally(true), emptyValueTally(true)];
  for (const value of ["a", "a", null]) addValue(one, value);
  for (const value of ["a", "b"]) addValue(other, value);
  expect(mergeValueTallies(one, other)).toEqual({ rows: 5, nulls: 1, levels: { a: 3, b: 1 } });
  expect(mergeValueTallies(one, many).levels).toBeNull();
});
