import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { BulkStep, ChosenRuns, DeleteRuns, TagRuns } from "#server/develop/tracking/bulk/contract.ts";
import { deleteRuns } from "#server/develop/tracking/bulk/delete-runs.ts";
import { restoreRuns } from "#server/develop/tracking/bulk/restore-runs.ts";
import { tagRuns } from "#server/develop/tracking/bulk/tag-runs.ts";
import { getExperimentHead } from "#server/develop/tracking/tables/experiment-queries.ts";
import { CreateView, SavedView, UpdateView } from "#server/develop/tracking/views/contract.ts";
import { createView } from "#server/develop/tracking/views/create-view.ts";
import { deleteView } from "#server/develop/tracking/views/delete-view.ts";
import { listViews } from "#server/develop/tracking/views/queries.ts";
import { updateView } from "#server/develop/tracking/views/update-view.ts";
import { route } from "./route.ts";

const params = z.object({ experiment: z.string().describe("Experiment ID or name.") });

/** Registers bulk changes of runs, and saved views of a table of runs. */
export function runChanges(app: FastifyInstance): void {
  bulk(app);
  views(app);
}

function bulk(app: FastifyInstance): void {
  const change = { method: "POST", params, response: BulkStep } as const;
  const steps = "selected by ID or filter, 500 per call; continue with `after` while `next` is returned";
  route(
    app,
    {
      ...change,
      path: "/experiments/:experiment/runs/tagging",
      summary: `Set a tag on many runs, ${steps}`,
      body: TagRuns.omit({ experimentId: true }),
    },
    async ({ ctx, params, body }) => tagRuns(ctx, { experimentId: await idOf(ctx, params.experiment), ...body }),
  );
  route(
    app,
    {
      ...change,
      path: "/experiments/:experiment/runs/deletion",
      summary: `Move many runs to the trash, ${steps}`,
      body: DeleteRuns.omit({ experimentId: true }),
    },
    async ({ ctx, params, body }) => deleteRuns(ctx, { experimentId: await idOf(ctx, params.experiment), ...body }),
  );
  route(
    app,
    {
      ...change,
      path: "/experiments/:experiment/runs/restoration",
      summary: `Restore many runs from the trash, ${steps}`,
      body: ChosenRuns.omit({ experimentId: true }),
    },
    async ({ ctx, params, body }) => restoreRuns(ctx, { experimentId: await idOf(ctx, params.experiment), ...body }),
  );
}

function views(app: FastifyInstance): void {
  const path = "/experiments/:experiment/views";
  route(
    app,
    {
      method: "GET",
      path,
      summary: "List saved run views of an experiment",
      params,
      response: z.object({ views: z.array(SavedView) }),
    },
    async ({ ctx, params }) => ({ views: await listViews(ctx, await idOf(ctx, params.experiment)) }),
  );
  route(
    app,
    {
      method: "POST",
      path,
      summary: "Save a run view of an experiment",
      params,
      body: CreateView.omit({ experimentId: true }),
      response: SavedView,
      status: 201,
    },
    async ({ ctx, params, body }) => createView(ctx, { experimentId: await idOf(ctx, params.experiment), ...body }),
  );
  const one = z.object({ view: z.string() });
  route(
    app,
    {
      method: "PATCH",
      path: "/views/:view",
      summary: "Update a saved view",
      params: one,
      body: UpdateView.omit({ viewId: true }),
      response: SavedView,
    },
    ({ ctx, params, body }) => updateView(ctx, { viewId: params.view, ...body }),
  );
  route(
    app,
    { method: "DELETE", path: "/views/:view", summary: "Delete a saved view", params: one },
    ({ ctx, params }) => deleteView(ctx, { viewId: params.view }),
  );
}

async function idOf(ctx: Context, idOrName: string): Promise<number> {
  return (await getExperimentHead(ctx, { idOrName, now: Date.now() })).id;
}
