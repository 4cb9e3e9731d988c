import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { getBacklog } from "#server/serve/tasks/backlog.ts";
import { NewTaskWebhook, SetTaskWebhook, TaskDelivery, TaskWebhook } from "#server/serve/tasks/callbacks/contract.ts";
import { getTaskWebhook, listTaskDeliveries } from "#server/serve/tasks/callbacks/queries.ts";
import { setTaskWebhook } from "#server/serve/tasks/callbacks/set-task-webhook.ts";
import { cancelTask } from "#server/serve/tasks/cancel-task.ts";
import * as contract from "#server/serve/tasks/contract.ts";
import { redriveTask, redriveTasks } from "#server/serve/tasks/redrive-task.ts";
import { setTaskSettings } from "#server/serve/tasks/set-task-settings.ts";
import { getTask, getTaskSettings, listTasks } from "#server/serve/tasks/task-queries.ts";
import { route } from "./route.ts";

const { Task, TaskSettings, Backlog } = contract;
const EndpointPath = z.object({ endpoint: z.string() });
const TaskPath = z.object({ task: z.uuid() });
const Why = contract.RedriveTask.pick({ reason: true });
const idOf = async (ctx: Context, { endpoint }: { endpoint: string }) => (await findEndpoint(ctx, endpoint)).id;

/** Registers asynchronous requests for operators. Clients submit and fetch them at the gateway, under /v2. */
export function endpointTasks(app: FastifyInstance, deps: WebDependencies): void {
  ofEndpoint(app);
  oneTask(app, deps);
  settings(app, deps);
}

function ofEndpoint(app: FastifyInstance): void {
  const path = "/endpoints/:endpoint";
  const query = contract.ListTasks.omit({ endpointId: true });
  const page = z.object({ tasks: z.array(Task), next: z.string().optional() });
  const list = { summary: "List tasks, newest first", params: EndpointPath, query, response: page };
  route(app, { method: "GET", path: `${path}/tasks`, ...list }, async ({ ctx, params, query }) =>
    listTasks(ctx, { endpointId: await idOf(ctx, params), ...query }),
  );
  const count = { summary: "Get the backlog and last hour of an endpoint's tasks", params: EndpointPath };
  route(app, { method: "GET", path: `${path}/backlog`, ...count, response: Backlog }, async ({ ctx, params }) =>
    getBacklog(ctx, { endpointId: await idOf(ctx, params) }),
  );
  const redrive = {
    summary: "Retry all dead letters, at most 10,000 per call",
    params: EndpointPath,
    body: Why,
    response: z.object({ redriven: z.number().int() }),
  };
  route(app, { method: "POST", path: `${path}/redrives`, ...redrive }, async ({ ctx, params, body }) =>
    redriveTasks(ctx, { endpointId: await idOf(ctx, params), ...body }),
  );
}

function oneTask(app: FastifyInstance, { config }: WebDependencies): void {
  const one = { params: TaskPath, response: Task };
  const show = { summary: "Get a task", ...one };
  route(app, { method: "GET", path: "/tasks/:task", ...show }, ({ ctx, params }) =>
    getTask(ctx, { taskId: params.task }),
  );
  const redrive = { summary: "Retry a failed or expired task", ...one, body: Why };
  route(app, { method: "POST", path: "/tasks/:task/redrives", ...redrive }, ({ ctx, params, body }) =>
    redriveTask(ctx, { taskId: params.task, ...body }),
  );
  const cancel = { summary: "Cancel a queued or running task", ...one, body: Why };
  route(app, { method: "POST", path: "/tasks/:task/cancellation", ...cancel }, ({ ctx, params, body }) =>
    cancelTask(ctx, { taskId: params.task, ...body }, config.gatewayUrl),
  );
  const response = z.object({ deliveries: z.array(TaskDelivery) });
  const deliveries = { summary: "List webhook deliveries of a task, with every attempt", params: TaskPath, response };
  route(app, { method: "GET", path: "/tasks/:task/deliveries", ...deliveries }, async ({ ctx, params }) => {
    const { id: taskId } = await getTask(ctx, { taskId: params.task });
    return { deliveries: await listTaskDeliveries(ctx, { taskId }) };
  });
}

function settings(app: FastifyInstance, { config }: WebDependencies): void {
  const path = "/endpoints/:endpoint/task-settings";
  const params = EndpointPath;
  const show = { summary: "Get the task settings of an endpoint", params, response: TaskSettings };
  route(app, { method: "GET", path, ...show }, async ({ ctx, params }) =>
    getTaskSettings(ctx, { endpointId: await idOf(ctx, params) }),
  );
  const set = {
    summary: "Replace the task settings of an endpoint",
    params,
    body: TaskSettings,
    response: TaskSettings,
  };
  route(app, { method: "PUT", path, ...set }, async ({ ctx, params, body }) =>
    setTaskSettings(ctx, { endpointId: await idOf(ctx, params), settings: body }),
  );
  const hook = "/endpoints/:endpoint/task-webhook";
  const where = { summary: "Get the task webhook of an endpoint", params, response: TaskWebhook };
  route(app, { method: "GET", path: hook, ...where }, async ({ ctx, params }) =>
    getTaskWebhook(ctx, { endpointId: await idOf(ctx, params) }),
  );
  const record = {
    summary: "Set the task webhook and generate its signing secret, which is shown once",
    params,
    body: SetTaskWebhook.omit({ endpointId: true }),
    response: NewTaskWebhook,
  };
  route(app, { method: "PUT", path: hook, ...record }, async ({ ctx, params, body }) =>
    setTaskWebhook(ctx, { endpointId: await idOf(ctx, params), ...body }, config.webhooks),
  );
}
