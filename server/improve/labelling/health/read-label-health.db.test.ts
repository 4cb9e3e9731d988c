import { expect, test, vi } from "vitest";
import { labelRuns } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { newAnimalProject } from "#server/testing/fixtures/label-flows/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { readLabelHealth } from "./read-label-health.ts";

const interval = (value: number) => ({ value, low: value - 0.1, high: value + 0.1 });

/** Stores a run with what alerts read of its results. */
async function addRun(ctx: Context, projectId: number, alpha: number, state: "done" | "failed" = "done") {
  const { workspaceId } = ctx.actor;
  const results = { agreement: { alpha: interval(alpha), ac1: null }, largestClassShare: 0.4, noise: null };
  await ctx.db.insert(labelRuns).values({ workspaceId, projectId, state, requestedBy: "x", results: results as never });
}

test(
  "reads many projects in as many statements as one, each with its newest finished run",
  inWorkspace(async (ctx) => {
    const statements = async () => {
      const spies = [vi.spyOn(ctx.db, "execute"), vi.spyOn(ctx.db, "select")];
      const health = await readLabelHealth(ctx);
      const count = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
      for (const spy of spies) spy.mockRestore();
      return { count, measures: health.map(({ project, alpha, noise }) => [project, alpha?.value, noise]) };
    };
    const { id } = await newAnimalProject(ctx, { name: "first" });
    await addRun(ctx, id, 0.5);
    await addRun(ctx, id, 0.7);
    await addRun(ctx, id, 0.9, "failed");
    const one = await statements();
    expect(one.measures).toEqual([["first", 0.7, null]]);
    for (const name of ["second", "third"]) await newAnimalProject(ctx, { name });
    const many = await statements();
    expect(many.measures).toEqual([
      ["first", 0.7, null],
      ["second", undefined, null],
      ["third", undefined, null],
    ]);
    expect(many.count).toBe(one.count);
  }),
);
