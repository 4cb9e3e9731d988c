import { expect, test } from "vitest";
import { metricPoints } from "#db/schema/index.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { newRun, point } from "../../../testing/scenes/tracking/testing.ts";
import { getRun } from "../runs/queries.ts";
import { logBatch } from "./log-batch.ts";
import { countPointBytes, purgePoints } from "./purge-points.ts";

test(
  "a purge removes the points and series of its runs and of no other, and can be repeated",
  inWorkspace(async (ctx) => {
    const [gone, kept] = [await newRun(ctx, "gone"), await newRun(ctx, "kept")];
    for (const { runId } of [gone, kept])
      await logBatch(ctx, { runId, metrics: [point("a", 1), point("a", 2, 1), point("b", 3)], params: [], tags: [] });
    expect(await countPointBytes(ctx, [gone.runId, kept.runId])).toBe(2 * (await countPointBytes(ctx, [gone.runId])));
    const stranger = await newWorkspace(ctx.db);
    expect(await countPointBytes(stranger, [gone.runId])).toBe(0);
    await purgePoints(stranger, [gone.runId]);
    expect((await getRun(ctx, gone.runId)).metrics).toHaveLength(2);
    for (const _ of [1, 2]) await purgePoints(ctx, [gone.runId]);
    expect(await countPointBytes(ctx, [gone.runId])).toBe(0);
    expect((await getRun(ctx, gone.runId)).metrics).toEqual([]);
    expect((await getRun(ctx, kept.runId)).metrics).toHaveLength(2);
    expect(await ctx.db.$count(metricPoints)).toBe(3);
  }),
);
