import { and, eq } from "drizzle-orm";
import { featureServices } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { DeleteDefinition } from "../contract.ts";
import { findService, lockDefinitions } from "./lookups.ts";

/** Deletes a feature service. @throws FeatureError "service-not-found" */
export async function deleteFeatureService(ctx: Context, input: DeleteDefinition): Promise<void> {
  permit(ctx, "deleteFeatureService");
  const { name, force } = DeleteDefinition.parse(input);
  await transact(ctx, async (ctx) => {
    await lockDefinitions(ctx);
    const { projections } = await findService(ctx, name);
    await ctx.db
      .delete(featureServices)
      .where(and(eq(featureServices.workspaceId, ctx.actor.workspaceId), eq(featureServices.name, name)));
    const subject = `feature-service/${name}`;
    await record(ctx, "feature-service.deleted", { subject, before: { projections }, reason: force });
    await publish(ctx, "features", name);
  });
}
