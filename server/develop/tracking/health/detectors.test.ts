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

describe("no number", () => {
  test("NaN at the end is found where it began, told by the metric that was first", () => {
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

  test("a NaN that went by is none", () => {
    expect(detectNoNumber([course("loss", [Number.NaN, 0.5])])).toEqual([]);
  });

  test("infinity, which is stored as the largest number, is found", () => {
    expect(detectNoNumber([course("loss", [1, -Number.MAX_VALUE])])).toMatchObject([
      { kind: "infinite", step: 1, words: "loss has been infinite since step 1." },
    ]);
  });
});

describe("exploding", () => {
  const calm = steps(60, (step) => 1 + 0.3 * Math.sin(step));

  test("five values in a row far above what was usual are found from the first on", () => {
    const found = exploding([...calm, 300, 400, 900, 5000, 1e5]);
    expect(found).toMatchObject({ kind: "exploding", step: 60, since: 60_000, value: 1e5 });
    expect(found?.words).toBe("grad_norm is 100000, 97900× its usual 1.02, since step 60.");
  });

  test("a spike, and four, are none", () => {
    expect(exploding([...calm, 1e6])).toBeUndefined();
    expect(exploding([...calm, 1e6, 1e6, 1e6, 1e6, 1])).toBeUndefined();
  });

  test("one that lasts longer than the calm before stays found while its beginning is known", () => {
    const values = [...calm, ...steps(200, () => 1e4)];
    expect(exploding(values)).toBeUndefined();
    expect(exploding(values, 60)).toMatchObject({ step: 60 });
    expect(exploding([...values, 1], 60)).toBeUndefined();
  });

  test("a norm that always scattered over decades does not explode by one more decade", () => {
    const random = seededRandom(1);
    const wild = steps(100, () => 10 ** normalFrom(random));
    expect(exploding([...wild, 200, 200, 200, 200, 200])).toBeUndefined();
  });
});

describe("diverging", () => {
  const learning = steps(100, (step) => 0.3 + 2 * Math.exp(-step / 20));

  test("a loss far above its best for long is found where it turned", () => {
    const found = diverging([...learning, ...steps(40, (step) => 0.35 + step / 10)]);
    expect(found).toMatchObject({ kind: "diverging", metric: "loss" });
    expect(found?.step).toBeGreaterThan(105);
    expect(found?.step).toBeLessThan(125);
    expect(found?.words).toContain("far above its best of 0.3");
  });

  test("overfitting, a held-out loss that rises slowly for long, is found", () => {
    expect(diverging([...learning, ...steps(200, (step) => 0.314 + step / 150)])).toMatchObject({ kind: "diverging" });
  });

  test("a short bump, a restart of the learning rate, and a loss that never fell are none", () => {
    expect(diverging([...learning, 5, 5, 5, ...steps(40, () => 0.31)])).toBeUndefined();
    expect(diverging([...learning, ...steps(60, (step) => 0.3 + 0.5 * Math.exp(-step / 20))])).toBeUndefined();
    expect(diverging(steps(100, () => 2.3))).toBeUndefined();
  });

  test("a tiny loss that doubles has lost nothing", () => {
    expect(diverging([...learning.map((value) => value - 0.3), ...steps(60, () => 0.03)])).toBeUndefined();
  });
});

describe("plateau", () => {
  test("a loss that stands still is found where it stopped", () => {
    const random = seededRandom(2);
    const found = plateau(steps(400, (step) => 0.5 + Math.exp(-step / 20) + 0.001 * normalFrom(random)));
    expect(found).toMatchObject({ kind: "plateau" });
    expect(found?.step).toBeGreaterThan(60);
    expect(found?.step).toBeLessThan(200);
  });

  test("a loss that never fell stands still", () => {
    expect(plateau(steps(100, () => 2.3))).toMatchObject({ kind: "plateau" });
  });

  test("slow improvement, rising, and too few points are none", () => {
    expect(plateau(steps(400, (step) => 1 - step / 1000))).toBeUndefined();
    expect(plateau(steps(99, () => 1))).toBeUndefined();
  });
});

test("of 1,000 noisy runs that learn, less than 1% is called diverging or exploding, and none that still improves a plateau", () => {
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
