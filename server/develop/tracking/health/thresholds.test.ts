import { expect, test } from "vitest";
import { defaultThresholds, thresholdsOf } from "./thresholds.ts";

const tag = (key: string, value: string) => ({ key: `leeway.health.${key}`, value });

test("uses the defaults without tags", () => {
  expect(thresholdsOf([], [{ key: "owner", value: "3" }])).toEqual(defaultThresholds);
});

test("prefers a tag of the run to one of its experiment", () => {
  const of = thresholdsOf(
    [tag("silent_minutes", "60"), tag("exploding_factor", "100")],
    [tag("silent_minutes", "5"), tag("diverging_share", "2")],
  );
  expect(of).toMatchObject({ silentAfterMs: 300_000, explodingFactor: 100, divergingShare: 2, plateauShare: 0.01 });
});

test("disables kinds, and ignores unknown names", () => {
  expect([...thresholdsOf([tag("off", "plateau, nan  bogus")], []).off]).toEqual(["nan", "plateau"]);
});

test.each(["", "x", "-1", "0", "Infinity", "NaN"])("ignores the invalid threshold %j", (value) => {
  expect(thresholdsOf([tag("silent_minutes", value)], [])).toEqual(defaultThresholds);
});
