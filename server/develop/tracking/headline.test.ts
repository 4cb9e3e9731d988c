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
])("the name %s says that %s is better", (key, direction) => {
  expect(guessDirection(key)).toBe(direction);
});

const uses = (record: Record<string, number>) => Object.entries(record).map(([key, runs]) => ({ key, runs }));

test("the headline is quality on held-out data, not a loss and not a condition of training", () => {
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

test("a metric of few runs is not the headline of all", () => {
  expect(chooseHeadline(uses({ val_accuracy: 2, train_loss: 40 }))).toBe("train_loss");
});

test("without quality the loss stands for the run; without any metric nothing does", () => {
  expect(chooseHeadline(uses({ "system/cpu_utilization_percentage": 9, lr: 9 }))).toBeUndefined();
  expect(chooseHeadline(uses({ train_loss: 5, "system/cpu_utilization_percentage": 9, lr: 9 }))).toBe("train_loss");
  expect(chooseHeadline([])).toBeUndefined();
});
