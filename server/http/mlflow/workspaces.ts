import type { FastifyInstance } from "fastify";
import { noWorkspace } from "#server/platform/identity/workspaces/choose-workspace.ts";
import { listOwnWorkspaces } from "#server/platform/identity/workspaces/queries.ts";
import { callerOf } from "./caller.ts";

/** Serves the workspace data that the client of MLflow 3.10 and newer reads. Leeway's own API creates and updates workspaces. */
export function serveWorkspaces(app: FastifyInstance): void {
  for (const prefix of ["/api", "/ajax-api"]) {
    const path = `${prefix}/3.0/mlflow/workspaces`;
    app.get(path, async (request) => ({ workspaces: (await listOwnWorkspaces(callerOf(request))).map(shape) }));
    app.get<{ Params: { name: string } }>(`${path}/:name`, async (request) => {
      const { name } = request.params;
      const found = (await listOwnWorkspaces(callerOf(request))).find(({ slug }) => slug === name);
      if (!found) throw noWorkspace(name);
      return { workspace: shape(found) };
    });
  }
}

function shape({ slug, name }: { slug: string; name: string }) {
  return { name: slug, description: name };
}
