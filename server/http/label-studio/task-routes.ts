import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { asObject } from "#server/base/parsed-json.ts";
import { fieldOf } from "#server/base/text/field-of.ts";
import { listCurrentAnswers } from "#server/improve/labelling/answers/current-answers.ts";
import { importLabels } from "#server/improve/labelling/exchange/import-labels.ts";
import { loadPeople } from "#server/improve/labelling/exchange/people.ts";
import { requiredObjects } from "#server/improve/labelling/exchange/required-objects.ts";
import { listTaskPredictions } from "#server/improve/labelling/predictions/queries.ts";
import { changeLabelTask } from "#server/improve/labelling/tasks/change-label-task.ts";
import type { LabelTask } from "#server/improve/labelling/tasks/contract.ts";
import { deleteLabelTasks } from "#server/improve/labelling/tasks/delete-label-tasks.ts";
import { listTaskPage } from "#server/improve/labelling/tasks/list-task-page.ts";
import { getLabelTask } from "#server/improve/labelling/tasks/queries.ts";
import { idFrom, idOf, noPage, orNoMatch, pageOf, queryOf } from "./arguments.ts";
import { objectOf } from "./body.ts";
import { liveProject } from "./project-routes.ts";
import { labelStudioRoute, sendNothing } from "./route.ts";
import { taskFields, taskShape } from "./shapes.ts";

/** Tasks on a page, if a client does not say how many. */
const defaultPageSize = 100;

export function taskRoutes(app: FastifyInstance): void {
  labelStudioRoute(app, "/api/tasks", {
    GET: (ctx, request) => listTasks(ctx, request),
    POST: async (ctx, request, reply) => {
      const { project, ...item } = objectOf(request);
      const { id } = await liveProject(ctx, idFrom(project, "project"));
      if (!asObject(item.data)) throw new DomainError("invalid", "This field is required.", { field: "data" });
      const { taskIds } = await importLabels(ctx, { projectId: id, items: [item] });
      return reply.code(201).send(await shownTask(ctx, taskIds[0] ?? 0));
    },
  });
  labelStudioRoute(app, "/api/tasks/:labelTask", {
    GET: (ctx, request) => shownTask(ctx, idOf(request, "labelTask", "Task")),
    PATCH: async (ctx, request) => {
      const { task, project } = await findTask(ctx, request);
      const sent = objectOf(request);
      const data = sent.data === undefined ? undefined : asObject(sent.data);
      if (sent.data !== undefined) requireFields(data, requiredObjects(project));
      await changeLabelTask(ctx, { taskId: task.id, data, meta: asObject(sent.meta) });
      return shownTask(ctx, task.id);
    },
    DELETE: async (ctx, request, reply) => {
      const { task } = await findTask(ctx, request);
      await deleteLabelTasks(ctx, { projectId: task.projectId, taskIds: [task.id] });
      return sendNothing(reply);
    },
  });
}

/** Finds the task of a path. @throws DomainError "not-found", also for one of an archived project */
export async function findTask(ctx: Context, request: FastifyRequest) {
  return loadTask(ctx, idOf(request, "labelTask", "Task"));
}

async function loadTask(ctx: Context, taskId: number) {
  const task = await orNoMatch("Task", getLabelTask(ctx, taskId));
  const project = await orNoMatch("Task", liveProject(ctx, task.projectId));
  return { task, project };
}

async function shownTask(ctx: Context, taskId: number) {
  const { task, project } = await loadTask(ctx, taskId);
  const [people, answers, predictions] = await Promise.all([
    loadPeople(ctx),
    listCurrentAnswers(ctx, [taskId]),
    listTaskPredictions(ctx, [taskId]),
  ]);
  return taskShape(task, { answers, predictions }, { config: project.config, people, isFull: true });
}

/** @throws DomainError "invalid" when data lack what the configuration shows */
function requireFields(data: Record<string, unknown> | undefined, objects: readonly { field: string }[]): void {
  if (!data) throw new DomainError("invalid", "data must be an object.", { field: "data" });
  const missing = objects.find(({ field }) => fieldOf(data, field) === undefined);
  if (!missing) return;
  throw new DomainError("invalid", `"${missing.field}" key is expected in task data.`, { field: "data" });
}

async function listTasks(ctx: Context, request: FastifyRequest) {
  const query = queryOf(request);
  for (const name of ["query", "view", "filters"]) {
    // Without its filter a client would take all tasks for those it asked for.
    if (query[name]) throw new DomainError("invalid", `Leeway does not filter tasks by "${name}".`, { field: name });
  }
  const project = await liveProject(ctx, idFrom(query.project, "project"));
  const { page, pageSize } = pageOf(query, defaultPageSize);
  const { tasks, total, answers, predictions } = await listTaskPage(ctx, { projectId: project.id, page, pageSize });
  if (tasks.length === 0 && page > 1) throw noPage();
  const included = query.include?.split(",").map((name) => name.trim());
  const shown = await shownTasks(ctx, tasks, project, query.fields === "task_only");
  return {
    total_annotations: answers,
    total_predictions: predictions,
    total,
    tasks: included ? shown.map((task) => picked(task, included)) : shown,
  };
}

async function shownTasks(
  ctx: Context,
  tasks: readonly LabelTask[],
  { config }: Awaited<ReturnType<typeof liveProject>>,
  isBare: boolean,
): Promise<object[]> {
  if (isBare || tasks.length === 0) return tasks.map(taskFields);
  const ids = tasks.map(({ id }) => id);
  const [people, answers, predictions] = await Promise.all([
    loadPeople(ctx),
    listCurrentAnswers(ctx, ids),
    listTaskPredictions(ctx, ids),
  ]);
  const answersBy = Map.groupBy(answers, ({ taskId }) => taskId);
  const predictionsBy = Map.groupBy(predictions, ({ taskId }) => taskId);
  return tasks.map((task) => {
    const parts = { answers: answersBy.get(task.id) ?? [], predictions: predictionsBy.get(task.id) ?? [] };
    return taskShape(task, parts, { config, people });
  });
}

function picked(task: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(task).filter(([name]) => names.includes(name)));
}
