import type { FastifyInstance } from "fastify";
import { z } from "zod";
import * as contract from "#server/admin/transfer/contract.ts";
import { cancelImport } from "#server/admin/transfer/imports/cancel-import.ts";
import { getImport, listImportItems, listImports } from "#server/admin/transfer/imports/queries.ts";
import { startFileImport } from "#server/admin/transfer/imports/start-file-import.ts";
import { startImport } from "#server/admin/transfer/imports/start-import.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { route } from "./route.ts";

const { Import } = contract;
const ImportPath = z.object({ import: z.string() });

/** Registers imports from other servers and from files. */
export function imports(app: FastifyInstance, { config, artifacts }: WebDependencies): void {
  const start = {
    summary: "Import everything from another MLflow server",
    body: contract.StartImport,
    response: Import,
    status: 201 as const,
  };
  route(app, { method: "POST", path: "/imports", ...start }, ({ ctx, body }) => startImport(ctx, body, config.imports));
  const upload = {
    summary: "Import a zip of an mlruns folder, TensorBoard event files (zip or single file), or a Leeway export",
    query: contract.StartFileImport,
    body: "stream" as const,
    response: Import,
    status: 201 as const,
  };
  route(app, { method: "POST", path: "/imports/files", ...upload }, ({ ctx, query, stream }) =>
    startFileImport(ctx, query, stream, { artifacts, maxBytes: config.maxUploadBytes }),
  );
  const list = { summary: "List recent imports", response: z.object({ imports: z.array(Import) }) };
  route(app, { method: "GET", path: "/imports", ...list }, async ({ ctx }) => ({ imports: await listImports(ctx) }));
  const one = { params: ImportPath, response: Import };
  route(
    app,
    { method: "GET", path: "/imports/:import", summary: "Get the progress of an import", ...one },
    ({ ctx, params }) => getImport(ctx, params.import),
  );
  const cancel = { summary: "Cancel an import; imported items are kept", ...one };
  route(app, { method: "POST", path: "/imports/:import/cancellation", ...cancel }, ({ ctx, params }) =>
    cancelImport(ctx, params.import),
  );
  items(app);
}

function items(app: FastifyInstance): void {
  const query = z.object({
    withProblems: z.stringbool().optional().describe("Only items with problems."),
    limit: z.coerce.number().int().min(1).max(500).default(100),
    offset: z.coerce.number().int().min(0).default(0),
  });
  const response = z.object({ items: z.array(contract.ImportItem), found: z.number() });
  const list = { summary: "List imported items, with anything missing or different", params: ImportPath };
  route(
    app,
    { method: "GET", path: "/imports/:import/items", ...list, query, response },
    ({ ctx, params, query: { withProblems = false, ...query } }) =>
      listImportItems(ctx, { importId: params.import, withProblems, ...query }),
  );
}
