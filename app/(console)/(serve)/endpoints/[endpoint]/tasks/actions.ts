"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import { setTaskWebhook } from "#server/serve/tasks/callbacks/set-task-webhook.ts";
import { cancelTask } from "#server/serve/tasks/cancel-task.ts";
import type { CancelTask, RedriveTask, TaskSettings } from "#server/serve/tasks/contract.ts";
import { redriveTask, redriveTasks } from "#server/serve/tasks/redrive-task.ts";
import { setTaskSettings } from "#server/serve/tasks/set-task-settings.ts";

const refresh = () => revalidatePath("/endpoints/[endpoint]/tasks", "page");

export async function cancelTaskAction(input: CancelTask) {
  const state = await act((ctx) => cancelTask(ctx, input, runtime().config.gatewayUrl));
  refresh();
  return state;
}

export async function redriveTaskAction(input: RedriveTask) {
  const state = await act((ctx) => redriveTask(ctx, input));
  refresh();
  return state;
}

export async function redriveTasksAction(endpointId: string, reason: string) {
  const state = await act((ctx) => redriveTasks(ctx, { endpointId, reason }));
  refresh();
  return state;
}

export async function setTaskSettingsAction(endpointId: string, settings: TaskSettings) {
  const state = await act((ctx) => setTaskSettings(ctx, { endpointId, settings }));
  if (state.ok) refresh();
  return state;
}

export async function setTaskWebhookAction(endpointId: string, input: { url: string | null; renewsSecret: boolean }) {
  const state = await act((ctx) => setTaskWebhook(ctx, { endpointId, ...input }, runtime().config.webhooks));
  if (state.ok) refresh();
  return state;
}
