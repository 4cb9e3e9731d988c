import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { FindingOfRun, RunFinding } from "#server/develop/tracking/health/contract.ts";
import { listRunFindings, listWorkspaceFindings } from "#server/develop/tracking/health/queries.ts";
import { getRun } from "#server/develop/tracking/runs/queries.ts";
import { route } from "./route.ts";

/** Registers the routes for problems of runs. */
export function findings(app: FastifyInstance): void {
  route(
    app,
    {
      method: "GET",
      path: "/findings",
      summary: "List findings of active runs and runs that ended within a week, most recent first",
      query: z.object({
        experiment: z.coerce.number().int().optional().describe("Only this experiment ID."),
        limit: z.coerce.number().int().min(1).max(500).default(50),
      }),
      response: z.object({ findings: z.array(FindingOfRun) }),
    },
    async ({ ctx, query }) => ({
      findings: await listWorkspaceFindings(ctx, { experimentId: query.experiment, limit: query.limit }),
    }),
  );
  route(
    app,
    {
      method: "GET",
      path: "/runs/:run/findings",
      summary: "List current and past findings of a run",
      params: z.object({ run: z.string() }),
      response: z.object({ findings: z.array(RunFinding) }),
    },
    async ({ ctx, params }) => {
      const { id } = await getRun(ctx, params.run);
      return { findings: await listRunFindings(ctx, { runIds: [id], withPast: true }) };
    },
  );
}
