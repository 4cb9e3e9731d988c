import { describe, expect, test } from "vitest";
import { normalFrom, seededRandom } from "#server/stats/random.ts";
import { course, steps } from "../../../testing/fixtures/tracking/health/made-courses.ts";
import { detectDiverging } from "./detect-diverging.ts";
import { detectExploding } from "./detect-exploding.ts";
import { detectNoNumber } from "./detect-no-number.ts";
import { detectPlateau } from "./detect-plateau.ts";
import { defaultThresholds } from "./thresholds.ts";

const diverging = (values: number[]) => detectDiverging(course("loss", values), defaultThresholds);
const exploding = (values: number[], openStep?: number) =>
  detectExploding(course("grad_norm", values), defaultThresholds, openStep);
const plateau = (values: number[]) => detectPlateau(course("loss", values), defaultThresholds);

describe("NaN and infinity", () => {
  test("finds NaN at the end where it began, reported by the earliest metric", () => {
    const found = detectNoNumber([
      course("val_loss", [1, 0.5, Number.NaN]),
      course("loss", [1, Number.NaN, 0.5, Number.NaN, Number.NaN]),
      course("grad_norm", [1, 2, 3]),
    ]);
    expect(found).toEqual([
      {
        kind: "nan",
        metric: "val_loss",
        step: 2,
        value: null,
        since: 2000,
        words: "val_loss has been NaN since step 2, as has another metric.",
      },
    ]);
  });

  test("ignores a NaN that has passed", () => {
    expect(detectNoNumber([course("loss", [Number.NaN, 0.5])])).toEqual([]);
  });

  test("finds infinity, which is stored as the largest number", () => {
    expect(detectNoNumber([course("loss", [1, -Number.MAX_VALUE])])).toMatchObject([
      { kind: "infinite", step: 1, words: "loss has been infinite since step 1." },
    ]);
  });
});

describe("exploding gradient norm", () => {
  const calm = steps(60, (step) => 1 + 0.3 * Math.sin(step));

  test("finds five consecutive values far above the usual, from the first one", () => {
    const found = exploding([...calm, 300, 400, 900, 5000, 1e5]);
    expect(found).toMatchObject({ kind: "exploding", step: 60, since: 60_000, value: 1e5 });
    expect(found?.words).toBe("grad_norm is 100000, 97900× its usual 1.02, since step 60.");
  });

  test("ignores a single spike and four high values", () => {
    expect(exploding([...calm, 1e6])).toBeUndefined();
    expect(exploding([...calm, 1e6, 1e6, 1e6, 1e6, 1])).toBeUndefined();
  });

  test("keeps a finding that outlasts the calm before it while its start is known", () => {
    const values = [...calm, ...steps(200, () => 1e4)];
    expect(exploding(values)).toBeUndefined();
    expect(exploding(values, 60)).toMatchObject({ step: 60 });
    expect(exploding([...values, 1], 60)).toBeUndefined();
  });

  test("ignores one more decade in a norm that always varied over decades", () => {
    const random = seededRandom(1);
    const wild = steps(100, () => 10 ** normalFrom(random));
    expect(exploding([...wild, 200, 200, 200, 200, 200])).toBeUndefined();
  });
});

describe("diverging loss", () => {
  const learning = steps(100, (step) => 0.3 + 2 * Math.exp(-step / 20));

  test("finds a loss that stays far above its best, where it turned", () => {
    const found = diverging([...learning, ...steps(40, (step) => 0.35 + step / 10)]);
    expect(found).toMatchObject({ kind: "diverging", metric: "loss" });
    expect(found?.step).toBeGreaterThan(105);
    expect(found?.step).toBeLessThan(125);
    expect(found?.words).toContain("far above its best of 0.3");
  });

  test("finds overfitting, a slow and long rise of a held-out loss", () => {
    expect(diverging([...learning, ...steps(200, (step) => 0.314 + step / 150)])).toMatchObject({ kind: "diverging" });
  });

  test("ignores a short bump, a learning-rate restart and a loss that never fell", () => {
    expect(diverging([...learning, 5, 5, 5, ...steps(40, () => 0.31)])).toBeUndefined();
    expect(diverging([...learning, ...steps(60, (step) => 0.3 + 0.5 * Math.exp(-step / 20))])).toBeUndefined();
    expect(diverging(steps(100, () => 2.3))).toBeUndefined();
  });

  test("ignores the doubling of a tiny loss", () => {
    expect(diverging([...learning.map((value) => value - 0.3), ...steps(60, () => 0.03)])).toBeUndefined();
  });
});

describe("plateauing loss", () => {
  test("finds a loss that stopped falling, where it stopped", () => {
    const random = seededRandom(2);
    const found = plateau(steps(400, (step) => 0.5 + Math.exp(-step / 20) + 0.001 * normalFrom(random)));
    expect(found).toMatchObject({ kind: "plateau" });
    expect(found?.step).toBeGreaterThan(60);
    expect(found?.step).toBeLessThan(200);
  });

  test("finds a loss that never fell", () => {
    expect(plateau(steps(100, () => 2.3))).toMatchObject({ kind: "plateau" });
  });

  test("ignores slow improvement and too few points", () => {
    expect(plateau(steps(400, (step) => 1 - step / 1000))).toBeUndefined();
    expect(plateau(steps(99, () => 1))).toBeUndefined();
  });
});

test("raises false alarms for less than 1% of 1,000 noisy runs that learn, and no plateau for improving ones", () => {
  const random = seededRandom(7);
  let alarms = 0;
  let plateaus = 0;
  for (let run = 0; run < 1000; run++) {
    const count = 60 + Math.floor(random() * 300);
    const speed = count * (0.1 + random());
    const noise = 0.3 * random();
    // One value in fifty is an outlier, as is common with mini-batches.
    const jolt = () => (random() < 0.02 ? 5 : 1);
    const loss = steps(
      count,
      (step) =>
        0.2 +
        2 * Math.exp(-step / speed) * (1 + noise * normalFrom(random) * jolt()) +
        noise * 0.2 * normalFrom(random) * jolt(),
    );
    const norm = steps(count, (step) => Math.exp(-step / speed + (0.2 + noise * 3) * normalFrom(random) * jolt()));
    if (diverging(loss) || exploding(norm)) alarms++;
    if (speed > count / 2 && plateau(loss)) plateaus++;
  }
  expect(alarms).toBeLessThan(10);
  expect(plateaus).toBe(0);
});
