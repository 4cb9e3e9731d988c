import { expect, test } from "vitest";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { addExperiment, addRun } from "../../../testing/fixtures/tracking/tables/testing.ts";
import { chooseHeadline } from "../headline.ts";
import { listRunColumns } from "./column-queries.ts";
import { listFieldValues, searchRunFields } from "./field-queries.ts";

test(
  "finds one of many metrics by part of its name, and pages through the rest",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 900, "parcels");
    const metrics = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`layer_${index}/norm`, [1]]));
    await addRun(ctx, 900, { metrics: { ...metrics, val_loss: [1] } });
    await addRun(ctx, 900, { metrics: { val_loss: [1] } });
    const search = { experimentId: 900, kind: "metric" as const };
    expect(await searchRunFields(ctx, { ...search, words: "LOSS" })).toEqual({
      fields: [{ key: "val_loss", runs: 2 }],
      total: 1,
      runs: 2,
    });
    const all = await searchRunFields(ctx, { ...search, limit: 50 });
    expect([all.fields.length, all.total, all.fields[0]?.key]).toEqual([50, 61, "val_loss"]);
    expect((await searchRunFields(ctx, { ...search, limit: 50, offset: 50 })).fields).toHaveLength(11);
    // Special characters of a pattern match literally.
    expect((await searchRunFields(ctx, { ...search, words: "%" })).total).toBe(0);
    expect((await searchRunFields(ctx, { ...search, words: "r_1/" })).fields.map(({ key }) => key)).toEqual([
      "layer_1/norm",
    ]);
  }),
);

test(
  "lists quality metrics first among thousands of equally common ones, and uses one as the headline",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 900, "parcels");
    const metrics = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`layer_${index}/norm`, [1]]));
    await addRun(ctx, 900, { metrics: { ...metrics, val_accuracy: [1], train_loss: [1] } });
    const { fields } = await searchRunFields(ctx, { experimentId: 900, kind: "metric", limit: 3 });
    expect(fields.map(({ key }) => key)).toEqual(["train_loss", "val_accuracy", "layer_0/norm"]);
    expect(chooseHeadline((await listRunColumns(ctx, 900)).metrics)).toBe("val_accuracy");
  }),
);

test(
  "lists params with the number and the values they have, from this workspace only",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 900, "parcels");
    for (const lr of ["0.1", "0.1", "0.01"]) await addRun(ctx, 900, { params: { lr }, userName: "priya" });
    expect((await searchRunFields(ctx, { experimentId: 900, kind: "param" })).fields).toEqual([
      { key: "lr", runs: 3, values: 2 },
    ]);
    const values = (field: string, words = "") => listFieldValues(ctx, { experimentId: 900, field, words, limit: 9 });
    expect(await values("params.lr")).toEqual([
      { value: "0.1", runs: 2 },
      { value: "0.01", runs: 1 },
    ]);
    expect(await values("params.lr", "01")).toEqual([{ value: "0.01", runs: 1 }]);
    expect(await values("attributes.user_id")).toEqual([{ value: "priya", runs: 3 }]);
    expect(await values("nonsense")).toEqual([]);
    const other = await newWorkspace(ctx.db);
    expect((await searchRunFields(other, { experimentId: 900, kind: "param" })).total).toBe(0);
    expect(await listFieldValues(other, { experimentId: 900, field: "params.lr", words: "", limit: 9 })).toEqual([]);
  }),
);
