import { expect, test } from "vitest";
import { newLabelProject, newTasks } from "#server/testing/fixtures/labelling/testing.ts";
import { inWorkspace, newMember } from "#server/testing/testing.ts";
import { isBlindFor } from "./given-task.ts";
import { leaseLabelTask } from "./lease-label-task.ts";
import { nextLabelTask } from "./next-label-task.ts";
import { showLabelPrediction } from "./show-label-prediction.ts";

const region = (label: string) => ({
  from_name: "answer",
  to_name: "image",
  type: "rectanglelabels",
  value: { x: 10, y: 20, width: 30, height: 40, rotation: 0, rectanglelabels: [label] },
});

test(
  "shows the newest prediction to who holds a task, where the project shows predictions and the task is not a blind one",
  inWorkspace(async (ctx) => {
    const settings = { showPredictions: true };
    const projectId = await newLabelProject(ctx, { taskKind: "boxes", classes: ["dent"], settings });
    const data = { image: "x" };
    const items = Array.from({ length: 60 }, (_, at) => ({
      item: `${at}`,
      data,
      rank: at,
      predictions: [{ result: [] }, { result: [region("dent")] }],
    }));
    const taskIds = await newTasks(ctx, projectId, items);
    const person = ctx.actor.id;
    const open = taskIds.find((id) => !isBlindFor(id, person)) ?? 0;
    const blind = taskIds.find((id) => isBlindFor(id, person)) ?? 0;
    expect((await leaseLabelTask(ctx, { projectId, taskId: open })).isBlind).toBe(false);
    expect(await showLabelPrediction(ctx, { projectId, taskId: open })).toMatchObject({
      kind: "boxes",
      boxes: [{ label: "dent", x: 10, y: 20, width: 30, height: 40 }],
    });
    expect((await leaseLabelTask(ctx, { projectId, taskId: blind })).isBlind).toBe(true);
    await expect(showLabelPrediction(ctx, { projectId, taskId: blind })).rejects.toMatchObject({ code: "forbidden" });
    const other = await newMember(ctx);
    await expect(showLabelPrediction(other, { projectId, taskId: open })).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "hides predictions where the project does",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx, { taskKind: "boxes", classes: ["dent"] });
    await newTasks(ctx, projectId, [{ item: "a", data: { image: "x" }, predictions: [{ result: [region("dent")] }] }]);
    const { task } = await nextLabelTask(ctx, { projectId });
    const taskId = task?.id ?? 0;
    await expect(showLabelPrediction(ctx, { projectId, taskId })).rejects.toMatchObject({ code: "forbidden" });
  }),
);
