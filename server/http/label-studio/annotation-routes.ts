import { isDeepStrictEqual } from "node:util";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { annotatorOf } from "#server/improve/labelling/annotators/annotator-of.ts";
import { answerLabelTask } from "#server/improve/labelling/answers/answer-label-task.ts";
import { changeAnswer } from "#server/improve/labelling/answers/change-answer.ts";
import { getAnswer, listCurrentAnswers } from "#server/improve/labelling/answers/current-answers.ts";
import type { AnswerRow } from "#server/improve/labelling/answers/own-answer.ts";
import { withdrawAnswer } from "#server/improve/labelling/answers/withdraw-answer.ts";
import type { LabelConfig, LabelValue, Region } from "#server/improve/labelling/contract.ts";
import { spentMsOf } from "#server/improve/labelling/exchange/interpret-item.ts";
import { loadPeople } from "#server/improve/labelling/exchange/people.ts";
import { readRegions } from "#server/improve/labelling/regions/read-regions.ts";
import { decideLabelReview } from "#server/improve/labelling/reviews/decide-label-review.ts";
import type { LabelTask } from "#server/improve/labelling/tasks/contract.ts";
import { getLabelTask } from "#server/improve/labelling/tasks/queries.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { idOf, orNoMatch } from "./arguments.ts";
import { objectOf } from "./body.ts";
import { liveProject } from "./project-routes.ts";
import { labelStudioRoute, sendNothing } from "./route.ts";
import { annotationShape } from "./shapes.ts";
import { findTask } from "./task-routes.ts";

export function annotationRoutes(app: FastifyInstance): void {
  labelStudioRoute(app, "/api/tasks/:labelTask/annotations", {
    GET: async (ctx, request) => {
      const { task, project } = await findTask(ctx, request);
      const people = await loadPeople(ctx);
      const answers = await listCurrentAnswers(ctx, [task.id]);
      return answers.map((answer) => annotationShape(answer, { task, config: project.config, people }));
    },
    POST: async (ctx, request, reply) => {
      const { task, project } = await findTask(ctx, request);
      const { result, ...given } = answerOf(objectOf(request), project.config, task);
      const { answerId } = await answerLabelTask(ctx, {
        projectId: project.id,
        taskId: task.id,
        ...given,
        ...(result && { result }),
      });
      return reply.code(201).send(await shown(ctx, await getAnswer(ctx, answerId)));
    },
  });
  labelStudioRoute(app, "/api/annotations/:labelAnswer", {
    GET: async (ctx, request) => shown(ctx, await findAnnotation(ctx, request)),
    PATCH: async (ctx, request) => {
      const before = await findAnnotation(ctx, request);
      const { task, project } = await surroundings(ctx, before);
      const sent = objectOf(request);
      const given = answerOf(sent, project.config, task, before);
      const { person } = await annotatorOf(ctx);
      if (person === before.person) return shown(ctx, await changeAnswer(ctx, { answerId: before.id, ...given }));
      permit(ctx, "decideLabelReview");
      if (isSame(given, before)) return shown(ctx, before);
      return { ...(await shown(ctx, before)), review: await reviewed(ctx, before, { ...given, reason: sent.reason }) };
    },
    DELETE: async (ctx, request, reply) => {
      const { id } = await findAnnotation(ctx, request);
      await withdrawAnswer(ctx, { answerId: id });
      return sendNothing(reply);
    },
  });
}

/** Whether an annotation still says what it said: clients also send a lead time, or that it is a ground truth. */
const isSame = (given: Pick<AnswerRow, "value" | "cannotTell">, { value, cannotTell }: AnswerRow) =>
  given.cannotTell === cannotTell && isDeepStrictEqual(given.value, value);

/** What changes the annotation of someone else is a review: their answer stays, and the label is decided. */
async function reviewed(
  ctx: Context,
  { taskId, person }: AnswerRow,
  { value, result, reason }: { value: LabelValue | null; result: Region[] | null; reason: unknown },
) {
  if (!value) throw new DomainError("invalid", "A review decides a label.", { field: "result" });
  const annotator = (await loadPeople(ctx)).annotator(person).name;
  const words = typeof reason === "string" && reason.trim() ? reason : `Changed what ${annotator} answered.`;
  await decideLabelReview(ctx, { taskId, verdict: "decided", value, reason: words });
  return { verdict: "decided", reason: words, result };
}

async function findAnnotation(ctx: Context, request: FastifyRequest): Promise<AnswerRow> {
  return orNoMatch("Annotation", getAnswer(ctx, idOf(request, "labelAnswer", "Annotation")));
}

async function surroundings(ctx: Context, { taskId, projectId }: AnswerRow) {
  const project = await orNoMatch("Annotation", liveProject(ctx, projectId));
  return { task: await getLabelTask(ctx, taskId), project };
}

async function shown(ctx: Context, answer: AnswerRow) {
  const { task, project } = await surroundings(ctx, answer);
  return annotationShape(answer, { task, config: project.config, people: await loadPeople(ctx) });
}

/** Reads what an annotation says; what is left out stays as it was before. */
function answerOf(
  sent: Record<string, unknown>,
  config: LabelConfig,
  { data }: Pick<LabelTask, "data">,
  before?: AnswerRow,
) {
  const isSkipped = typeof sent.was_cancelled === "boolean" ? sent.was_cancelled : (before?.cannotTell ?? false);
  const isKept = sent.result === undefined && before !== undefined && before.cannotTell === isSkipped;
  const read = isKept
    ? { regions: before.result, value: before.value }
    : readRegions(config, sent.result ?? before?.result ?? [], data);
  if (!isSkipped && read.value === null) {
    const [control] = config.controls;
    throw new DomainError("invalid", `The result has no answer to "${control?.name}".`, { field: "result" });
  }
  const spentMs = spentMsOf(sent.lead_time);
  return {
    value: isSkipped ? null : read.value,
    cannotTell: isSkipped,
    result: read.regions,
    ...(spentMs !== undefined && { spentMs }),
  };
}
