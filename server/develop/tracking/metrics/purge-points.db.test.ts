import { expect, test } from "vitest";
import { metricPoints } from "#db/schema/index.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { newRun, point } from "../../../testing/fixtures/tracking/testing.ts";
import { getRun } from "../runs/queries.ts";
import { logBatch } from "./log-batch.ts";
import { countPointBytes, purgePoints } from "./purge-points.ts";

test(
  "purges only the points and series of the given runs, idempotently",
  inWorkspace(async (ctx) => {
    const [deleted, kept] = [await newRun(ctx, "gone"), await newRun(ctx, "kept")];
    for (const { runId } of [deleted, kept])
      await logBatch(ctx, { runId, metrics: [point("a", 1), point("a", 2, 1), point("b", 3)], params: [], tags: [] });
    expect(await countPointBytes(ctx, [deleted.runId, kept.runId])).toBe(
      2 * (await countPointBytes(ctx, [deleted.runId])),
    );
    const outsider = await newWorkspace(ctx.db);
    expect(await countPointBytes(outsider, [deleted.runId])).toBe(0);
    await purgePoints(outsider, [deleted.runId]);
    expect((await getRun(ctx, deleted.runId)).metrics).toHaveLength(2);
    for (const _ of [1, 2]) await purgePoints(ctx, [deleted.runId]);
    expect(await countPointBytes(ctx, [deleted.runId])).toBe(0);
    expect((await getRun(ctx, deleted.runId)).metrics).toEqual([]);
    expect((await getRun(ctx, kept.runId)).metrics).toHaveLength(2);
    expect(await ctx.db.$count(metricPoints)).toBe(3);
  }),
);
