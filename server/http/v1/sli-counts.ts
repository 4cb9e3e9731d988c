import type { FastifyInstance } from "fastify";
import { PostCounts, PostedCounts } from "#server/watch/slo/rollup/contract.ts";
import { postCounts } from "#server/watch/slo/rollup/post-counts.ts";
import { route } from "./route.ts";

/** Registers counts posted by other systems, for SLOs on what gateways do not see. */
export function sliCounts(app: FastifyInstance): void {
  const post = {
    summary: "Post good and total counts per minute; repeated minutes are replaced",
    body: PostCounts,
    response: PostedCounts,
  };
  route(app, { method: "POST", path: "/sli-counts", ...post }, ({ ctx, body }) => postCounts(ctx, body));
}
