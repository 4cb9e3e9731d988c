import { expect, test } from "vitest";
import { newLabelProject, newTasks } from "#server/testing/fixtures/labelling/testing.ts";
import { inWorkspace, newMember } from "#server/testing/testing.ts";
import { getFirstInQueue } from "./first-in-queue.ts";
import { nextLabelTask } from "./next-label-task.ts";

const factors = { gain: 0.8, drift: 1.9, weight: 2, twins: 1, drifted: ["device_age_days"] };

test(
  "shows the factors of the first task to reviewers; annotators see what says nothing of the prediction",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx, { settings: { hiddenFields: ["name"] } });
    expect(await getFirstInQueue(ctx, projectId)).toBeNull();
    const data = { name: "Ada", device_age_days: 0 };
    await newTasks(ctx, projectId, [
      { item: "later", data: {}, rank: 5 },
      { item: "first", data, rank: 1, factors },
    ]);
    expect(await getFirstInQueue(ctx, projectId)).toMatchObject({
      item: "first",
      data: { device_age_days: 0 },
      factors,
    });
    const member = await newMember(ctx);
    await expect(getFirstInQueue(member, projectId)).rejects.toMatchObject({ code: "forbidden" });
    const { task } = await nextLabelTask(member, { projectId });
    expect(task).toMatchObject({ item: "first", priority: { drift: 1.9, weight: 2, drifted: ["device_age_days"] } });
    expect(JSON.stringify(task)).not.toContain("gain");
    // A place that is taken is no longer next.
    expect(await getFirstInQueue(ctx, projectId)).toMatchObject({ item: "later", factors: null });
    const again = await nextLabelTask(member, { projectId });
    expect(again.task).toMatchObject({ item: "first", priority: { drift: 1.9 } });
  }),
);
