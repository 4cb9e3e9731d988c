import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { labelTasks } from "#db/schema/index.ts";
import { newLabelProject, newTasks } from "#server/testing/fixtures/labelling/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { listLabelReviews } from "../reviews/queries.ts";
import { listTaskPage } from "./list-task-page.ts";
import { lockTask, lockTasks } from "./lock-tasks.ts";
import { listLabelTasks } from "./queries.ts";

const length = 200_000;

test(
  "ends pages of long tasks early, and continues where they ended",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const items = Array.from({ length: 100 }, (_, at) => `item ${at}`);
    const ids = await newTasks(ctx, projectId, items);
    await ctx.db
      .update(labelTasks)
      .set({ data: sql`jsonb_build_object('text', repeat('x', ${length}::int))`, review: "sample" })
      .where(eq(labelTasks.projectId, projectId));
    const first = await listLabelTasks(ctx, { projectId, limit: 100 });
    expect(first.tasks.map(({ id }) => id)).toEqual(ids.slice(0, 80));
    const rest = await listLabelTasks(ctx, { projectId, limit: 100, after: first.next ?? 0 });
    expect(rest.tasks.map(({ id }) => id)).toEqual(ids.slice(80));
    expect(rest.next).toBeNull();
    expect((await listLabelTasks(ctx, { projectId, limit: 10 })).next).toBe(ids[9]);
    const reviews = await listLabelReviews(ctx, { projectId, limit: 100 });
    expect(reviews).toMatchObject({ items: { length: 80 }, next: ids[79] });
    await ctx.db.update(labelTasks).set({ data: sql`jsonb_build_object('text', repeat('x', 900000))` });
    await expect(listTaskPage(ctx, { projectId, page: 1, pageSize: 100 })).rejects.toMatchObject({
      code: "invalid",
      message: "The tasks of this page have 90 MB of data. Ask for at most 35 a page.",
    });
    expect((await listTaskPage(ctx, { projectId, page: 3, pageSize: 35 })).tasks).toHaveLength(30);
  }),
);

test(
  "locks many tasks without what they show",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx);
    const ids = await newTasks(ctx, projectId, ["a", "b"]);
    const [locked] = await lockTasks(ctx, projectId, ids);
    expect(locked).toMatchObject({ item: "a", state: "open" });
    expect(locked).not.toHaveProperty("data");
    expect(await lockTask(ctx, projectId, ids[0] ?? 0)).toHaveProperty("data");
  }),
);
