import { and, eq } from "drizzle-orm";
import { modelVersions, registeredModels } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { noModel } from "../lookups.ts";
import { type RegisteredModel, RenameRegisteredModel } from "./contract.ts";
import { loadModel } from "./rows.ts";

/** Renames a model; versions, tags and aliases follow. @throws DomainError "not-found", "conflict" if the name is taken. */
export async function renameRegisteredModel(ctx: Context, input: RenameRegisteredModel): Promise<RegisteredModel> {
  permit(ctx, "renameRegisteredModel");
  const { name, newName } = RenameRegisteredModel.parse(input);
  return transact(ctx, async (ctx) => {
    const now = Date.now();
    const [model] = await ctx.db
      .update(registeredModels)
      .set({ name: newName, updatedAt: now })
      .where(and(eq(registeredModels.workspaceId, ctx.actor.workspaceId), eq(registeredModels.name, name)))
      .returning();
    if (!model) throw noModel(name);
    await ctx.db.update(modelVersions).set({ updatedAt: now }).where(eq(modelVersions.modelId, model.id));
    await record(ctx, "model.renamed", { subject: `model/${newName}`, before: { name }, after: { name: newName } });
    await publish(ctx, "model", model.id);
    return loadModel(ctx, newName);
  }).catch((error: unknown) => {
    if (!isNameInUse(error)) throw error;
    throw new DomainError("conflict", `Registered Model (name=${newName}) already exists.`, { cause: error });
  });
}

/** Returns whether the error is a name conflict: only the database detects two users who use one name at the same time. */
function isNameInUse(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "constraint" in cause && cause.constraint === "registered_models_name";
}
