import type { NextRequest } from "next/server";
import { z } from "zod";
import { act } from "#app/_lib/action.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError, type ErrorCode } from "#server/base/errors.ts";
import { storageRefusal } from "#server/base/storage-refusal.ts";
import { answerLabelTask } from "#server/improve/labelling/answers/answer-label-task.ts";
import { AnswerLabelTask } from "#server/improve/labelling/answers/contract.ts";
import { getLabelGroup } from "#server/improve/labelling/answers/group-queries.ts";
import { OfLabelGroup } from "#server/improve/labelling/answers/groups/contract.ts";
import { undoAnswer } from "#server/improve/labelling/answers/undo-answer.ts";
import { NextLabelTask, RenewLabelLeases } from "#server/improve/labelling/queue/contract.ts";
import { nextLabelTask } from "#server/improve/labelling/queue/next-label-task.ts";
import { renewLabelLeases } from "#server/improve/labelling/queue/renew-label-leases.ts";
import { ShowLabelField, showLabelField } from "#server/improve/labelling/queue/show-label-field.ts";
import { showLabelPrediction } from "#server/improve/labelling/queue/show-label-prediction.ts";
import { skipLabelTask } from "#server/improve/labelling/queue/skip-label-task.ts";

const taskId = z.number().int();

const Body = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("next"), queue: NextLabelTask.shape.queue, except: NextLabelTask.shape.except }),
  z.object({ kind: z.literal("answer"), taskId, owner: z.string() }).loose(),
  z.object({ kind: z.literal("undo"), taskId: taskId.optional() }),
  z.object({ kind: z.literal("skip"), taskId }),
  z.object({ kind: z.literal("prediction"), taskId }),
  z.object({
    kind: z.literal("field"),
    taskId,
    field: ShowLabelField.shape.field,
    reason: ShowLabelField.shape.reason,
  }),
  z.object({ kind: z.literal("alike"), groupKey: OfLabelGroup.shape.groupKey }),
  z.object({ kind: z.literal("renew"), taskIds: RenewLabelLeases.shape.taskIds }),
]);

/** Errors that another attempt does not change. */
const final: ReadonlySet<ErrorCode> = new Set(["not-found", "invalid", "forbidden", "too-large", "conflict"]);

/**
 * Serves the labelling page: tasks, answers, leases. A server action would wait for the one before it, and would not survive the page; an
 * answer is sent with the page closed.
 */
export async function POST(request: NextRequest, { params }: RouteContext<"/labels/[project]/label/work">) {
  // A form of another site cannot send this type.
  if (request.headers.get("content-type") !== "application/json") return new Response(null, { status: 415 });
  const projectId = Number((await params).project);
  const state = await act(async (ctx) => {
    const body = Body.parse(await request.json().catch(() => undefined));
    switch (body.kind) {
      case "next":
        return nextLabelTask(ctx, { projectId, queue: body.queue, except: body.except });
      case "answer":
        return isOf(ctx, projectId, body.owner) ? answer(ctx, { ...body, projectId }) : someoneElse;
      case "undo":
        return undoAnswer(ctx, { projectId, ...(body.taskId !== undefined && { taskId: body.taskId }) });
      case "skip":
        await skipLabelTask(ctx, { projectId, taskId: body.taskId });
        return null;
      case "prediction":
        return showLabelPrediction(ctx, { projectId, taskId: body.taskId });
      case "field":
        return showLabelField(ctx, { projectId, taskId: body.taskId, field: body.field, reason: body.reason });
      case "alike": {
        const { label, waiting } = await getLabelGroup(ctx, { projectId, groupKey: body.groupKey, limit: 0 });
        return { label, waiting };
      }
      case "renew":
        return renewLabelLeases(ctx, { projectId, taskIds: body.taskIds });
    }
  });
  return Response.json(state, { headers: { "cache-control": "no-store" } });
}

/** An answer that a browser kept is of the person who gave it, whoever is signed in when it is sent. */
const someoneElse = {
  kind: "later" as const,
  problem: "A different user or workspace is signed in. Sign in as before to send the labels stored here.",
};

function isOf({ actor }: Context, projectId: number, owner: string): boolean {
  return owner === `${actor.workspaceId}/${actor.id}/${projectId}`;
}

/** Stores an answer. A refusal is a result, so that the page keeps apart what it may send again. */
async function answer(ctx: Context, body: Record<string, unknown>) {
  const values = AnswerLabelTask.safeParse({ ...body, cannotTell: body.value === null });
  if (!values.success)
    return { kind: "refused" as const, problem: values.error.issues[0]?.message ?? "It is malformed." };
  try {
    const { isSurplus, gold } = await answerLabelTask(ctx, values.data);
    return { kind: "stored" as const, isSurplus, gold };
  } catch (error) {
    const known = error instanceof DomainError ? error : storageRefusal(error);
    if (!known || !final.has(known.code)) throw error;
    return { kind: "refused" as const, problem: known.message };
  }
}
