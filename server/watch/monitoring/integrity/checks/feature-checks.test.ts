import { expect, test } from "vitest";
import { normalFrom, seededRandom } from "#server/stats/random.ts";
import { poissonFrom } from "#server/stats/random-counts.ts";
import {
  categoricalProfile,
  feature,
  numericProfile,
  stateOf,
} from "../../../../testing/fixtures/monitoring/integrity/upstream/testing.ts";
import { alphasOf } from "./alphas.ts";
import { checkFeature } from "./feature-checks.ts";

const random = seededRandom(5);
const alphas = { missing: 1e-6, unseen: 1e-6 };
const normal = (count: number, gaps = 0) =>
  Array.from({ length: count }, () => (random() < gaps ? null : 50 + 10 * normalFrom(random)));
const amount = numericProfile(normal(5000).filter((value) => value !== null));
const withGaps = { ...amount, nulls: 20 };
const level = (names: number) => `l${Math.floor(random() ** 3 * names)}`;
const carrier = categoricalProfile(Array.from({ length: 5000 }, () => level(12)));

function broken(name: string, profile: typeof amount | typeof carrier, values: (number | string | null)[]) {
  const found = checkFeature(feature(name, profile), stateOf(profile, values), alphas);
  return found.filter(({ state }) => state === "broken").map(({ check, severity }) => [check, severity]);
}

test("opens a ticket for missing values, and a page once half of a required input is missing", () => {
  expect(broken("amount", withGaps, normal(800, 0.06))).toEqual([["missing values", "ticket"]]);
  expect(broken("amount", withGaps, normal(800, 0.7))).toEqual([["missing values", "page"]]);
  const optional = { ...amount, nulls: 3000 };
  expect(broken("amount", optional, normal(800, 0.8))).toEqual([["missing values", "ticket"]]);
});

test("describes missing values with both shares and the number of rows", () => {
  const values = [...normal(938), ...Array.from({ length: 62 }, () => null)];
  const [missing] = checkFeature(feature("amount", withGaps), stateOf(withGaps, values), alphas);
  expect(missing?.words).toMatch(/^6\.2% of `amount` is missing, 0\.398% in the reference \(1,000 rows\)\.$/);
});

test("reports a significant but small increase without a severity", () => {
  const few = { ...amount, nulls: 0 };
  const values = [...normal(30_000), ...Array.from({ length: 140 }, () => null)];
  const [missing] = checkFeature(feature("amount", few), stateOf(few, values), alphas);
  expect(missing).toMatchObject({ state: "small", severity: null });
});

test("finds infinite, out-of-range, unseen and constant values", () => {
  expect(broken("amount", amount, [...normal(500), ...Array(20).fill(Number.POSITIVE_INFINITY)])).toEqual([
    ["infinite values", "ticket"],
  ]);
  expect(broken("amount", amount, [...normal(500), ...Array(20).fill(500)])).toEqual([["out of range", "ticket"]]);
  expect(broken("amount", amount, Array(60).fill(50))).toEqual([["constant", "ticket"]]);
  const levels = Array.from({ length: 500 }, () => level(12));
  expect(broken("carrier", carrier, [...levels, ...Array(20).fill("new")])).toEqual([["unseen levels", "ticket"]]);
  expect(broken("carrier", carrier, Array(60).fill("l3"))).toEqual([["constant", "ticket"]]);
});

test("pages for constant predictions", () => {
  const predictions = feature("prediction", carrier, "output");
  const found = checkFeature(predictions, stateOf(carrier, Array(400).fill("l0")), alphas);
  expect(found.find(({ check }) => check === "constant")).toMatchObject({ state: "broken", severity: "page" });
});

test("returns unknown for fewer than 50 rows", () => {
  const found = checkFeature(feature("amount", amount), stateOf(amount, normal(49)), alphas);
  expect(new Set(found.map(({ state }) => state))).toEqual(new Set(["unknown"]));
});

test("limits the checks of 20 features to a fifth of one false alarm in 4 weeks at any window size", () => {
  const profiles = Array.from({ length: 20 }, (_, index) => {
    const few = categoricalProfile(Array.from({ length: 3000 }, () => level(40)));
    return feature(`f${index}`, index % 2 === 0 ? { ...amount, nulls: 15 } : { ...few, nulls: 15 });
  });
  const own = alphasOf(profiles, { weeksPerFalseAlarm: 4, isStrict: false }, "day");
  // Half of a fifth is budgeted in 672 hours; ten times as much in 300 windows, so that there is something to count: one alarm.
  const windows = 300;
  const scale = (10 * 4 * 168) / windows;
  const scaled = { missing: own.missing * scale, unseen: own.unseen * scale };
  let alarms = 0;
  for (let window = 0; window < windows; window++) {
    const rows = 50 + poissonFrom(150, random);
    for (const { name, role, profile } of profiles) {
      const values = Array.from({ length: rows }, () =>
        random() < 0.005 ? null : profile.kind === "numeric" ? 50 + 10 * normalFrom(random) : level(40),
      );
      const found = checkFeature({ name, role, profile }, stateOf(profile, values), scaled);
      alarms += found.filter(
        ({ check, pValue }) => isTested(check) && pValue !== null && pValue < alphaFor(check, scaled),
      ).length;
    }
  }
  expect(alarms).toBeLessThanOrEqual(4);
});

const isTested = (check: string) => check !== "constant";
const alphaFor = (check: string, of: typeof alphas) =>
  check === "missing values" || check === "infinite values" ? of.missing : of.unseen;
