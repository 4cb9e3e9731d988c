import { and, desc, eq, inArray, isNull, type SQL } from "drizzle-orm";
import { z } from "zod";
import { modelVersions, referenceProfiles, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { UploadProblem } from "#server/develop/datasets/contract.ts";
import { Calibration, ProfileKey, ProfileSource, type ReferenceProfile, ReferenceQuality } from "./contract.ts";

const Importances = z.record(z.string(), z.number());

/** Selects a profile of this workspace that is not built yet. */
export function isUnbuilt(ctx: Context, profileId: string): SQL | undefined {
  return and(
    eq(referenceProfiles.id, profileId),
    eq(referenceProfiles.workspaceId, ctx.actor.workspaceId),
    inArray(referenceProfiles.state, ["waiting", "running"]),
  );
}

/** Profiles with what they are of, newest first. @param where must hold the workspace. */
export async function selectProfiles(ctx: Context, where: SQL | undefined, limit: number): Promise<ReferenceProfile[]> {
  const rows = await ctx.db
    .select({ profile: referenceProfiles, modelName: registeredModels.name, version: modelVersions.version })
    .from(referenceProfiles)
    .innerJoin(modelVersions, eq(modelVersions.id, referenceProfiles.versionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(where)
    .orderBy(desc(referenceProfiles.createdAt), desc(referenceProfiles.id))
    .limit(limit);
  return rows.map(({ profile, modelName, version }) => {
    const { workspaceId, sampleKey, source, problem, quality, calibration, importances, notes, ...rest } = profile;
    return {
      ...rest,
      modelName,
      version,
      source: ProfileSource.parse(source),
      problem: problem === null ? null : UploadProblem.parse(problem),
      quality: quality === null ? null : ReferenceQuality.parse(quality),
      calibration: calibration === null ? null : Calibration.parse(calibration),
      importances: importances === null ? null : Importances.parse(importances),
      notes: z.array(z.string()).parse(notes),
    };
  });
}

/** Profiles of this workspace that are in force or would be without a newer one. */
export function isReady(ctx: Context): SQL | undefined {
  return and(
    eq(referenceProfiles.workspaceId, ctx.actor.workspaceId),
    eq(referenceProfiles.state, "ready"),
    isNull(referenceProfiles.retiredAt),
  );
}

/** Returns one profile of a version by its key. @throws DomainError "not-found" */
export async function findProfile(ctx: Context, input: ProfileKey): Promise<ReferenceProfile> {
  const { name, version, profileId } = ProfileKey.parse(input);
  const isIt = and(
    eq(referenceProfiles.workspaceId, ctx.actor.workspaceId),
    eq(referenceProfiles.id, profileId),
    eq(registeredModels.name, name),
    eq(modelVersions.version, version),
  );
  const [found] = await selectProfiles(ctx, isIt, 1);
  if (!found) throw new DomainError("not-found", `Reference not found for version ${version} of ${name}.`);
  return found;
}
