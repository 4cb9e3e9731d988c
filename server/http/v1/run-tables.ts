import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { ExportRuns } from "#server/develop/tracking/export/contract.ts";
import { exportRuns } from "#server/develop/tracking/export/export-runs.ts";
import { fieldKinds } from "#server/develop/tracking/tables/constants.ts";
import { FieldValue, RunFields, RunGroups } from "#server/develop/tracking/tables/contract.ts";
import { getExperimentHead } from "#server/develop/tracking/tables/experiment-queries.ts";
import { listFieldValues, searchRunFields } from "#server/develop/tracking/tables/field-queries.ts";
import { groupRuns } from "#server/develop/tracking/tables/group-queries.ts";
import { route } from "./route.ts";

const params = z.object({ experiment: z.string().describe("Experiment ID or name.") });
const limit = (most: number, usual: number) => z.coerce.number().int().min(1).max(most).default(usual);
const offset = z.coerce.number().int().min(0).default(0);
const filter = z.string().default("").describe("In the filter language; defaults to all runs.");

/** Registers the routes for tables of runs: fields and their values, groups, files. */
export function runTables(app: FastifyInstance): void {
  fields(app);
  groups(app);
  files(app);
}

function fields(app: FastifyInstance): void {
  route(
    app,
    {
      method: "GET",
      path: "/experiments/:experiment/fields",
      summary: "Search the metric, param or tag keys of recent runs of an experiment",
      params,
      query: z.object({
        kind: z.enum(fieldKinds),
        words: z.string().max(250).default("").describe("Name contains."),
        offset,
        limit: limit(200, 50),
      }),
      response: RunFields,
    },
    async ({ ctx, params, query }) =>
      searchRunFields(ctx, { experimentId: await idOf(ctx, params.experiment), ...query }),
  );
  route(
    app,
    {
      method: "GET",
      path: "/experiments/:experiment/values",
      summary: "List the values of a field in recent runs of an experiment, most common first",
      params,
      query: z.object({
        field: z.string().max(300).describe("For example params.lr, tags.team or attributes.status."),
        words: z.string().max(250).default(""),
        limit: limit(50, 10),
      }),
      response: z.object({ values: z.array(FieldValue) }),
    },
    async ({ ctx, params, query }) => ({
      values: await listFieldValues(ctx, { experimentId: await idOf(ctx, params.experiment), ...query }),
    }),
  );
}

function groups(app: FastifyInstance): void {
  route(
    app,
    {
      method: "GET",
      path: "/experiments/:experiment/groups",
      summary:
        "Group runs by a param, tag or attribute, with mean, 95% interval, median, minimum and maximum of metrics",
      params,
      query: z.object({
        by: z.string().max(300).describe("params.<key>, tags.<key>, status, by, dataset."),
        metrics: z.string().default("").describe("Comma-separated, at most 12."),
        filter,
        sort: z.string().max(300).optional().describe('value, runs or metrics.<key>; "-" before it for descending.'),
        offset,
        limit: limit(500, 100),
      }),
      response: RunGroups,
    },
    async ({ ctx, params, query: { metrics, sort, ...query } }) =>
      groupRuns(ctx, {
        experimentId: await idOf(ctx, params.experiment),
        ...query,
        metrics: metrics.split(",").filter(Boolean),
        ...(sort && { sort: { column: sort.replace(/^-/, ""), descending: sort.startsWith("-") } }),
      }),
  );
}

/** Does not use route(), which sends JSON. */
function files(app: FastifyInstance): void {
  for (const { format, type, name } of formats) {
    const path = `/experiments/:experiment/runs.${format}`;
    app.operations.push({
      method: "GET",
      path,
      summary: `Export runs with their values as ${name}`,
      params,
      query: ExportRuns,
      status: 200,
    });
    app.get(path, async (request, reply) => {
      if (!request.caller) throw new Error("The export of runs was registered outside v1Plugin.");
      const experiment = await getExperimentHead(request.caller, {
        idOrName: params.parse(request.params).experiment,
        now: Date.now(),
      });
      const input = { experimentId: experiment.id, format, ...ExportRuns.parse(request.query) };
      const file = await exportRuns(request.caller, input);
      const fileName = `${experiment.name.replaceAll(/[^\w.-]+/g, "-").slice(0, 80)}-runs.${format}`;
      reply.type(type).header("content-disposition", `attachment; filename="${fileName}"`);
      return reply.send(file);
    });
  }
}

const formats = [
  { format: "csv", type: "text/csv; charset=utf-8", name: "CSV" },
  { format: "parquet", type: "application/vnd.apache.parquet", name: "Parquet" },
] as const;

async function idOf(ctx: Parameters<typeof getExperimentHead>[0], idOrName: string): Promise<number> {
  return (await getExperimentHead(ctx, { idOrName, now: Date.now() })).id;
}
