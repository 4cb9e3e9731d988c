import { and, eq, inArray } from "drizzle-orm";
import { featureMaterialisations } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Materialisation } from "./contract.ts";
import { loadMaterialisation } from "./queries.ts";

/**
 * Cancels a materialisation that has not ended. Rows that it wrote stay; nothing is written after this.
 * @throws DomainError "not-found", "conflict" if it has ended already
 */
export async function cancelMaterialisation(ctx: Context, materialisationId: string): Promise<Materialisation> {
  permit(ctx, "cancelMaterialisation");
  return transact(ctx, async (ctx) => {
    const { id, view } = await loadMaterialisation(ctx, materialisationId);
    const [row] = await ctx.db
      .update(featureMaterialisations)
      .set({ state: "cancelled", endedAt: new Date() })
      .where(
        and(
          eq(featureMaterialisations.id, id),
          eq(featureMaterialisations.workspaceId, ctx.actor.workspaceId),
          inArray(featureMaterialisations.state, ["waiting", "running"]),
        ),
      )
      .returning({ id: featureMaterialisations.id });
    if (!row) throw new DomainError("conflict", "The materialisation has already ended.");
    await record(ctx, "materialisation.cancelled", { subject: `feature-view/${view}` });
    await publish(ctx, "features", id);
    return loadMaterialisation(ctx, id);
  });
}
