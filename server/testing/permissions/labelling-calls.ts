import { answerLabelTask } from "#server/improve/labelling/answers/answer-label-task.ts";
import { undoAnswer } from "#server/improve/labelling/answers/undo-answer.ts";
import { publishGuideline } from "#server/improve/labelling/guidelines/publish-guideline.ts";
import { listGuidelines } from "#server/improve/labelling/guidelines/queries.ts";
import { createLabelProject } from "#server/improve/labelling/projects/create-label-project.ts";
import { getLabelProject, listLabelProjects } from "#server/improve/labelling/projects/queries.ts";
import { updateLabelProject } from "#server/improve/labelling/projects/update-label-project.ts";
import { nextLabelTask } from "#server/improve/labelling/queue/next-label-task.ts";
import { releaseLabelTask } from "#server/improve/labelling/queue/release-label-task.ts";
import { renewLabelLeases } from "#server/improve/labelling/queue/renew-label-leases.ts";
import { skipLabelTask } from "#server/improve/labelling/queue/skip-label-task.ts";
import { addTasks } from "#server/improve/labelling/tasks/add-tasks.ts";
import { deleteLabelTasks } from "#server/improve/labelling/tasks/delete-label-tasks.ts";
import { getLabelTask, listLabelTasks } from "#server/improve/labelling/tasks/queries.ts";
import type { Calls } from "./call.ts";

const value = { kind: "class" as const, label: "damaged" };

/** Label projects. */
export const labellingCalls = {
  listLabelProjects: (ctx) => listLabelProjects(ctx),
  getLabelProject: (ctx, { labelProjectId }) => getLabelProject(ctx, labelProjectId),
  listGuidelines: (ctx, { labelProjectId }) => listGuidelines(ctx, labelProjectId),
  createLabelProject: (ctx) => createLabelProject(ctx, { name: "another", taskKind: "text" }),
  updateLabelProject: (ctx, { labelProjectId: projectId }) => updateLabelProject(ctx, { projectId, description: "x" }),
  publishGuideline: (ctx, { labelProjectId: projectId }) => publishGuideline(ctx, { projectId, text: "x" }),
  addTasks: (ctx, { labelProjectId: projectId }) => addTasks(ctx, { projectId, tasks: [{ item: "third", data: {} }] }),
  deleteLabelTasks: (ctx, { labelProjectId: projectId, openLabelTaskId }) =>
    deleteLabelTasks(ctx, { projectId, taskIds: [openLabelTaskId] }),
  listLabelTasks: (ctx, { labelProjectId: projectId }) => listLabelTasks(ctx, { projectId }),
  getLabelTask: (ctx, { labelTaskId }) => getLabelTask(ctx, labelTaskId),
  nextLabelTask: (ctx, { labelProjectId: projectId }) => nextLabelTask(ctx, { projectId }),
  renewLabelLeases: (ctx, { labelProjectId: projectId, openLabelTaskId }) =>
    renewLabelLeases(ctx, { projectId, taskIds: [openLabelTaskId] }),
  releaseLabelTask: (ctx, { labelProjectId: projectId, openLabelTaskId: taskId }) =>
    releaseLabelTask(ctx, { projectId, taskId }),
  skipLabelTask: (ctx, { labelProjectId: projectId, openLabelTaskId: taskId }) =>
    skipLabelTask(ctx, { projectId, taskId }),
  answerLabelTask: (ctx, { labelProjectId: projectId, openLabelTaskId: taskId }) =>
    answerLabelTask(ctx, { projectId, taskId, value }),
  // An admin answered the first task; any other person of the matrix has nothing to undo.
  undoAnswer: async (ctx, { labelProjectId: projectId, openLabelTaskId: taskId }) => {
    await answerLabelTask(ctx, { projectId, taskId, value });
    await undoAnswer(ctx, { projectId });
  },
} as const satisfies Calls;
