import type { Context } from "#server/base/context.ts";
import { answerLabelTask } from "#server/improve/labelling/answers/answer-label-task.ts";
import { createLabelProject } from "#server/improve/labelling/projects/create-label-project.ts";
import { requestLabelRun } from "#server/improve/labelling/runs/request-label-run.ts";
import { addTasks } from "#server/improve/labelling/tasks/add-tasks.ts";

/** Creates a label project with a task that is answered, and one that waits. */
export async function label(ctx: Context, secret: string) {
  const { id: labelProjectId } = await createLabelProject(ctx, {
    name: secret,
    description: secret,
    taskKind: "class",
    classes: ["intact", "damaged"],
    question: secret,
    settings: { goldShare: 0 },
    guideline: { text: secret },
  });
  const { taskIds } = await addTasks(ctx, {
    projectId: labelProjectId,
    tasks: ["first", "second"].map((item) => ({ item: `${item} ${secret}`, data: { text: secret }, reason: secret })),
  });
  const [labelTaskId = 0, openLabelTaskId = 0] = taskIds;
  await answerLabelTask(ctx, {
    projectId: labelProjectId,
    taskId: labelTaskId,
    value: { kind: "class", label: "intact" },
    note: secret,
  });
  const { runId: labelRunId } = await requestLabelRun(ctx, { projectId: labelProjectId });
  return { labelProjectId, labelTaskId, openLabelTaskId, labelRunId, labelPerson: ctx.actor.id };
}
