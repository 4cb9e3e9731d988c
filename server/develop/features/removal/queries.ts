import { and, desc, eq, type SQL } from "drizzle-orm";
import { featureKeyRemovals, featureViews } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findFeatureView } from "../definitions/lookups.ts";
import type { KeyRemoval } from "./contract.ts";

const maxListed = 100;

/** Lists the receipts for removed keys of a view, newest first. @throws FeatureError "view-not-found" */
export async function listKeyRemovals(ctx: Context, view: string): Promise<KeyRemoval[]> {
  permit(ctx, "listKeyRemovals");
  const { id } = await findFeatureView(ctx, view);
  return select(ctx, eq(featureKeyRemovals.viewId, id));
}

/** Reads the receipt for a removed key, for callers that have checked permissions. @throws DomainError "not-found" */
export async function loadKeyRemoval(ctx: Context, id: string): Promise<KeyRemoval> {
  const [found] = await select(ctx, eq(featureKeyRemovals.id, id));
  if (!found) throw new DomainError("not-found", "Removal not found.");
  return found;
}

async function select(ctx: Context, where: SQL): Promise<KeyRemoval[]> {
  const rows = await ctx.db
    .select({ row: featureKeyRemovals, view: featureViews.name })
    .from(featureKeyRemovals)
    .innerJoin(featureViews, eq(featureViews.id, featureKeyRemovals.viewId))
    .where(and(eq(featureKeyRemovals.workspaceId, ctx.actor.workspaceId), where))
    .orderBy(desc(featureKeyRemovals.createdAt), desc(featureKeyRemovals.id))
    .limit(maxListed);
  return rows.map(({ row, view }) => ({
    id: row.id,
    view,
    keyDigest: row.keyDigest,
    // It cannot be cancelled.
    state: row.state === "cancelled" ? "failed" : row.state,
    latestRows: row.latestRows,
    arrivalRows: row.arrivalRows,
    fileRows: row.files.reduce((sum, { rows }) => sum + rows, 0),
    files: row.files,
    trainingSets: row.trainingSets,
    reason: row.reason,
    problem: row.problem,
    createdBy: row.createdBy,
    createdAt: row.createdAt,
    endedAt: row.endedAt,
  }));
}
