import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { findVersion } from "#server/develop/registry/lookups.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { cancelPlaygroundRun } from "#server/serve/playground/cancel-run.ts";
import * as contract from "#server/serve/playground/contract.ts";
import { deletePlaygroundRun } from "#server/serve/playground/delete-playground-run.ts";
import { listBatchItems } from "#server/serve/playground/item-queries.ts";
import { getPlaygroundRun, listPlaygroundRuns } from "#server/serve/playground/queries.ts";
import { route } from "./route.ts";

const path = "/playground-runs";
const params = z.object({ playgroundRun: z.uuid() });
const Side = contract.Side.omit({ versionId: true }).extend({ version: z.number().int().min(1) });

/** Registers the routes of the console's playground: runs of versions outside of endpoints, and their history. */
export function playground(app: FastifyInstance, deps: WebDependencies): void {
  trials(app, deps);
  history(app);
}

function trials(app: FastifyInstance, { playground }: WebDependencies): void {
  const run = {
    summary: "Run one or two versions of a model on the same inputs; errors are reported per version",
    body: contract.RunVersions.omit({ replaces: true }).extend({ sides: z.array(Side).min(1).max(2) }),
    response: contract.RanVersions,
    status: 201 as const,
  };
  route(app, { method: "POST", path, ...run }, async ({ ctx, body }) => {
    const sides = await Promise.all(body.sides.map((side) => found(ctx, body.model, side)));
    return playground.run(ctx, { ...body, sides });
  });
  const explain = {
    summary: "Start an explanation of a prediction; returns the run that will contain it",
    body: contract.ExplainVersion.extend({ side: Side }),
    response: contract.PlaygroundRunId,
    status: 202 as const,
  };
  route(app, { method: "POST", path: "/playground-explanations", ...explain }, async ({ ctx, body }) =>
    playground.explain(ctx, { ...body, side: await found(ctx, body.model, body.side) }),
  );
}

function history(app: FastifyInstance): void {
  const list = {
    summary: "List playground runs, newest first; kept for 30 days",
    query: contract.ListPlaygroundRuns,
    response: z.object({ runs: z.array(contract.PlaygroundRunSummary), next: z.string().optional() }),
  };
  route(app, { method: "GET", path, ...list }, ({ ctx, query }) => listPlaygroundRuns(ctx, query));
  const one = `${path}/:playgroundRun`;
  const show = {
    summary: "Get a playground run with inputs, outputs, progress and explanations",
    params,
    response: contract.PlaygroundRun,
  };
  route(app, { method: "GET", path: one, ...show }, ({ ctx, params }) =>
    getPlaygroundRun(ctx, { id: params.playgroundRun }),
  );
  const items = { summary: "List the items of a batch", response: z.object({ items: z.array(contract.BatchItem) }) };
  route(app, { method: "GET", path: `${one}/items`, params, ...items }, async ({ ctx, params }) => ({
    items: await listBatchItems(ctx, { id: params.playgroundRun }),
  }));
  const cancel = { summary: "Cancel a run; completed results are kept", params };
  route(app, { method: "POST", path: `${one}/cancellation`, ...cancel }, ({ ctx, params }) =>
    cancelPlaygroundRun(ctx, { id: params.playgroundRun }),
  );
  const deleteRun = { summary: "Delete a run with its items and explanations", params };
  route(app, { method: "DELETE", path: one, ...deleteRun }, ({ ctx, params }) =>
    deletePlaygroundRun(ctx, { id: params.playgroundRun }),
  );
}

async function found(ctx: Context, name: string, side: z.output<typeof Side>): Promise<contract.Side> {
  const { id: versionId } = await findVersion(ctx, { name, version: side.version });
  return { ...side, versionId };
}
