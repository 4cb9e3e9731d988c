import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { IsoInstant } from "#server/base/instant.ts";
import { addTasks } from "#server/improve/labelling/tasks/add-tasks.ts";
import * as contract from "#server/improve/labelling/tasks/contract.ts";
import { LabelTask, LabelTaskDetails, ListLabelTasks } from "#server/improve/labelling/tasks/contract.ts";
import { deleteLabelTasks } from "#server/improve/labelling/tasks/delete-label-tasks.ts";
import { getLabelTask, listLabelTasks } from "#server/improve/labelling/tasks/queries.ts";
import { labelProjectPath, ofLabelProject } from "./label-projects.ts";
import { route } from "./route.ts";

/** Times come as text. */
const NewTask = contract.NewTask.extend({
  answers: z
    .array(contract.ImportedAnswer.extend({ createdAt: IsoInstant.optional() }))
    .max(100)
    .default([]),
});

/** Tasks of label projects: what is labelled. */
export function labelTasks(app: FastifyInstance): void {
  const params = ofLabelProject;
  const path = `${labelProjectPath}/tasks` as const;
  const list = {
    summary: "List tasks of a label project in the order of their ids",
    query: z.object({
      state: ListLabelTasks.shape.state,
      source: ListLabelTasks.shape.source,
      after: z.coerce.number().int().min(1).optional(),
      limit: z.coerce.number().int().min(1).max(1_000).default(100),
    }),
    response: z.object({ tasks: z.array(LabelTask), next: z.number().int().nullable() }),
  };
  route(app, { method: "GET", path, params, ...list }, ({ ctx, params, query }) =>
    listLabelTasks(ctx, { ...query, projectId: params.labelProject }),
  );
  const add = {
    summary: "Add tasks to a label project; existing items are not changed",
    body: z.object({ tasks: z.array(NewTask).min(1).max(contract.maxTasksPerCall) }),
    response: contract.AddedTasks,
  };
  route(app, { method: "POST", path, params, ...add }, ({ ctx, params, body }) =>
    addTasks(ctx, { ...body, projectId: params.labelProject }),
  );
  const remove = {
    summary: "Delete tasks with their answers and labels, permanently",
    body: contract.DeleteLabelTasks.omit({ projectId: true }),
    response: z.object({ deleted: z.number().int() }),
  };
  route(app, { method: "POST", path: `${path}/deletion`, params, ...remove }, ({ ctx, params, body }) =>
    deleteLabelTasks(ctx, { ...body, projectId: params.labelProject }),
  );
  const one = z.object({ labelTask: z.coerce.number().int().min(1) });
  const show = { summary: "Get a label task with its answers and label", params: one, response: LabelTaskDetails };
  route(app, { method: "GET", path: "/label-tasks/:labelTask", ...show }, ({ ctx, params }) =>
    getLabelTask(ctx, params.labelTask),
  );
}
