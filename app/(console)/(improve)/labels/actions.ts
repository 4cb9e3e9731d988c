"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import type { PublishGuideline } from "#server/improve/labelling/guidelines/contract.ts";
import { publishGuideline } from "#server/improve/labelling/guidelines/publish-guideline.ts";
import type { CreateLabelProject, UpdateLabelProject } from "#server/improve/labelling/projects/contract.ts";
import { createLabelProject } from "#server/improve/labelling/projects/create-label-project.ts";
import { updateLabelProject } from "#server/improve/labelling/projects/update-label-project.ts";
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

export async function publishGuidelineAction(input: PublishGuideline) {
  const state = await act(async (ctx) => ({ version: (await publishGuideline(ctx, input)).version }));
  refresh();
  return state;
}
