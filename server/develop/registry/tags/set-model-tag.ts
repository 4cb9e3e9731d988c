import { registeredModelTags } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findModel } from "../lookups.ts";
import { SetModelTag } from "./contract.ts";

/** Sets a tag of a model, or changes its value. @throws DomainError "not-found" */
export async function setModelTag(ctx: Context, input: SetModelTag): Promise<void> {
  permit(ctx, "setModelTag");
  const { name, key, value } = SetModelTag.parse(input);
  await transact(ctx, async (ctx) => {
    const { id: modelId } = await findModel(ctx, name);
    await ctx.db
      .insert(registeredModelTags)
      .values({ workspaceId: ctx.actor.workspaceId, modelId, key, value })
      .onConflictDoUpdate({ target: [registeredModelTags.modelId, registeredModelTags.key], set: { value } });
    await record(ctx, "model.tagged", { subject: `model/${name}`, after: { [key]: value } });
    await publish(ctx, "model", modelId);
  });
}
