import { and, eq } from "drizzle-orm";
import { registeredModelTags } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findModel } from "../lookups.ts";
import { DeleteModelTag } from "./contract.ts";

/** Takes a tag off a model; one that is not there is fine. @throws DomainError "not-found" for the model. */
export async function deleteModelTag(ctx: Context, input: DeleteModelTag): Promise<void> {
  permit(ctx, "deleteModelTag");
  const { name, key } = DeleteModelTag.parse(input);
  await transact(ctx, async (ctx) => {
    const { id: modelId } = await findModel(ctx, name);
    const [tag] = await ctx.db
      .delete(registeredModelTags)
      .where(and(eq(registeredModelTags.modelId, modelId), eq(registeredModelTags.key, key)))
      .returning();
    if (!tag) return;
    await record(ctx, "model.untagged", { subject: `model/${name}`, before: { [key]: tag.value } });
    await publish(ctx, "model", modelId);
  });
}
