import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import { approvePromotion } from "#server/release/promotion/approve-promotion.ts";
import {
  ApprovePromotion,
  EndPromotion,
  ListPromotionRequests,
  PromotionRequest,
  RequestPromotion,
} from "#server/release/promotion/contract.ts";
import { getPromotionRequest, listPromotionRequests } from "#server/release/promotion/queries.ts";
import { rejectPromotion } from "#server/release/promotion/reject-promotion.ts";
import { requestPromotion } from "#server/release/promotion/request-promotion.ts";
import { withdrawPromotion } from "#server/release/promotion/withdraw-promotion.ts";
import { route } from "./route.ts";

const ModelPath = z.object({ model: z.string() });
const RequestPath = z.object({ request: z.uuid() });

/** Registers requests to move an alias to a version, and their decisions. */
export function promotions(app: FastifyInstance): void {
  collection(app);
  const one = { params: RequestPath, response: PromotionRequest };
  const path = "/promotions/:request";
  const show = "Get a promotion request with its state and gates";
  route(app, { method: "GET", path, summary: show, ...one }, ({ ctx, params }) =>
    getPromotionRequest(ctx, params.request),
  );
  const approve = {
    summary: "Approve another person's promotion request, which moves the alias",
    body: ApprovePromotion.omit({ id: true }),
    ...one,
  };
  route(app, { method: "POST", path: `${path}/approval`, ...approve }, ({ ctx, params, body }) =>
    approvePromotion(ctx, { id: params.request, ...body }),
  );
  const body = EndPromotion.pick({ reason: true });
  const reject = { summary: "Reject another person's promotion request", body, ...one };
  route(app, { method: "POST", path: `${path}/rejection`, ...reject }, ({ ctx, params, body }) =>
    rejectPromotion(ctx, { id: params.request, ...body }),
  );
  const withdraw = { summary: "Withdraw your own promotion request", body, ...one };
  route(app, { method: "POST", path: `${path}/withdrawal`, ...withdraw }, ({ ctx, params, body }) =>
    withdrawPromotion(ctx, { id: params.request, ...body }),
  );
}

function collection(app: FastifyInstance): void {
  const query = z.object({
    model: z.string().optional().describe("Only this model."),
    version: z.coerce.number().int().optional().describe("Only this version of the model."),
    which: ListPromotionRequests.shape.which.describe(
      "open: not decided; mine-to-decide: ready and can be approved by the caller.",
    ),
    before: Instant.optional().describe("Cursor: `next` of the previous page."),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  });
  const list = {
    summary: "List promotion requests, newest first",
    query,
    response: z.object({ promotions: z.array(PromotionRequest), next: z.date().optional() }),
  };
  route(app, { method: "GET", path: "/promotions", ...list }, async ({ ctx, query: { model, ...page } }) => {
    const promotions = await listPromotionRequests(ctx, { name: model, ...page });
    return { promotions, next: promotions.length === page.limit ? promotions.at(-1)?.requestedAt : undefined };
  });
  const create = {
    summary: "Request that an alias be moved to a version; runs its gates, then someone else decides",
    params: ModelPath,
    body: RequestPromotion.omit({ name: true }),
    response: PromotionRequest,
    status: 201 as const,
    isRepeatable: true,
  };
  route(
    app,
    { method: "POST", path: "/models/:model/promotions", ...create },
    ({ ctx, params, body, idempotencyKey }) => requestPromotion(ctx, { name: params.model, ...body }, idempotencyKey),
  );
}
