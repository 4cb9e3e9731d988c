import { and, eq } from "drizzle-orm";
import { loggedModelTags } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { touchLoggedModel } from "./lock-logged-model.ts";

/** Removes a tag of a logged model. @throws DomainError "not-found" when it has no such tag. */
export async function deleteLoggedModelTag(ctx: Context, input: { modelId: string; key: string }): Promise<void> {
  permit(ctx, "deleteLoggedModelTag");
  const { modelId, key } = input;
  await transact(ctx, async (ctx) => {
    await touchLoggedModel(ctx, modelId);
    const removed = await ctx.db
      .delete(loggedModelTags)
      .where(and(eq(loggedModelTags.modelId, modelId), eq(loggedModelTags.key, key)))
      .returning({ key: loggedModelTags.key });
    if (removed.length === 0) {
      throw new DomainError("not-found", `No tag with key '${key}' found for model with ID '${modelId}'.`);
    }
  });
}
