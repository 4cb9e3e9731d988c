import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Analysis, ListAnalyses, RequestAnalysis } from "#server/watch/monitoring/analyses/contract.ts";
import { getAnalysis, listAnalyses } from "#server/watch/monitoring/analyses/queries.ts";
import { requestAnalysis } from "#server/watch/monitoring/analyses/request-analysis.ts";
import { route } from "./route.ts";

/** Registers comparisons of rows: two files, or the log of an endpoint against the reference of its version. */
export function analyses(app: FastifyInstance): void {
  const list = {
    summary: "List analyses of an endpoint or of files, newest first",
    query: ListAnalyses,
    response: z.object({ analyses: z.array(Analysis) }),
  };
  route(app, { method: "GET", path: "/analyses", ...list }, async ({ ctx, query }) => ({
    analyses: await listAnalyses(ctx, query),
  }));
  const request = {
    summary: "Request an analysis, which runs as a job",
    body: RequestAnalysis,
    response: Analysis,
    status: 201,
  } as const;
  route(app, { method: "POST", path: "/analyses", ...request }, async ({ ctx, body }) => requestAnalysis(ctx, body));
  const show = {
    summary: "Get an analysis with its result",
    params: z.object({ analysis: z.uuid() }),
    response: Analysis,
  };
  route(app, { method: "GET", path: "/analyses/:analysis", ...show }, async ({ ctx, params }) =>
    getAnalysis(ctx, params.analysis),
  );
}
