import { expect, test } from "vitest";
import { chooseHeadline, guessDirection } from "./headline.ts";

test.each([
  ["val_accuracy", "higher"],
  ["Test/F1", "higher"],
  ["valAccuracy", "higher"],
  ["auc", "higher"],
  ["top5", "higher"],
  ["val_loss", "lower"],
  ["eval/mean_absolute_error", "lower"],
  ["rmse", "lower"],
  ["latency_ms", "lower"],
  ["colossal", "unknown"],
  ["faccade", "unknown"],
  ["images", "unknown"],
])("infers from the name %s that %s is better", (key, direction) => {
  expect(guessDirection(key)).toBe(direction);
});

const uses = (record: Record<string, number>) => Object.entries(record).map(([key, runs]) => ({ key, runs }));

test("prefers quality on held-out data to losses and training conditions", () => {
  const digits = {
    grad_norm: 16,
    learning_rate: 16,
    test_accuracy: 15,
    test_loss: 15,
    train_loss: 16,
    val_accuracy: 16,
    val_loss: 16,
  };
  expect(chooseHeadline(uses(digits))).toBe("val_accuracy");
});

test("does not choose a metric that few runs have", () => {
  expect(chooseHeadline(uses({ val_accuracy: 2, train_loss: 40 }))).toBe("train_loss");
});

test("falls back to the loss without a quality metric, and to none without metrics", () => {
  expect(chooseHeadline(uses({ "system/cpu_utilization_percentage": 9, lr: 9 }))).toBeUndefined();
  expect(chooseHeadline(uses({ train_loss: 5, "system/cpu_utilization_percentage": 9, lr: 9 }))).toBe("train_loss");
  expect(chooseHeadline([])).toBeUndefined();
});
