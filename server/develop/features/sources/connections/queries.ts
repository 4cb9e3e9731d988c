import { asc, eq } from "drizzle-orm";
import { featureConnections } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { FeatureConnection } from "./contract.ts";

/** Lists the connections of the workspace by name, without their passwords. */
export async function listFeatureConnections(ctx: Context): Promise<FeatureConnection[]> {
  permit(ctx, "listFeatureConnections");
  const rows = await ctx.db
    .select()
    .from(featureConnections)
    .where(eq(featureConnections.workspaceId, ctx.actor.workspaceId))
    .orderBy(asc(featureConnections.name));
  return rows.map(toConnection);
}

export function toConnection(row: typeof featureConnections.$inferSelect): FeatureConnection {
  const { name, description, address, secret, createdBy, createdAt, updatedAt } = row;
  return { name, description, address, hasSecret: secret !== null, createdBy, createdAt, updatedAt };
}
