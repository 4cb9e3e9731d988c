import { eq, inArray, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { labelConsensus, labelTasks } from "#db/schema/index.ts";
import { answerWith, newLabelProject, newTasks } from "#server/testing/fixtures/labelling/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { getLabelProgress } from "./queries.ts";

test(
  "charts what was open at the end of each day, and ends with what is open now",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const older = await newTasks(ctx, projectId, ["a", "b", "c", "d"]);
    const ago = (days: number) => sql`now() - make_interval(days => ${days})`;
    await ctx.db
      .update(labelTasks)
      .set({ createdAt: ago(20) })
      .where(inArray(labelTasks.id, older.slice(0, 1)));
    await ctx.db
      .update(labelTasks)
      .set({ createdAt: ago(3) })
      .where(inArray(labelTasks.id, older.slice(1)));
    await newTasks(ctx, projectId, ["e", "f"]);
    for (const taskId of older.slice(0, 2)) await answerWith(ctx, { projectId, taskId }, "intact");
    const [first = 0] = older;
    await ctx.db
      .update(labelTasks)
      .set({ settledAt: ago(2) })
      .where(eq(labelTasks.id, first));
    await ctx.db
      .update(labelConsensus)
      .set({ createdAt: ago(2) })
      .where(eq(labelConsensus.taskId, first));
    const { days, open } = await getLabelProgress(ctx, projectId);
    expect(open).toBe(4);
    // One for 20 days, three more since 3 days, one settled 2 days ago and one today, two added today.
    expect(days.slice(-5).map((each) => each.open)).toEqual([1, 4, 3, 3, 4]);
    expect(days[0]?.open).toBe(1);
    expect(days.slice(-3).map(({ settled }) => settled)).toEqual([1, 0, 1]);
  }),
);
