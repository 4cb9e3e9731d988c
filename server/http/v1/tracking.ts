import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { ArtifactFile } from "#server/develop/tracking/artifacts/contract.ts";
import { pathInRoot } from "#server/develop/tracking/artifacts/locate.ts";
import { listArtifacts } from "#server/develop/tracking/artifacts/queries.ts";
import { ExperimentSummary } from "#server/develop/tracking/experiments/contract.ts";
import { MetricCurve, RedoneSpans } from "#server/develop/tracking/metrics/contract.ts";
import { getMetricCurves } from "#server/develop/tracking/metrics/curve-queries.ts";
import { LoggedModel } from "#server/develop/tracking/models/contract.ts";
import { listRunModels } from "#server/develop/tracking/models/queries.ts";
import { Run } from "#server/develop/tracking/runs/contract.ts";
import { getRun, searchRuns } from "#server/develop/tracking/runs/queries.ts";
import { qualifyFilter } from "#server/develop/tracking/search/qualify-filter.ts";
import {
  getExperimentHead,
  getExperimentSummary,
  listExperimentSummaries,
} from "#server/develop/tracking/tables/experiment-queries.ts";
import { maxChartedRuns, maxCurveKeys } from "#server/develop/tracking/workspace/constants.ts";
import { CurveColumns } from "#server/develop/tracking/workspace/contract.ts";
import { getChartCurves } from "#server/develop/tracking/workspace/queries.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { route } from "./route.ts";

/** Keys without which a run's first metrics are drawn. */
const maxKeys = 100;

const limit = z.coerce.number().int().min(1).max(100).default(100);
/** Repeated, or separated by commas, which no key contains. */
const list = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((sent) => [sent ?? []].flat().flatMap((text) => text.split(",").filter(Boolean)));
const keys = list
  .pipe(z.array(z.string()).max(maxKeys))
  .describe("Metrics to plot, comma-separated; defaults to all, at most 100.");

const position = z.coerce.number().int().optional();
const curveRange = {
  maxPoints: z.coerce.number().int().min(4).max(10_000).default(1_000),
  x: z.enum(["step", "time"]).default("step").describe("X axis of the curve."),
  from: position.describe("First step, or time in milliseconds since 1970; defaults to the start of the curve."),
  to: position.describe("Last step, or time in milliseconds since 1970; defaults to the end of the curve."),
};

/** Experiments, runs, their metric curves, files and models. They are written through the MLflow interface. */
export function tracking(app: FastifyInstance, deps: WebDependencies): void {
  experiments(app);
  runs(app, deps);
}

function experiments(app: FastifyInstance): void {
  route(
    app,
    {
      method: "GET",
      path: "/experiments",
      summary: "List experiments, last active first",
      query: z.object({ offset: z.coerce.number().int().min(0).default(0), limit }),
      response: z.object({ experiments: z.array(ExperimentSummary), total: z.number() }),
    },
    async ({ ctx, query }) => {
      const { rows, total } = await listExperimentSummaries(ctx, { ...query, now: Date.now() });
      return { experiments: rows, total };
    },
  );
  const params = z.object({ experiment: z.string().describe("Experiment ID or name.") });
  const { x, from, to } = curveRange;
  route(
    app,
    {
      method: "GET",
      path: "/experiments/:experiment/curves",
      summary: "Get metric curves of many runs, in columns, downsampled so that the response stays bounded",
      params,
      query: z.object({
        runs: list
          .pipe(z.array(z.string()).min(1).max(maxChartedRuns))
          .describe(`Run IDs, comma-separated, at most ${maxChartedRuns}.`),
        keys: list
          .pipe(z.array(z.string()).min(1).max(maxCurveKeys))
          .describe(`Metrics, comma-separated, at most ${maxCurveKeys}.`),
        x,
        from,
        to,
      }),
      response: z.object({ curves: z.array(CurveColumns) }),
    },
    async ({ ctx, params, query: { runs, ...query } }) => {
      const { id } = await getExperimentHead(ctx, { idOrName: params.experiment, now: Date.now() });
      return { curves: await getChartCurves(ctx, { ...query, experimentId: id, runIds: runs }) };
    },
  );
  route(
    app,
    {
      method: "GET",
      path: "/experiments/:experiment",
      summary: "Get an experiment",
      params,
      response: ExperimentSummary,
    },
    ({ ctx, params }) => getExperimentSummary(ctx, { idOrName: params.experiment, now: Date.now() }),
  );
  route(
    app,
    {
      method: "GET",
      path: "/experiments/:experiment/runs",
      summary: "Search the runs of an experiment, newest first unless ordered otherwise",
      params,
      query: z.object({
        filter: z
          .string()
          .default("")
          .describe("In the filter language, for example metrics.acc > 0.9 AND params.lr = '0.1'."),
        orderBy: z.string().optional().describe("For example metrics.acc DESC."),
        limit,
        after: z.string().optional().describe("Cursor: `next` of the previous page."),
      }),
      response: z.object({ runs: z.array(Run), next: z.string().optional() }),
    },
    async ({ ctx, params, query }) => {
      const { id } = await getExperimentHead(ctx, { idOrName: params.experiment, now: Date.now() });
      const { rows, nextPageToken } = await searchRuns(ctx, {
        experimentIds: [id],
        filter: await qualifyFilter(ctx, id, query.filter),
        orderBy: query.orderBy ? [query.orderBy] : [],
        limit: query.limit,
        pageToken: query.after,
      });
      return { runs: rows, next: nextPageToken };
    },
  );
}

function runs(app: FastifyInstance, { artifacts }: WebDependencies): void {
  const params = z.object({ run: z.string() });
  route(app, { method: "GET", path: "/runs/:run", summary: "Get a run", params, response: Run }, ({ ctx, params }) =>
    getRun(ctx, params.run),
  );
  route(
    app,
    {
      method: "GET",
      path: "/runs/:run/metrics",
      summary: "Get metric curves of a run, downsampled for display; minimum and maximum values are kept",
      params,
      query: z.object({
        keys,
        ...curveRange,
        redone: RedoneSpans.optional().describe(
          "Points of repeated steps, as from_to_above: logged between two times in milliseconds, of steps above the last.",
        ),
        part: z
          .enum(["kept", "lost"])
          .default("kept")
          .describe("With `redone`: exclude these points, or return only these."),
      }),
      response: z.object({ curves: z.array(MetricCurve) }),
    },
    async ({ ctx, params, query: { redone, part, ...query } }) => {
      const { metrics } = await getRun(ctx, params.run);
      const drawn = query.keys.length > 0 ? query.keys : metrics.slice(0, maxKeys).map(({ key }) => key);
      return {
        curves: await getMetricCurves(ctx, {
          ...query,
          runIds: [params.run],
          keys: drawn,
          redone: redone && { spans: redone, part },
        }),
      };
    },
  );
  route(
    app,
    {
      method: "GET",
      path: "/runs/:run/artifacts",
      summary: "List files and folders directly below a folder of a run",
      params,
      query: z.object({ path: z.string().default("").describe("Path below the artifact root; defaults to the root.") }),
      response: z.object({ files: z.array(ArtifactFile) }),
    },
    async ({ ctx, params, query }) => {
      const { artifactUri } = await getRun(ctx, params.run);
      const path = pathInRoot(artifactUri, query.path);
      return { files: path === undefined ? [] : await listArtifacts(ctx, artifacts, path) };
    },
  );
  route(
    app,
    {
      method: "GET",
      path: "/runs/:run/models",
      summary: "List the models that a run logged",
      params,
      response: z.object({ models: z.array(LoggedModel) }),
    },
    async ({ ctx, params }) => {
      const { id } = await getRun(ctx, params.run);
      return { models: await listRunModels(ctx, id) };
    },
  );
}
