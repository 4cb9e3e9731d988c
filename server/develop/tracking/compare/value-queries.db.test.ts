import { expect, test } from "vitest";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { addExperiment, addRun } from "../../../testing/fixtures/tracking/tables/testing.ts";
import { expectRefusal } from "../../../testing/fixtures/tracking/testing.ts";
import { listRunValues } from "./value-queries.ts";

const columns = ["metrics.acc", "params.lr"];

test(
  "lists requested runs in order, then the newest others, with NaN as text and missing values omitted",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 900, "parcels");
    await addExperiment(ctx, 901, "letters");
    const add = (name: string, startedAt: number, metrics: Record<string, number[]> = {}, lr?: string) =>
      addRun(ctx, 900, { name, startedAt, metrics, params: lr === undefined ? {} : { lr, seed: "1" } });
    const first = await add("first", 1, { acc: [0.1, 0.5], loss: [1] }, "0.1");
    const broken = await add("broken", 2, { acc: [Number.NaN] }, "0.2");
    await add("old", 3);
    await add("new", 9, {}, "0.3");
    await addRun(ctx, 900, { name: "deleted", startedAt: 10, deletedAt: 11 });
    await addRun(ctx, 901, { name: "elsewhere" });
    const rows = await listRunValues(ctx, { runIds: [broken, first], columns });
    expect(rows.map(({ name, values }) => [name, values])).toEqual([
      ["broken", { "metrics.acc": "NaN", "params.lr": "0.2" }],
      ["first", { "metrics.acc": 0.5, "params.lr": "0.1" }],
      ["new", { "params.lr": "0.3" }],
      ["old", {}],
    ]);
    const fewer = await listRunValues(ctx, { runIds: [first], columns, behind: 1 });
    expect(fewer.map(({ name }) => name)).toEqual(["first", "new"]);
  }),
);

test(
  "does not find a run of another workspace, and rejects an unknown column",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 900, "parcels");
    const runId = await addRun(ctx, 900);
    await expectRefusal(listRunValues(await newWorkspace(ctx.db), { runIds: [runId], columns }), "not-found");
    await expect(listRunValues(ctx, { runIds: [runId], columns: ["name"] })).rejects.toThrow("metrics.<key>");
  }),
);
