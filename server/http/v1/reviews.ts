import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Digest, SetDigest } from "#server/report/reports/digest/contract.ts";
import { getDigest } from "#server/report/reports/digest/queries.ts";
import { setDigest } from "#server/report/reports/digest/set-digest.ts";
import { Cadence, Review, ReviewItem, TickReview } from "#server/report/reports/reviews/contract.ts";
import { getReview } from "#server/report/reports/reviews/get-review.ts";
import { tickReview } from "#server/report/reports/reviews/tick-review.ts";
import { untickReview } from "#server/report/reports/reviews/untick-review.ts";
import type { WebDependencies } from "../server.ts";
import { route } from "./route.ts";

const params = z.object({ review: TickReview.shape.name });
const ofItem = params.extend({ item: ReviewItem });

/** Registers the routes for the items of weekly and monthly reviews, and for the email digest. */
export function reviews(app: FastifyInstance, { config }: WebDependencies): void {
  const current = {
    summary: "Get the review of the current week or month",
    query: z.object({ cadence: Cadence.default("week") }),
    response: Review,
  };
  route(app, { method: "GET", path: "/reviews/current", ...current }, ({ ctx, query }) => getReview(ctx, query));
  const one = { summary: "Get the review of a week (2026-W19) or month (2026-05)", params, response: Review };
  route(app, { method: "GET", path: "/reviews/:review", ...one }, ({ ctx, params }) =>
    getReview(ctx, { name: params.review }),
  );
  const path = "/reviews/:review/items/:item/completion";
  const tick = {
    summary: "Mark a review item as reviewed",
    params: ofItem,
    body: TickReview.pick({ note: true }),
  };
  route(app, { method: "PUT", path, ...tick }, ({ ctx, params, body }) =>
    tickReview(ctx, { name: params.review, item: params.item, ...body }),
  );
  const untick = { summary: "Mark a review item as not reviewed; the history is kept", params: ofItem };
  route(app, { method: "DELETE", path, ...untick }, ({ ctx, params }) =>
    untickReview(ctx, { name: params.review, item: params.item }),
  );
  const known = { hasMailServer: config.notifications.mail !== undefined };
  const show = { summary: "Get the caller's weekly email settings", response: Digest };
  route(app, { method: "GET", path: "/digest", ...show }, ({ ctx }) => getDigest(ctx, known));
  const set = { summary: "Enable or disable the weekly email", body: SetDigest, response: Digest };
  route(app, { method: "PUT", path: "/digest", ...set }, async ({ ctx, body }) => {
    await setDigest(ctx, body);
    return getDigest(ctx, known);
  });
}
