import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { createWorkspace } from "#server/admin/workspaces/workspaces/create-workspace.ts";
import { ArchiveWorkspace, CreateWorkspace, OwnWorkspace, Workspace } from "#server/platform/identity/contract.ts";
import { archiveWorkspace } from "#server/platform/identity/workspaces/archive-workspace.ts";
import { listOwnWorkspaces, listWorkspaces } from "#server/platform/identity/workspaces/queries.ts";
import { restoreWorkspace } from "#server/platform/identity/workspaces/restore-workspace.ts";
import { route } from "./route.ts";

/** Registers the caller's workspaces, and all workspaces for operators of the installation. */
export function workspaces(app: FastifyInstance): void {
  const Own = z.object({ workspaces: z.array(OwnWorkspace) });
  route(
    app,
    { method: "GET", path: "/workspaces", summary: "List workspaces the caller can access", response: Own },
    async ({ ctx }) => ({ workspaces: await listOwnWorkspaces(ctx) }),
  );
  const All = z.object({ workspaces: z.array(Workspace) });
  route(
    app,
    {
      method: "GET",
      path: "/installation/workspaces",
      summary: "List all workspaces, including archived ones",
      response: All,
    },
    async ({ ctx }) => ({ workspaces: await listWorkspaces(ctx) }),
  );
  const create = { summary: "Create a workspace with the caller as its admin", body: CreateWorkspace };
  route(app, { method: "POST", path: "/workspaces", ...create, response: OwnWorkspace, status: 201 }, ({ ctx, body }) =>
    createWorkspace(ctx, body),
  );
  const archive = { summary: "Archive this workspace", body: ArchiveWorkspace };
  route(app, { method: "PUT", path: "/workspace/archive", ...archive }, ({ ctx, body }) => archiveWorkspace(ctx, body));
  const restore = { summary: "Restore an archived workspace", params: z.object({ workspace: z.string() }) };
  route(app, { method: "DELETE", path: "/workspaces/:workspace/archive", ...restore }, ({ ctx, params }) =>
    restoreWorkspace(ctx, { slug: params.workspace }),
  );
}
