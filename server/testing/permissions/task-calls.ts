import { Readable } from "node:stream";
import { getBacklog } from "#server/serve/tasks/backlog.ts";
import { getTaskWebhook, listTaskDeliveries } from "#server/serve/tasks/callbacks/queries.ts";
import { setTaskWebhook } from "#server/serve/tasks/callbacks/set-task-webhook.ts";
import { cancelOwnTask, cancelTask } from "#server/serve/tasks/cancel-task.ts";
import { TaskSettings } from "#server/serve/tasks/contract.ts";
import { redriveTask, redriveTasks } from "#server/serve/tasks/redrive-task.ts";
import { setTaskSettings } from "#server/serve/tasks/set-task-settings.ts";
import { storeTaskInput } from "#server/serve/tasks/store-task-input.ts";
import { submitTask } from "#server/serve/tasks/submit-task.ts";
import { getOwnTask, getTask, getTaskSettings, listTasks, openTaskResult } from "#server/serve/tasks/task-queries.ts";
import type { Calls } from "./call.ts";

const gateway = "http://gateway.test";
const rules = { allowsPrivate: true };

/** Calls for asynchronous requests. */
export const taskCalls = {
  submitTask: (ctx, { endpointId, taskInputId, store }) =>
    submitTask(ctx, { endpointId, inputId: taskInputId }, "key", { artifacts: store, rules }),
  storeTaskInput: (ctx, { store }) => storeTaskInput(ctx, Readable.from([Buffer.from("{}")]), store),
  getOwnTask: (ctx, { taskId }) => getOwnTask(ctx, { taskId }),
  getTask: (ctx, { taskId }) => getTask(ctx, { taskId }),
  openTaskResult: (ctx, { taskId, store }) => openTaskResult(ctx, { taskId }, store),
  cancelOwnTask: (ctx, { taskId }) => cancelOwnTask(ctx, { taskId }, gateway),
  cancelTask: (ctx, { taskId }) => cancelTask(ctx, { taskId }, gateway),
  listTasks: (ctx, { endpointId }) => listTasks(ctx, { endpointId }),
  getBacklog: (ctx, { endpointId }) => getBacklog(ctx, { endpointId }),
  redriveTask: (ctx, { deadTaskId }) => redriveTask(ctx, { taskId: deadTaskId, reason: "again" }),
  redriveTasks: (ctx, { endpointId }) => redriveTasks(ctx, { endpointId }),
  getTaskSettings: (ctx, { endpointId }) => getTaskSettings(ctx, { endpointId }),
  setTaskSettings: (ctx, { endpointId }) =>
    setTaskSettings(ctx, { endpointId, settings: TaskSettings.parse({ tries: 5 }) }),
  getTaskWebhook: (ctx, { endpointId }) => getTaskWebhook(ctx, { endpointId }),
  setTaskWebhook: (ctx, { endpointId }) => setTaskWebhook(ctx, { endpointId, url: null, renewsSecret: true }, rules),
  listTaskDeliveries: (ctx, { deadTaskId }) => listTaskDeliveries(ctx, { taskId: deadTaskId }),
} satisfies Calls;
