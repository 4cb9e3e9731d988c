import { and, eq } from "drizzle-orm";
import { featureEntities } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { DeleteDefinition } from "../contract.ts";
import { FeatureError } from "../feature-error.ts";
import { findEntity, lockDefinitions, viewsWithEntity } from "./lookups.ts";

/**
 * Deletes an entity. Views keep their keys, which are part of their versions.
 * @throws FeatureError "entity-not-found", "in-use" if views have it, unless there is a reason to force it
 */
export async function deleteFeatureEntity(ctx: Context, input: DeleteDefinition): Promise<void> {
  permit(ctx, "deleteFeatureEntity");
  const { name, force } = DeleteDefinition.parse(input);
  await transact(ctx, async (ctx) => {
    await lockDefinitions(ctx);
    const { joinKey, type } = await findEntity(ctx, name);
    const [view] = await viewsWithEntity(ctx, name);
    if (view !== undefined && force === undefined) {
      throw new FeatureError("conflict", "in-use", `View "${view}" has the entity "${name}". Delete the view first.`);
    }
    await ctx.db
      .delete(featureEntities)
      .where(and(eq(featureEntities.workspaceId, ctx.actor.workspaceId), eq(featureEntities.name, name)));
    const subject = `feature-entity/${name}`;
    await record(ctx, "feature-entity.deleted", { subject, before: { joinKey, type }, reason: force });
    await publish(ctx, "features", name);
  });
}
