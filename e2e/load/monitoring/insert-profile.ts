import { and, eq } from "drizzle-orm";
import { modelVersions, referenceFeatures, referenceProfiles, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { ProfiledFeature } from "#server/watch/monitoring/state/contract.ts";

/** Inserts an active reference for a version, as if built from a number of rows. @returns ids of the version and of the reference */
export async function insertProfile(
  ctx: Context,
  { model, version = 1 }: { model: string; version?: number },
  rows: number,
  features: readonly ProfiledFeature[],
): Promise<{ versionId: string; profileId: string }> {
  const { workspaceId } = ctx.actor;
  const [found] = await ctx.db
    .select({ versionId: modelVersions.id })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(
      and(
        eq(modelVersions.workspaceId, workspaceId),
        eq(registeredModels.name, model),
        eq(modelVersions.version, version),
      ),
    );
  if (!found) throw new Error(`There is no version ${version} of "${model}".`);
  const { versionId } = found;
  const [made] = await ctx.db
    .insert(referenceProfiles)
    .values({
      workspaceId,
      versionId,
      source: { kind: "dataset", name: "made", digest: "", labelColumn: null, where: null, columns: {} },
      state: "ready",
      rows,
      createdBy: "load",
    })
    .returning();
  if (!made) throw new Error("The reference was not created.");
  await ctx.db.insert(referenceFeatures).values(
    features.map(({ name, role, profile }, ordinal) => ({
      workspaceId,
      profileId: made.id,
      ordinal,
      name,
      role,
      profile,
    })),
  );
  return { versionId, profileId: made.id };
}
