import {
  getLabelAnnotator,
  getOwnAnnotator,
  listLabelAnnotators,
} from "#server/improve/labelling/annotators/queries.ts";
import {
  previewAnnotatorExclusion,
  setAnnotatorExclusion,
} from "#server/improve/labelling/annotators/set-annotator-exclusion.ts";
import { setAnnotatorPause } from "#server/improve/labelling/annotators/set-annotator-pause.ts";
import { answerLabelGroup } from "#server/improve/labelling/answers/answer-label-group.ts";
import { answerLabelTask } from "#server/improve/labelling/answers/answer-label-task.ts";
import { changeAnswer } from "#server/improve/labelling/answers/change-answer.ts";
import { listCurrentAnswers } from "#server/improve/labelling/answers/current-answers.ts";
import { getLabelGroup } from "#server/improve/labelling/answers/group-queries.ts";
import { listOwnAnswers } from "#server/improve/labelling/answers/queries.ts";
import { undoAnswer } from "#server/improve/labelling/answers/undo-answer.ts";
import { withdrawAnswer } from "#server/improve/labelling/answers/withdraw-answer.ts";
import { exportLabels } from "#server/improve/labelling/exchange/export-labels.ts";
import { importLabels } from "#server/improve/labelling/exchange/import-labels.ts";
import { listGoldCandidates, listGolds } from "#server/improve/labelling/golds/queries.ts";
import { setGold } from "#server/improve/labelling/golds/set-gold.ts";
import { publishGuideline } from "#server/improve/labelling/guidelines/publish-guideline.ts";
import { listGuidelines } from "#server/improve/labelling/guidelines/queries.ts";
import { getLabelProgress } from "#server/improve/labelling/pace/queries.ts";
import { addPredictions } from "#server/improve/labelling/predictions/add-predictions.ts";
import { changePrediction } from "#server/improve/labelling/predictions/change-prediction.ts";
import { deletePrediction } from "#server/improve/labelling/predictions/delete-prediction.ts";
import { listTaskPredictions } from "#server/improve/labelling/predictions/queries.ts";
import { createLabelProject } from "#server/improve/labelling/projects/create-label-project.ts";
import { getLabelProject, listLabelProjects } from "#server/improve/labelling/projects/queries.ts";
import { updateLabelProject } from "#server/improve/labelling/projects/update-label-project.ts";
import { countWaitingLabels } from "#server/improve/labelling/queue/count-waiting.ts";
import { getFirstInQueue } from "#server/improve/labelling/queue/first-in-queue.ts";
import { leaseLabelTask } from "#server/improve/labelling/queue/lease-label-task.ts";
import { nextLabelTask } from "#server/improve/labelling/queue/next-label-task.ts";
import { releaseLabelTask } from "#server/improve/labelling/queue/release-label-task.ts";
import { renewLabelLeases } from "#server/improve/labelling/queue/renew-label-leases.ts";
import { showLabelField } from "#server/improve/labelling/queue/show-label-field.ts";
import { skipLabelTask } from "#server/improve/labelling/queue/skip-label-task.ts";
import { askSecondOpinions } from "#server/improve/labelling/reviews/ask-second-opinions.ts";
import { decideLabelReview } from "#server/improve/labelling/reviews/decide-label-review.ts";
import { listLabelReviews } from "#server/improve/labelling/reviews/queries.ts";
import { addTasks } from "#server/improve/labelling/tasks/add-tasks.ts";
import { changeLabelTask } from "#server/improve/labelling/tasks/change-label-task.ts";
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
  leaseLabelTask: (ctx, { labelProjectId: projectId, openLabelTaskId: taskId }) =>
    leaseLabelTask(ctx, { projectId, taskId }),
  showLabelField: async (ctx, { labelProjectId: projectId, openLabelTaskId: taskId }) => {
    const held = { projectId, taskId };
    await leaseLabelTask({ ...ctx, actor: { ...ctx.actor, role: "admin", scopes: undefined } }, held);
    await showLabelField(ctx, { ...held, field: "text", reason: "x" });
  },
  listOwnAnswers: (ctx, { labelProjectId: projectId }) => listOwnAnswers(ctx, { projectId }),
  getOwnAnnotator: (ctx, { labelProjectId }) => getOwnAnnotator(ctx, labelProjectId),
  getLabelGroup: (ctx, { labelProjectId: projectId }) => getLabelGroup(ctx, { projectId, groupKey: "none" }),
  // It ends at the group, which has no answers, once it is permitted.
  answerLabelGroup: (ctx, { labelProjectId: projectId, openLabelTaskId }) =>
    answerLabelGroup(ctx, { projectId, groupKey: "none", taskIds: [openLabelTaskId], value }),
  countWaitingLabels: (ctx) => countWaitingLabels(ctx),
  getFirstInQueue: (ctx, { labelProjectId }) => getFirstInQueue(ctx, labelProjectId),
  getLabelProgress: (ctx, { labelProjectId }) => getLabelProgress(ctx, labelProjectId),
  askSecondOpinions: (ctx, { labelProjectId: projectId, labelTaskId }) =>
    askSecondOpinions(ctx, { projectId, taskIds: [labelTaskId] }),
  listLabelReviews: (ctx, { labelProjectId: projectId }) => listLabelReviews(ctx, { projectId }),
  decideLabelReview: (ctx, { labelTaskId: taskId }) =>
    decideLabelReview(ctx, { taskId, verdict: "decided", value, reason: "x" }),
  setGold: (ctx, { labelTaskId: taskId }) => setGold(ctx, { taskId, value }),
  listGolds: (ctx, { labelProjectId }) => listGolds(ctx, labelProjectId),
  listGoldCandidates: (ctx, { labelProjectId }) => listGoldCandidates(ctx, labelProjectId),
  listLabelAnnotators: (ctx, { labelProjectId }) => listLabelAnnotators(ctx, labelProjectId),
  getLabelAnnotator: (ctx, { labelProjectId: projectId, labelPerson: person }) =>
    getLabelAnnotator(ctx, { projectId, person }),
  setAnnotatorPause: (ctx, { labelProjectId: projectId, labelPerson: person }) =>
    setAnnotatorPause(ctx, { projectId, person, isPaused: true, reason: "x" }),
  setAnnotatorExclusion: (ctx, { labelProjectId: projectId, labelPerson: person }) =>
    setAnnotatorExclusion(ctx, { projectId, person, isExcluded: true, reason: "x" }),
  previewAnnotatorExclusion: (ctx, { labelProjectId: projectId, labelPerson: person }) =>
    previewAnnotatorExclusion(ctx, { projectId, person }),
  changeLabelTask: (ctx, { openLabelTaskId: taskId }) => changeLabelTask(ctx, { taskId, data: { text: "x" } }),
  importLabels: (ctx, { labelProjectId: projectId }) => importLabels(ctx, { projectId, items: [{ text: "x" }] }),
  exportLabels: (ctx, { labelProjectId: projectId, store }) => exportLabels(ctx, store, { projectId }),
  listAnswers: (ctx, { labelTaskId }) => listCurrentAnswers(ctx, [labelTaskId]),
  changeAnswer: async (ctx, { labelProjectId: projectId, openLabelTaskId: taskId }) => {
    const { answerId } = await answerLabelTask(ctx, { projectId, taskId, value });
    await changeAnswer(ctx, { answerId, value: null, cannotTell: true, result: null });
  },
  withdrawAnswer: async (ctx, { labelProjectId: projectId, openLabelTaskId: taskId }) => {
    const { answerId } = await answerLabelTask(ctx, { projectId, taskId, value });
    await withdrawAnswer(ctx, { answerId });
  },
  listTaskPredictions: (ctx, { labelTaskId }) => listTaskPredictions(ctx, [labelTaskId]),
  addPredictions: (ctx, { labelProjectId: projectId, openLabelTaskId: taskId }) =>
    addPredictions(ctx, { projectId, predictions: [{ taskId, result: [] }] }),
  changePrediction: (ctx, { labelPredictionId: predictionId }) => changePrediction(ctx, { predictionId, score: 0.5 }),
  deletePrediction: (ctx, { labelPredictionId: predictionId }) => deletePrediction(ctx, { predictionId }),
} as const satisfies Calls;
