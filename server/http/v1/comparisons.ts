import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { maxContextRuns, RunEnvironment, RunFiles, RunValues } from "#server/develop/tracking/compare/contract.ts";
import { getRunEnvironment, listRunFiles } from "#server/develop/tracking/compare/file-queries.ts";
import { listRunValues } from "#server/develop/tracking/compare/value-queries.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { route } from "./route.ts";

const list = (what: string) =>
  z
    .string()
    .transform((text) => text.split(",").filter(Boolean))
    .describe(`${what}, comma-separated.`);

/** Registers the routes that compare the values, files and environments of runs. */
export function comparisons(app: FastifyInstance, { artifacts }: WebDependencies): void {
  route(
    app,
    {
      method: "GET",
      path: "/run-values",
      summary: "Get selected metrics and params of runs, with recent other runs of their experiments for context",
      query: z.object({
        runs: list("Run IDs, at most 100"),
        columns: list("metrics.<key> or params.<key>, at most 24"),
        behind: z.coerce.number().int().min(0).max(maxContextRuns).default(0),
      }),
      response: z.object({ runs: z.array(RunValues) }),
    },
    async ({ ctx, query: { runs: runIds, ...query } }) => ({ runs: await listRunValues(ctx, { runIds, ...query }) }),
  );
  const params = z.object({ run: z.string() });
  route(
    app,
    {
      method: "GET",
      path: "/runs/:run/files",
      summary: "List all files of a run, at most 500",
      params,
      response: RunFiles,
    },
    ({ ctx, params }) => listRunFiles(ctx, artifacts, params.run),
  );
  route(
    app,
    {
      method: "GET",
      path: "/runs/:run/environment",
      summary: "Get the Python version and packages of a run, from its logged files",
      params,
      response: RunEnvironment,
    },
    ({ ctx, params }) => getRunEnvironment(ctx, artifacts, params.run),
  );
}
