import type { Context } from "#server/base/context.ts";
import { answerLabelTask } from "#server/improve/labelling/answers/answer-label-task.ts";
import { addPredictions } from "#server/improve/labelling/predictions/add-predictions.ts";
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
  const { answerId: labelAnswerId } = await answerLabelTask(ctx, {
    projectId: labelProjectId,
    taskId: labelTaskId,
    value: { kind: "class", label: "intact" },
    note: secret,
  });
  const { runId: labelRunId } = await requestLabelRun(ctx, { projectId: labelProjectId });
  const result = [{ from_name: "answer", to_name: "row", type: "choices", value: { choices: ["intact"] } }];
  const [prediction] = await addPredictions(ctx, {
    projectId: labelProjectId,
    predictions: [{ taskId: openLabelTaskId, result, modelVersion: secret }],
  });
  const labelPredictionId = prediction?.id ?? 0;
  const labelPerson = ctx.actor.id;
  return { labelProjectId, labelTaskId, openLabelTaskId, labelAnswerId, labelPredictionId, labelRunId, labelPerson };
}
