import { expect, test } from "vitest";
import { isLoss, isNorm, watchedKeys } from "./watched-metrics.ts";

test.each(["loss", "val_loss", "train/nll", "valLoss", "cross_entropy", "losses/total"])(
  "treats %s as a loss",
  (key) => {
    expect(isLoss(key)).toBe(true);
  },
);

test.each(["accuracy", "lossless_share_of_nothing/grad_norm", "system/loss", "supply"])(
  "does not treat %s as a loss",
  (key) => {
    expect(isLoss(key)).toBe(false);
  },
);

test.each(["grad_norm", "train/gradNorm", "gradient-norm", "gradients", "global_norm", "weight_norm", "grad/norm"])(
  "treats %s as a norm",
  (key) => {
    expect(isNorm(key)).toBe(true);
  },
);

test.each(["normalized_score", "graduation_rate", "system/grad", "enorm"])("does not treat %s as a norm", (key) => {
  expect(isNorm(key)).toBe(false);
});

test("limits thousands of metrics to those with the shortest names", () => {
  const many = Array.from({ length: 12_000 }, (_, index) => `layer_${index}/grad_norm`);
  const watched = watchedKeys([...many, "loss", "val_loss", "grad_norm"]);
  expect(watched.slice(0, 3)).toEqual(["loss", "val_loss", "grad_norm"]);
  expect(watched).toHaveLength(8);
});
