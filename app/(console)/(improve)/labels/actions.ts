"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import type { NewLabelDataset } from "#components/improve/labelling/flows/create-dataset.tsx";
import type { SetAnnotatorExclusion, SetAnnotatorPause } from "#server/improve/labelling/annotators/contract.ts";
import { setAnnotatorExclusion } from "#server/improve/labelling/annotators/set-annotator-exclusion.ts";
import { setAnnotatorPause } from "#server/improve/labelling/annotators/set-annotator-pause.ts";
import { answerLabelGroup } from "#server/improve/labelling/answers/answer-label-group.ts";
import type { AnswerLabelGroup } from "#server/improve/labelling/answers/groups/contract.ts";
import { exportToDataset } from "#server/improve/labelling/flows/export-to-dataset.ts";
import { freezeAudit } from "#server/improve/labelling/flows/freeze-audit.ts";
import type { SetGold } from "#server/improve/labelling/golds/contract.ts";
import { setGold } from "#server/improve/labelling/golds/set-gold.ts";
import type { PublishGuideline } from "#server/improve/labelling/guidelines/contract.ts";
import { publishGuideline } from "#server/improve/labelling/guidelines/publish-guideline.ts";
import type { CreateLabelProject, UpdateLabelProject } from "#server/improve/labelling/projects/contract.ts";
import { createLabelProject } from "#server/improve/labelling/projects/create-label-project.ts";
import { updateLabelProject } from "#server/improve/labelling/projects/update-label-project.ts";
import { askSecondOpinions } from "#server/improve/labelling/reviews/ask-second-opinions.ts";
import type { AskSecondOpinions, DecideLabelReview } from "#server/improve/labelling/reviews/contract.ts";
import { decideLabelReview } from "#server/improve/labelling/reviews/decide-label-review.ts";
import type { RelabelTasks, RequestLabelRun } from "#server/improve/labelling/runs/contract.ts";
import { relabelTasks } from "#server/improve/labelling/runs/relabel-tasks.ts";
import { requestLabelRun } from "#server/improve/labelling/runs/request-label-run.ts";
import { addTasks } from "#server/improve/labelling/tasks/add-tasks.ts";
import type { AddTasks } from "#server/improve/labelling/tasks/contract.ts";

const refresh = () => revalidatePath("/labels", "layout");

export async function createProjectAction(input: CreateLabelProject) {
  const state = await act(async (ctx) => {
    const { id, name } = await createLabelProject(ctx, input);
    return { id, name };
  });
  refresh();
  return state;
}

export async function updateProjectAction(input: UpdateLabelProject) {
  const state = await act(async (ctx) => {
    const { id, name, state } = await updateLabelProject(ctx, input);
    return { id, name, state };
  });
  refresh();
  return state;
}

export async function addTasksAction(input: AddTasks) {
  const state = await act(async (ctx) => {
    const { added, known } = await addTasks(ctx, input);
    return { added, known };
  });
  refresh();
  return state;
}

/** Answers alike items at once. */
export async function answerGroupAction(input: AnswerLabelGroup) {
  const state = await act((ctx) => answerLabelGroup(ctx, input));
  refresh();
  return state;
}

export async function publishGuidelineAction(input: PublishGuideline) {
  const state = await act(async (ctx) => ({ version: (await publishGuideline(ctx, input)).version }));
  refresh();
  return state;
}

/** Decides a review, and says who gave the answers, which the page hid until now. */
export async function decideReviewAction(input: DecideLabelReview) {
  const state = await act(async (ctx) => {
    const { history } = await decideLabelReview(ctx, input);
    return { names: history.map(({ id, name }): [number, string] => [id, name]) };
  });
  refresh();
  return state;
}

export async function askSecondOpinionsAction(input: AskSecondOpinions) {
  const state = await act((ctx) => askSecondOpinions(ctx, input));
  refresh();
  return state;
}

export async function setGoldAction(input: SetGold) {
  const state = await act(async (ctx) => ({ taskId: (await setGold(ctx, input)).taskId }));
  refresh();
  return state;
}

export async function setPauseAction(input: SetAnnotatorPause) {
  const state = await act((ctx) => setAnnotatorPause(ctx, input));
  refresh();
  return state;
}

export async function setExclusionAction(input: SetAnnotatorExclusion) {
  const state = await act((ctx) => setAnnotatorExclusion(ctx, input));
  refresh();
  return state;
}

export async function requestRunAction(input: RequestLabelRun) {
  const state = await act((ctx) => requestLabelRun(ctx, input));
  refresh();
  return state;
}

export async function relabelAction(input: RelabelTasks) {
  const state = await act((ctx) => relabelTasks(ctx, input));
  refresh();
  return state;
}

/** Makes a dataset version of settled labels; of the random audit so far, also a frozen evaluation set. */
export async function createDatasetAction(input: NewLabelDataset) {
  const state = await act(async (ctx) => {
    const { projectId, dataset, purpose } = input;
    const made =
      purpose === "audit"
        ? await freezeAudit(ctx, { projectId, name: dataset, from: new Date(0), to: new Date() })
        : await exportToDataset(ctx, { projectId, dataset, forTraining: purpose === "training" });
    return { dataset: made.dataset };
  });
  refresh();
  return state;
}
