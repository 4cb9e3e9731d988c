import { and, eq } from "drizzle-orm";
import { promotionRequests, registeredModels } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findModel } from "../lookups.ts";
import { enqueueChecks } from "../requests/enqueue-checks.ts";
import { type RegisteredModel, UpdateRegisteredModel } from "./contract.ts";
import { loadModel } from "./rows.ts";

/** Changes a model's description, or takes it away; open requests are checked again. @throws DomainError "not-found" */
export async function updateRegisteredModel(ctx: Context, input: UpdateRegisteredModel): Promise<RegisteredModel> {
  permit(ctx, "updateRegisteredModel");
  const { name, description } = UpdateRegisteredModel.parse(input);
  return transact(ctx, async (ctx) => {
    const before = await findModel(ctx, name);
    await ctx.db
      .update(registeredModels)
      .set({ description, updatedAt: Date.now() })
      .where(and(eq(registeredModels.workspaceId, ctx.actor.workspaceId), eq(registeredModels.id, before.id)));
    await record(ctx, "model.updated", {
      subject: `model/${name}`,
      before: { description: before.description },
      after: { description },
    });
    await enqueueChecks(ctx, eq(promotionRequests.modelId, before.id));
    await publish(ctx, "model", before.id);
    return loadModel(ctx, name);
  });
}
