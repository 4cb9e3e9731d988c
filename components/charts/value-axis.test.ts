import { expect, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import { type AxisValue, numberAt, planAxis, positionOn } from "./value-axis.ts";

const positions = (values: AxisValue[]) => {
  const axis = planAxis(values);
  return values.map((value) => positionOn(axis, value));
};

test("parses params as numbers, and labels all values if there are few", () => {
  const axis = planAxis(["64", "128", "256", "64"]);
  expect(axis).toMatchObject({ scale: "linear", low: 64, high: 256 });
  expect(axis.ticks.map(({ label }) => label)).toEqual(["64", "128", "256"]);
  expect(positionOn(axis, "128")).toEqual({ at: 1 / 3 });
});

test("uses a logarithmic axis for values over several decades", () => {
  const axis = planAxis(["1e-4", "0.001", "0.01"]);
  expect(axis.scale).toBe("log");
  expect(positionOn(axis, "0.001")).toEqual({ at: expect.closeTo(0.5, 9) });
  expect(numberAt(axis, 0.5)).toBeCloseTo(0.001, 9);
});

test("gives categories evenly spaced positions, alphabetical from the top; a single one is centred", () => {
  const axis = planAxis(["resnet18", "vit-tiny", "4", "resnet18"]);
  expect(axis).toMatchObject({ scale: "category", categories: ["vit-tiny", "resnet18", "4"] });
  expect(positionOn(axis, "resnet18")).toEqual({ at: 0.5 });
  expect(positions(["relu", "relu"])[0]).toEqual({ at: 0.5 });
});

test("places NaN, infinity and missing values below the axis, distinguished from each other", () => {
  const values = [0.5, Number.NaN, undefined, Number.MAX_VALUE, 0.7];
  expect(planAxis(values).rests).toEqual(["nan", "missing"]);
  expect(positions(values).map((position) => ("rest" in position ? position.rest : "on"))).toEqual([
    "on",
    "nan",
    "missing",
    "nan",
    "on",
  ]);
  expect(positions(["nan", "0.1"])[0]).toEqual({ rest: "nan" });
  expect(positions(["nan", "adam"])[0]).toEqual({ at: 0 });
  expect(planAxis([undefined]).rests).toEqual(["missing"]);
});

test("keeps extremes on the axis and in order, in 300 random sets", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = seededRandom(seed);
    const size = 10 ** Math.floor(random() * 12 - 6);
    const values = Array.from({ length: 1 + Math.floor(random() * 60) }, (): AxisValue => {
      const kind = random();
      if (kind < 0.1) return undefined;
      return kind < 0.2 ? Number.NaN : (random() - (seed % 3 === 0 ? 0 : 0.4)) * size;
    });
    const axis = planAxis(values);
    const measured = values.flatMap((value) => (typeof value === "number" && value < 1e9 ? [value] : []));
    measured.sort((a, b) => a - b);
    const shares = measured
      .map((value) => positionOn(axis, value))
      .map((position) => ("at" in position ? position.at : Number.NaN));
    for (const share of shares) {
      expect(share, `seed ${seed}`).toBeGreaterThanOrEqual(-1e-9);
      expect(share, `seed ${seed}`).toBeLessThanOrEqual(1 + 1e-9);
    }
    expect(shares, `seed ${seed}`).toEqual(shares.toSorted((a, b) => a - b));
  }
});

test("keeps labels from overlapping, and labels both ends", () => {
  const { ticks } = planAxis(["1", "1.01", "1.02", "50", "99.9", "100"]);
  expect(ticks.map(({ label }) => label)).toEqual(["1", "50", "100"]);
  expect(planAxis(Array.from({ length: 100 }, (_, index) => `name ${index}`)).ticks.length).toBeLessThanOrEqual(16);
});
