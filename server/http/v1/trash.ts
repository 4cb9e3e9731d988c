import type { FastifyInstance } from "fastify";
import { z } from "zod";
import {
  ExperimentKey,
  ExperimentRetention,
  ListTrash,
  Purge,
  PurgePreview,
  RequestPurge,
  RetentionRule,
  TrashKey,
  TrashList,
} from "#server/admin/trash/contract.ts";
import { listTrash } from "#server/admin/trash/list-trash.ts";
import { listPurges, previewPurge } from "#server/admin/trash/queries.ts";
import { requestPurge } from "#server/admin/trash/request-purge.ts";
import { restore } from "#server/admin/trash/restore.ts";
import { getExperimentRetention, getRetention } from "#server/admin/trash/retention-queries.ts";
import { setExperimentRetention } from "#server/admin/trash/set-experiment-retention.ts";
import { setRetention } from "#server/admin/trash/set-retention.ts";
import { route } from "./route.ts";

/** Registers the routes for the trash: list, restore, delete permanently; and the rules of automatic deletion. */
export function trash(app: FastifyInstance): void {
  const list = { summary: "List trash items, newest first", query: ListTrash, response: TrashList };
  route(app, { method: "GET", path: "/trash", ...list }, ({ ctx, query }) => listTrash(ctx, query));
  const restoration = { summary: "Restore an item from the trash", body: TrashKey };
  route(app, { method: "POST", path: "/trash/restorations", ...restoration }, ({ ctx, body }) => restore(ctx, body));
  const preview = {
    summary: "Preview a permanent deletion with its size and usage (dry run)",
    body: TrashKey,
    response: PurgePreview,
  };
  route(app, { method: "POST", path: "/trash/previews", ...preview }, ({ ctx, body }) => previewPurge(ctx, body));
  const purge = {
    summary: "Permanently delete an item in the trash unless it is in use; runs as a job",
    body: RequestPurge,
    response: Purge,
    status: 202 as const,
  };
  route(app, { method: "POST", path: "/trash/purges", ...purge }, ({ ctx, body }) => requestPurge(ctx, body));
  const purges = {
    summary: "List ongoing and recent permanent deletions",
    response: z.object({ purges: z.array(Purge) }),
  };
  route(app, { method: "GET", path: "/trash/purges", ...purges }, async ({ ctx }) => ({
    purges: await listPurges(ctx),
  }));
  retention(app);
}

function retention(app: FastifyInstance): void {
  const get = { summary: "Get the workspace retention for runs and trash", response: RetentionRule };
  route(app, { method: "GET", path: "/retention", ...get }, ({ ctx }) => getRetention(ctx));
  const set = {
    summary: "Set the workspace retention for runs and trash",
    body: RetentionRule,
    response: RetentionRule,
  };
  route(app, { method: "PUT", path: "/retention", ...set }, ({ ctx, body }) => setRetention(ctx, body));
  const path = "/experiments/:experimentId/retention";
  const ofExperiment = { path, params: ExperimentKey, response: ExperimentRetention };
  const getOwn = { ...ofExperiment, summary: "Get the retention of an experiment and its workspace" };
  route(app, { method: "GET", ...getOwn }, ({ ctx, params }) => getExperimentRetention(ctx, params));
  const setOwn = { ...ofExperiment, summary: "Override the retention of an experiment", body: RetentionRule };
  route(app, { method: "PUT", ...setOwn }, ({ ctx, params, body }) =>
    setExperimentRetention(ctx, { ...params, rule: body }),
  );
  const dropOwn = { ...ofExperiment, summary: "Remove the retention override of an experiment" };
  route(app, { method: "DELETE", ...dropOwn }, ({ ctx, params }) =>
    setExperimentRetention(ctx, { ...params, rule: null }),
  );
}
