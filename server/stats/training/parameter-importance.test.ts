import { expect, test } from "vitest";
import { normalFrom, seededRandom } from "../random.ts";
import { explainedShare, parameterImportance } from "./parameter-importance.ts";

// H and p by scipy 1.17.1 (stats.kruskal); the share is (H − k + 1) / (n − k).
const values = [0.91, 0.9, 0.88, 0.86, 0.93, 0.71, 0.74, 0.7, 0.69, 0.75, 0.55, 0.62, 0.58, 0.6];
const optimisers = [
  "adam",
  "adam",
  "adam",
  "adam",
  "adam",
  "sgd",
  "sgd",
  "sgd",
  "sgd",
  "sgd",
  "rms",
  "rms",
  "rms",
  "rms",
];

test("computes the share that groups explain, on any scale of the metric", () => {
  const { share, p } = explainedShare(optimisers, values);
  expect(share).toBeCloseTo(0.87012987012987, 10);
  expect(p).toBeCloseTo(0.0030711159379943733, 10);
  const shuffled = explainedShare(
    values.map((_, at) => at % 2 === 0),
    values,
  );
  expect(shuffled).toEqual({ share: 0, p: expect.closeTo(0.8480062142193152, 10) });
  expect(
    explainedShare(
      optimisers,
      values.map((value) => Math.exp(100 * value)),
    ),
  ).toEqual({ share, p });
});

test("groups numbers of many values by their quantiles", () => {
  const metric = [0.5, 0.55, 0.6, 0.8, 0.85, 0.9, 0.88, 0.87, 0.7, 0.4, 0.3, 0.1];
  const rates = metric.map((_, at) => 0.001 * 1.7 ** at);
  const { share, p } = explainedShare(rates.toReversed(), metric.toReversed());
  expect(share).toBeCloseTo(0.7948717948717947, 10);
  expect(p).toBeCloseTo(0.02487994502801877, 10);
});

test("corrects for ties, and says nothing where trials do not differ", () => {
  const metric = [1, 1, 2, 2, 3, 3, 1, 2, 3, 3, 2, 1];
  const half = metric.map((_, at) => (at < 6 ? "a" : "b"));
  expect(explainedShare(half, metric)).toEqual({ share: 0, p: 1 });
  expect(
    explainedShare(
      half,
      metric.map(() => 1),
    ),
  ).toEqual({ share: 0, p: 1 });
  for (const same of [metric.map(() => 1), metric.map((_, at) => `${at}`), metric.map(() => Number.NaN)])
    expect(explainedShare(same, metric)).toEqual({ share: null, p: null });
});

/** Trials whose loss is smallest near a learning rate of 0.01, grows with dropout, and is lower with adam. */
function drawTrials(seed: number, count: number) {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, at) => {
    const [lr, dropout, noise] = [10 ** (-4 * random()), random() / 2, random()];
    const optimiser = at % 2 === 0 ? "adam" : "sgd";
    const loss =
      lr > 0.5
        ? Number.POSITIVE_INFINITY
        : Math.abs(Math.log10(lr) + 2) + 2 * dropout + (optimiser === "adam" ? 0 : 0.8) + 0.1 * normalFrom(random);
    return { value: loss, parameters: { lr, dropout, optimiser, noise, same: 1 } };
  });
}

const names = ["noise", "same", "optimiser", "dropout", "lr"];

test("says where the metric is best along each parameter", () => {
  const found = parameterImportance(names, drawTrials(3, 200), "min") ?? [];
  expect(found[0]?.parameter).toBe("lr");
  const bestOf = (name: string) => found.find(({ parameter }) => parameter === name)?.best;
  const near = bestOf("lr");
  expect(near).toHaveProperty("near");
  expect(Math.log10(near && "near" in near ? near.near : 1)).toBeCloseTo(-2, 0);
  expect(bestOf("dropout")).toEqual({ towards: "smaller" });
  expect(bestOf("optimiser")).toEqual({ at: "adam" });
  expect([bestOf("noise"), bestOf("same")]).toEqual([null, null]);
  const raised = drawTrials(3, 200).map(({ value, parameters }) => ({ value: -value, parameters }));
  const upwards = parameterImportance(names, raised, "max") ?? [];
  expect(upwards.map(({ parameter, best }) => [parameter, best])).toEqual(
    found.map(({ parameter, best }) => [parameter, best]),
  );
});

test("says nothing of fewer than 20 trials, and rejects values that are no numbers", () => {
  expect(parameterImportance(["lr"], drawTrials(1, 19), "min")).toBeNull();
  expect(parameterImportance(["lr"], drawTrials(1, 20), "min")).toHaveLength(1);
  const lost = drawTrials(1, 20).map((trial) => ({ ...trial, value: Number.NaN }));
  expect(() => parameterImportance(["lr"], lost, "min")).toThrow("must be numbers");
});

test("estimates a standard error close to the spread of the share over repeated sweeps", () => {
  const shares: number[] = [];
  const errors: number[] = [];
  let alarms = 0;
  for (let round = 0; round < 200; round += 1) {
    const found = parameterImportance(["lr", "noise"], drawTrials(100 + round, 60), "min") ?? [];
    const lr = found.find(({ parameter }) => parameter === "lr");
    shares.push(lr?.share ?? 0);
    errors.push(lr?.error ?? 0);
    if ((found.find(({ parameter }) => parameter === "noise")?.p ?? 1) < 0.05) alarms += 1;
  }
  const mean = (list: number[]) => list.reduce((sum, each) => sum + each, 0) / list.length;
  const centre = mean(shares);
  const spread = Math.sqrt(mean(shares.map((share) => (share - centre) ** 2)));
  expect(mean(errors) / spread).toBeGreaterThan(0.8);
  expect(mean(errors) / spread).toBeLessThan(1.3);
  expect(alarms / 200).toBeLessThan(0.1);
});
