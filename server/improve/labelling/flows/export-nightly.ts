import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findLabelProject } from "../projects/find-label-project.ts";
import { failLostExports, isLost, requestExport } from "./label-exports.ts";

/**
 * Asks for a dataset version of a project's labels, where it names a dataset and labels were settled since the last version. Exports whose job
 * is gone are marked as failed before.
 */
export async function exportNightly(ctx: Context, projectId: number): Promise<boolean> {
  permit(ctx, "performExport");
  const project = await findLabelProject(ctx, projectId);
  const { dataset } = project.settings;
  const exports = project.progress?.exports ?? [];
  if (exports.some((one) => isLost(one))) await failLostExports(ctx, projectId);
  if (dataset === null || project.state === "archived") return false;
  const last = exports.find(
    (one) => one.dataset === dataset && one.audit === null && one.state !== "failed" && !isLost(one),
  );
  if (last?.state === "waiting") return false;
  if ((await countSettledSince(ctx, projectId, last?.requestedAt ?? null)) === 0) return false;
  await requestExport(ctx, project, { dataset, format: "csv", forTraining: true, audit: null });
  return true;
}

/** Counts labels in effect that were settled after a time; all without one. */
async function countSettledSince(ctx: Context, projectId: number, since: string | null): Promise<number> {
  const { rows } = await ctx.db.execute<{ count: number }>(sql`
    select count(*)::float8 as count from label_consensus as consensus
    where consensus.workspace_id = ${ctx.actor.workspaceId} and consensus.project_id = ${projectId} and consensus.superseded_at is null
      and consensus.created_at > coalesce(${since}::timestamptz, '-infinity')`);
  return rows[0]?.count ?? 0;
}
