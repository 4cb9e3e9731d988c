import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { runParams } from "#db/schema/index.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { addExperiment, addRun } from "../../../testing/fixtures/tracking/tables/testing.ts";
import { expectRefusal } from "../../../testing/fixtures/tracking/testing.ts";
import { countFound } from "./count-found.ts";

test(
  "counts few filtered runs each time, and caches the count of many until runs are added or deleted",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 950, "counts");
    const add = () => addRun(ctx, 950, { params: { lr: "1" } });
    const [first = ""] = [await add(), await add(), await add()];
    const search = { experimentIds: [950], filter: "params.lr = '1'" };
    const [asFew, asMany] = [() => countFound(ctx, search, 100), () => countFound(ctx, search, 2)];
    expect([await asFew(), await asMany()]).toEqual([3, 3]);
    await ctx.db.update(runParams).set({ value: "2" }).where(eq(runParams.runId, first));
    expect([await asFew(), await asMany()]).toEqual([2, 3]);
    expect(await countFound(ctx, { ...search, filter: "params.lr = '2'" }, 2)).toBe(1);
    expect(await countFound(ctx, { ...search, filter: "" }, 2)).toBe(3);
    await add();
    expect([await asFew(), await asMany()]).toEqual([3, 3]);
    await add();
    expect([await asFew(), await asMany()]).toEqual([4, 4]);
    await expectRefusal(countFound(ctx, { ...search, filter: "params.lr =" }, 2), "invalid");
  }),
);
