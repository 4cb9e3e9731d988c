import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { answerLabelGroup } from "#server/improve/labelling/answers/answer-label-group.ts";
import { answerLabelTask } from "#server/improve/labelling/answers/answer-label-task.ts";
import { AnswerLabelTask, TakenAnswer, UndoAnswer, UndoneAnswer } from "#server/improve/labelling/answers/contract.ts";
import { getLabelGroup } from "#server/improve/labelling/answers/group-queries.ts";
import * as groups from "#server/improve/labelling/answers/groups/contract.ts";
import { listOwnAnswers, OwnAnswer } from "#server/improve/labelling/answers/queries.ts";
import { undoAnswer } from "#server/improve/labelling/answers/undo-answer.ts";
import * as contract from "#server/improve/labelling/queue/contract.ts";
import { countWaitingLabels } from "#server/improve/labelling/queue/count-waiting.ts";
import { leaseLabelTask } from "#server/improve/labelling/queue/lease-label-task.ts";
import { nextLabelTask } from "#server/improve/labelling/queue/next-label-task.ts";
import { releaseLabelTask } from "#server/improve/labelling/queue/release-label-task.ts";
import { renewLabelLeases } from "#server/improve/labelling/queue/renew-label-leases.ts";
import { ShowLabelField, showLabelField } from "#server/improve/labelling/queue/show-label-field.ts";
import { skipLabelTask } from "#server/improve/labelling/queue/skip-label-task.ts";
import { labelProjectPath, ofLabelProject } from "./label-projects.ts";
import { route } from "./route.ts";

/** Labelling: the next task, its lease, and the answer of the caller. */
export function labelQueue(app: FastifyInstance): void {
  const params = ofLabelProject;
  const waiting = {
    summary: "Count your open items in all label projects, up to 500",
    response: z.object({ waiting: z.number().int() }),
  };
  route(app, { method: "GET", path: "/label-queue/waiting", ...waiting }, ({ ctx }) => countWaitingLabels(ctx));
  const next = {
    summary: "Lease a task to label: your current one, or the next in the queue",
    body: contract.NextLabelTask.omit({ projectId: true }),
    response: contract.NextTask,
  };
  route(app, { method: "POST", path: `${labelProjectPath}/next`, params, ...next }, ({ ctx, params, body }) =>
    nextLabelTask(ctx, { ...body, projectId: params.labelProject }),
  );
  const renew = {
    summary: "Renew the leases of tasks",
    body: contract.RenewLabelLeases.omit({ projectId: true }),
    response: contract.RenewedLeases,
  };
  route(app, { method: "PUT", path: `${labelProjectPath}/leases`, params, ...renew }, ({ ctx, params, body }) =>
    renewLabelLeases(ctx, { ...body, projectId: params.labelProject }),
  );
  const undo = {
    summary: "Undo your last answer, or your answer to a task; the task is leased to you again",
    body: UndoAnswer.omit({ projectId: true }),
    response: UndoneAnswer,
  };
  route(app, { method: "POST", path: `${labelProjectPath}/undo`, params, ...undo }, ({ ctx, params, body }) =>
    undoAnswer(ctx, { ...body, projectId: params.labelProject }),
  );
  const ofTask = ofLabelProject.extend({ labelTask: z.coerce.number().int().min(1) });
  const path = `${labelProjectPath}/tasks/:labelTask` as const;
  const answer = {
    summary: "Answer a task; the same answer again changes nothing, another one replaces it",
    params: ofTask,
    body: AnswerLabelTask.omit({ projectId: true, taskId: true }),
    response: TakenAnswer,
  };
  route(app, { method: "PUT", path: `${path}/answer`, ...answer }, ({ ctx, params, body }) =>
    answerLabelTask(ctx, { ...body, projectId: params.labelProject, taskId: params.labelTask }),
  );
  const lease = {
    summary: "Lease a specific task, if it is available",
    params: ofTask,
    response: contract.GivenTask,
  };
  route(app, { method: "POST", path: `${path}/lease`, ...lease }, ({ ctx, params }) =>
    leaseLabelTask(ctx, { projectId: params.labelProject, taskId: params.labelTask }),
  );
  const show = {
    summary: "Show a hidden field of a leased task; recorded in the audit log",
    params: ofTask.extend({ field: ShowLabelField.shape.field }),
    body: ShowLabelField.pick({ reason: true }),
    response: z.object({ value: z.unknown() }),
  };
  route(app, { method: "POST", path: `${path}/fields/:field`, ...show }, ({ ctx, params, body }) =>
    showLabelField(ctx, { ...body, projectId: params.labelProject, taskId: params.labelTask, field: params.field }),
  );
  const release = { summary: "Release a task without an answer", params: ofTask };
  route(app, { method: "DELETE", path: `${path}/lease`, ...release }, ({ ctx, params }) =>
    releaseLabelTask(ctx, { projectId: params.labelProject, taskId: params.labelTask }),
  );
  const skip = { summary: "Skip a task; it is not offered to you for an hour", params: ofTask };
  route(app, { method: "POST", path: `${path}/skip`, ...skip }, ({ ctx, params }) =>
    skipLabelTask(ctx, { projectId: params.labelProject, taskId: params.labelTask }),
  );
  const history = {
    summary: "List your answers in a label project, newest first",
    query: z.object({
      before: z.coerce.number().int().min(1).optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    response: z.object({ answers: z.array(OwnAnswer), next: z.number().int().nullable() }),
  };
  route(app, { method: "GET", path: `${labelProjectPath}/answers`, params, ...history }, ({ ctx, params, query }) =>
    listOwnAnswers(ctx, { ...query, projectId: params.labelProject }),
  );
  labelGroups(app);
}

/** Alike tasks, answered at once. */
function labelGroups(app: FastifyInstance): void {
  const path = `${labelProjectPath}/groups/:group` as const;
  const params = ofLabelProject.extend({ group: groups.OfLabelGroup.shape.groupKey });
  const show = {
    summary: "Get the tasks of a group that you may answer together",
    params,
    response: groups.LabelGroup,
  };
  route(app, { method: "GET", path, ...show }, ({ ctx, params }) =>
    getLabelGroup(ctx, { projectId: params.labelProject, groupKey: params.group }),
  );
  const answer = {
    summary: "Answer the tasks of a group together, with exceptions",
    params,
    body: groups.AnswerLabelGroup.omit({ projectId: true, groupKey: true }),
    response: groups.AnsweredGroup,
  };
  route(app, { method: "POST", path: `${path}/answers`, ...answer }, ({ ctx, params, body }) =>
    answerLabelGroup(ctx, { ...body, projectId: params.labelProject, groupKey: params.group }),
  );
}
