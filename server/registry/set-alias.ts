import { and, eq } from "drizzle-orm";
import { modelAliases, modelVersions } from "#db/schema/index.ts";
import { record } from "#server/audit/record.ts";
import { type Context, transact } from "#server/context.ts";
import { publish } from "#server/events/publish.ts";
import { permit } from "#server/identity/permit.ts";
import { SetAlias } from "./contract.ts";
import { findVersion } from "./lookups.ts";

/** Points an alias at a version, away from the one it pointed at. @throws DomainError "not-found" */
export async function setAlias(ctx: Context, input: SetAlias): Promise<void> {
  permit(ctx, "setAlias");
  const { name, version, alias, reason } = SetAlias.parse(input);
  await transact(ctx, async (ctx) => {
    const { id: versionId, modelId } = await findVersion(ctx, { name, version });
    const [before] = await ctx.db
      .select({ version: modelVersions.version })
      .from(modelAliases)
      .innerJoin(modelVersions, eq(modelVersions.id, modelAliases.versionId))
      .where(and(eq(modelAliases.modelId, modelId), eq(modelAliases.alias, alias)))
      .for("update", { of: modelAliases });
    if (before?.version === version) return;
    await ctx.db
      .insert(modelAliases)
      .values({ workspaceId: ctx.actor.workspaceId, modelId, alias, versionId })
      .onConflictDoUpdate({ target: [modelAliases.modelId, modelAliases.alias], set: { versionId } });
    await record(ctx, "alias.set", {
      subject: `model/${name}`,
      before: before && { alias, ...before },
      after: { alias, version },
      reason,
    });
    await publish(ctx, "model", modelId);
  });
}
