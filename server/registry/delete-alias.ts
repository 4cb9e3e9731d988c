import { and, eq } from "drizzle-orm";
import { modelAliases, modelVersions } from "#db/schema/index.ts";
import { record } from "#server/audit/record.ts";
import { type Context, transact } from "#server/context.ts";
import { publish } from "#server/events/publish.ts";
import { permit } from "#server/identity/permit.ts";
import { DeleteAlias } from "./contract.ts";
import { findModel } from "./lookups.ts";

/** Takes an alias away; one that is not there is fine. @throws DomainError "not-found" for the model. */
export async function deleteAlias(ctx: Context, input: DeleteAlias): Promise<void> {
  permit(ctx, "deleteAlias");
  const { name, alias, reason } = DeleteAlias.parse(input);
  await transact(ctx, async (ctx) => {
    const { id: modelId } = await findModel(ctx, name);
    const [deleted] = await ctx.db
      .delete(modelAliases)
      .where(and(eq(modelAliases.modelId, modelId), eq(modelAliases.alias, alias)))
      .returning();
    if (!deleted) return;
    const [before] = await ctx.db
      .select({ version: modelVersions.version })
      .from(modelVersions)
      .where(eq(modelVersions.id, deleted.versionId));
    await record(ctx, "alias.deleted", { subject: `model/${name}`, before: { alias, ...before }, reason });
    await publish(ctx, "model", modelId);
  });
}
