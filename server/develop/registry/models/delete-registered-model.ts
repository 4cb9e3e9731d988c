import { and, eq } from "drizzle-orm";
import { modelVersions, registeredModels } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { noteLock } from "#server/base/lock-order.ts";
import { deleteFeatureUses } from "#server/develop/features/pinned/note-uses.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { noModel } from "../lookups.ts";
import { refuseWhileProtected } from "../policy/refuse-while-protected.ts";
import { keepDeleted } from "../trash/keep-deleted.ts";
import { refuseWhileServed } from "../versions/refuse-while-served.ts";
import { ModelKey } from "./contract.ts";
import { selectAliases } from "./rows.ts";

/**
 * Moves a model with its versions, tags and aliases to the trash; the name is free again.
 * @throws DomainError "not-found", "conflict" while a version of it serves an endpoint or a protected alias points at one.
 */
export async function deleteRegisteredModel(ctx: Context, input: ModelKey): Promise<void> {
  permit(ctx, "deleteRegisteredModel");
  const { name } = ModelKey.parse(input);
  await transact(ctx, async (ctx) => {
    const isThis = and(eq(registeredModels.workspaceId, ctx.actor.workspaceId), eq(registeredModels.name, name));
    noteLock(ctx, "registered model");
    const [model] = await ctx.db.select().from(registeredModels).where(isThis).for("update");
    if (!model) throw noModel(name);
    await refuseWhileServed(ctx, eq(modelVersions.modelId, model.id));
    const aliases = (await selectAliases(ctx, [model.id])).get(model.id) ?? [];
    await refuseWhileProtected(
      ctx,
      model,
      aliases.map(({ alias }) => alias),
    );
    await keepDeleted(ctx, { modelId: model.id, name });
    const versions = await ctx.db
      .select({ id: modelVersions.id })
      .from(modelVersions)
      .where(eq(modelVersions.modelId, model.id));
    await deleteFeatureUses(
      ctx,
      "model-version",
      versions.map(({ id }) => id),
    );
    await ctx.db.delete(registeredModels).where(isThis);
    await record(ctx, "model.deleted", {
      subject: `model/${name}`,
      before: { description: model.description, lastVersion: model.lastVersion, aliases },
    });
    await publish(ctx, "model", model.id);
  });
}
