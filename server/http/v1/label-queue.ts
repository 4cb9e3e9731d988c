import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { answerLabelTask } from "#server/improve/labelling/answers/answer-label-task.ts";
import { AnswerLabelTask, TakenAnswer, UndoAnswer, UndoneAnswer } from "#server/improve/labelling/answers/contract.ts";
import { undoAnswer } from "#server/improve/labelling/answers/undo-answer.ts";
import * as contract from "#server/improve/labelling/queue/contract.ts";
import { nextLabelTask } from "#server/improve/labelling/queue/next-label-task.ts";
import { releaseLabelTask } from "#server/improve/labelling/queue/release-label-task.ts";
import { renewLabelLeases } from "#server/improve/labelling/queue/renew-label-leases.ts";
import { skipLabelTask } from "#server/improve/labelling/queue/skip-label-task.ts";
import { labelProjectPath, ofLabelProject } from "./label-projects.ts";
import { route } from "./route.ts";

/** Labelling: the next task, its lease, and the answer of the caller. */
export function labelQueue(app: FastifyInstance): void {
  const params = ofLabelProject;
  const next = {
    summary: "Get a task to label, for some minutes: one that you hold, else the next of the queue",
    body: contract.NextLabelTask.omit({ projectId: true }),
    response: contract.NextTask,
  };
  route(app, { method: "POST", path: `${labelProjectPath}/next`, params, ...next }, ({ ctx, params, body }) =>
    nextLabelTask(ctx, { ...body, projectId: params.labelProject }),
  );
  const renew = {
    summary: "Hold tasks for their full time again",
    body: contract.RenewLabelLeases.omit({ projectId: true }),
    response: contract.RenewedLeases,
  };
  route(app, { method: "PUT", path: `${labelProjectPath}/leases`, params, ...renew }, ({ ctx, params, body }) =>
    renewLabelLeases(ctx, { ...body, projectId: params.labelProject }),
  );
  const undo = {
    summary: "Take your last answer back, or your answer to a task; you hold the task again",
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
  const release = { summary: "Give a task back without an answer", params: ofTask };
  route(app, { method: "DELETE", path: `${path}/lease`, ...release }, ({ ctx, params }) =>
    releaseLabelTask(ctx, { projectId: params.labelProject, taskId: params.labelTask }),
  );
  const skip = { summary: "Give a task back, so that it is not offered to you for an hour", params: ofTask };
  route(app, { method: "POST", path: `${path}/skip`, ...skip }, ({ ctx, params }) =>
    skipLabelTask(ctx, { projectId: params.labelProject, taskId: params.labelTask }),
  );
}
