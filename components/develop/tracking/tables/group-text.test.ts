import { expect, test } from "vitest";
import { noChoiceReason, ungroupable } from "./group-text.ts";

test("explains why a metric or another column cannot be grouped by", () => {
  expect(noChoiceReason("Loss", ["val_loss", "loss"])).toContain("“loss” is a metric");
  expect(noChoiceReason("start", [])).toContain(
    "Cannot group by “Started”. Group by a parameter, tag, status, user or dataset.",
  );
  expect(noChoiceReason(" colour ", [])).toBe("No parameter or tag matches “colour”.");
});

test("reports an unsupported grouping in the URL, but no supported one", () => {
  expect(ungroupable("metrics.loss")).toContain("the metric “loss”");
  expect(ungroupable("started")).toContain("“Started”");
  for (const by of [undefined, "params.lr", "tags.a.b", "status", "by", "dataset"])
    expect(ungroupable(by)).toBeUndefined();
});
