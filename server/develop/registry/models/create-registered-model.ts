import { registeredModels, registeredModelTags } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { latestPerKey } from "#server/develop/tracking/keys.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { CreateRegisteredModel, type RegisteredModel } from "./contract.ts";
import { ownerOf } from "./owner-of.ts";
import { loadModel } from "./rows.ts";

/** Creates a model without versions, owned by its creator. @throws DomainError "conflict" when the name is taken. */
export async function createRegisteredModel(ctx: Context, input: CreateRegisteredModel): Promise<RegisteredModel> {
  permit(ctx, "createRegisteredModel");
  const { name, description, tags } = CreateRegisteredModel.parse(input);
  return transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    const now = Date.now();
    const [model] = await ctx.db
      .insert(registeredModels)
      .values({ workspaceId, name, description, ...(await ownerOf(ctx)), createdAt: now, updatedAt: now })
      .onConflictDoNothing()
      .returning();
    if (!model) throw new DomainError("conflict", `Registered Model (name=${name}) already exists.`);
    const rows = latestPerKey(tags).map((tag) => ({ workspaceId, modelId: model.id, ...tag }));
    if (rows.length > 0) await ctx.db.insert(registeredModelTags).values(rows);
    await record(ctx, "model.created", { subject: `model/${name}`, after: { description, tags } });
    await publish(ctx, "model", model.id);
    return loadModel(ctx, name);
  });
}
