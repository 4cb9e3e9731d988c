import { expect, test } from "vitest";
import { addExperiment, addRun } from "#server/testing/fixtures/tracking/tables/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { qualifyFilter } from "./qualify-filter.ts";

test(
  "writes the entity before names that mean one thing, and leaves the rest",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 920, "parcels");
    await addRun(ctx, 920, {
      params: { backbone: "vit", lr: "0.1" },
      metrics: { val_accuracy: [1], "val/loss": [1], lr: [1] },
    });
    const qualify = (filter: string) => qualifyFilter(ctx, 920, filter);
    expect(await qualify("val_accuracy > 0.9 and (backbone = 'vit' or status = 'FAILED')")).toBe(
      "metrics.val_accuracy > 0.9 and (params.backbone = 'vit' or status = 'FAILED')",
    );
    expect(await qualify('"val/loss" < 1')).toBe('metrics."val/loss" < 1');
    expect(await qualify("backbone IN ('vit') and val_accuracy IS NOT NULL")).toBe(
      "params.backbone IN ('vit') and metrics.val_accuracy IS NOT NULL",
    );
    for (const same of ["", "metrics.lr > 1", "nowhere = 'x'", "val_accuracy >", "Val_accuracy > 1"])
      expect(await qualify(same), same).toBe(same);
    await expect(qualify("val_accuracy > 1 and lr > 0.1")).rejects.toMatchObject({
      message: '"lr" is a metric and a parameter. Write metrics.lr or params.lr. (column 22)',
      column: 22,
    });
  }),
);
