import type { FastifyInstance } from "fastify";
import { z } from "zod";
import * as golds from "#server/improve/labelling/golds/contract.ts";
import { listGoldCandidates, listGolds } from "#server/improve/labelling/golds/queries.ts";
import { setGold } from "#server/improve/labelling/golds/set-gold.ts";
import { askSecondOpinions } from "#server/improve/labelling/reviews/ask-second-opinions.ts";
import * as contract from "#server/improve/labelling/reviews/contract.ts";
import { decideLabelReview } from "#server/improve/labelling/reviews/decide-label-review.ts";
import { listLabelReviews } from "#server/improve/labelling/reviews/queries.ts";
import { LabelTaskDetails } from "#server/improve/labelling/tasks/contract.ts";
import { labelProjectPath, ofLabelProject } from "./label-projects.ts";
import { route } from "./route.ts";

/** Reviews of labels, second opinions, and gold items. */
export function labelReviews(app: FastifyInstance): void {
  const params = ofLabelProject;
  const list = {
    summary: "List tasks to review, with anonymous answers",
    query: z.object({
      reason: contract.ListLabelReviews.shape.reason,
      after: z.coerce.number().int().min(1).optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    response: z.object({ items: z.array(contract.LabelReviewItem), next: z.number().int().nullable() }),
  };
  route(app, { method: "GET", path: `${labelProjectPath}/reviews`, params, ...list }, ({ ctx, params, query }) =>
    listLabelReviews(ctx, { ...query, projectId: params.labelProject }),
  );
  const ask = {
    summary: "Queue tasks for another person, such as those with suspected errors",
    body: contract.AskSecondOpinions.omit({ projectId: true }),
    response: contract.AskedOpinions,
  };
  route(app, { method: "POST", path: `${labelProjectPath}/second-opinions`, params, ...ask }, ({ ctx, params, body }) =>
    askSecondOpinions(ctx, { ...body, projectId: params.labelProject }),
  );
  const ofTask = z.object({ labelTask: z.coerce.number().int().min(1) });
  const decide = {
    summary: "Review a task: set its label, send it back, or mark the guidelines as unclear",
    params: ofTask,
    body: contract.DecideLabelReview.omit({ taskId: true }),
    response: LabelTaskDetails,
  };
  route(app, { method: "POST", path: "/label-tasks/:labelTask/reviews", ...decide }, ({ ctx, params, body }) =>
    decideLabelReview(ctx, { ...body, taskId: params.labelTask }),
  );
  const gold = {
    summary: "Create, update or disable a gold item",
    params: ofTask,
    body: golds.SetGold.omit({ taskId: true }),
    response: golds.GoldItem,
  };
  route(app, { method: "PUT", path: "/label-tasks/:labelTask/gold", ...gold }, ({ ctx, params, body }) =>
    setGold(ctx, { ...body, taskId: params.labelTask }),
  );
  const all = {
    summary: "List the gold items of a label project with their answers",
    response: z.object({ golds: z.array(golds.GoldItem) }),
  };
  route(app, { method: "GET", path: `${labelProjectPath}/golds`, params, ...all }, async ({ ctx, params }) => ({
    golds: await listGolds(ctx, params.labelProject),
  }));
  const candidates = {
    summary: "List settled tasks that could become gold items",
    response: z.object({ candidates: z.array(golds.GoldCandidate) }),
  };
  const path = `${labelProjectPath}/gold-candidates` as const;
  route(app, { method: "GET", path, params, ...candidates }, async ({ ctx, params }) => ({
    candidates: await listGoldCandidates(ctx, params.labelProject),
  }));
}
