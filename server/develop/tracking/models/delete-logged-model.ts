import { and, isNull } from "drizzle-orm";
import { loggedModels } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { noLoggedModel, thisLoggedModel } from "./lock-logged-model.ts";

/** Moves a logged model to the trash; its files stay. The operation is idempotent. @throws DomainError "not-found" */
export async function deleteLoggedModel(ctx: Context, modelId: string): Promise<void> {
  permit(ctx, "deleteLoggedModel");
  await transact(ctx, async (ctx) => {
    const now = Date.now();
    const [model] = await ctx.db
      .update(loggedModels)
      .set({ deletedAt: now, updatedAt: now })
      .where(and(thisLoggedModel(ctx, modelId), isNull(loggedModels.deletedAt)))
      .returning();
    if (model) {
      await record(ctx, "logged-model.deleted", { subject: `logged-model/${modelId}`, before: { name: model.name } });
      return;
    }
    const [known] = await ctx.db
      .select({ id: loggedModels.id })
      .from(loggedModels)
      .where(thisLoggedModel(ctx, modelId));
    if (!known) throw noLoggedModel(modelId);
  });
}
