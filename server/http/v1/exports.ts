import type { FastifyInstance } from "fastify";
import { z } from "zod";
import * as contract from "#server/admin/transfer/contract.ts";
import { cancelExport } from "#server/admin/transfer/exports/cancel-export.ts";
import { getExport, listExports, openExport } from "#server/admin/transfer/exports/queries.ts";
import { startExport } from "#server/admin/transfer/exports/start-export.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { route } from "./route.ts";

const { Export } = contract;
const params = z.object({ export: z.string() });

/** Registers the export of a workspace as one file that can be imported again. */
export function exports(app: FastifyInstance, deps: WebDependencies): void {
  const start = {
    summary: "Export the workspace as a zip: tables as Parquet, the rest as JSON, files unchanged",
    body: contract.StartExport,
    response: Export,
    status: 201 as const,
  };
  route(app, { method: "POST", path: "/exports", ...start }, ({ ctx, body }) => startExport(ctx, body));
  const list = { summary: "List recent exports", response: z.object({ exports: z.array(Export) }) };
  route(app, { method: "GET", path: "/exports", ...list }, async ({ ctx }) => ({ exports: await listExports(ctx) }));
  const one = { params, response: Export };
  route(
    app,
    { method: "GET", path: "/exports/:export", summary: "Get the progress of an export", ...one },
    ({ ctx, params }) => getExport(ctx, params.export),
  );
  const cancel = { summary: "Cancel an export and discard its data", ...one };
  route(app, { method: "POST", path: "/exports/:export/cancellation", ...cancel }, ({ ctx, params }) =>
    cancelExport(ctx, params.export),
  );
  file(app, deps);
}

/** Does not use route(), which sends JSON. */
function file(app: FastifyInstance, { artifacts }: WebDependencies): void {
  const path = "/exports/:export/file";
  app.operations.push({ method: "GET", path, summary: "Download an export", params, status: 200 });
  app.get(path, async (request, reply) => {
    if (!request.caller) throw new Error("The download of exports was registered outside v1Plugin.");
    const { fileName, sizeBytes, body } = await openExport(
      request.caller,
      params.parse(request.params).export,
      artifacts,
    );
    reply.type("application/zip").header("content-length", sizeBytes);
    reply.header("content-disposition", `attachment; filename="${fileName}"`);
    return reply.send(body);
  });
}
