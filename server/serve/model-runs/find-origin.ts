import { and, desc, eq, ne } from "drizzle-orm";
import { modelVersions, runs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { VersionDetails } from "../../develop/registry/versions/contract.ts";

/** Tag of a version that names its source version, by its number. */
const originTag = "quantized_from";

export interface Origin {
  versionId: string;
  /** "v2, named by its tag quantized_from". */
  name: string;
}

/**
 * Finds the version of the same model that a version was derived from: the one that its tag names, else the one of its run's parent,
 * else the champion. Returns a description when there is none.
 */
export async function findOrigin(
  ctx: Context,
  version: VersionDetails,
  baseline: VersionDetails | null,
): Promise<Origin | string> {
  const named = version.tags.find(({ key }) => key === originTag)?.value;
  if (named !== undefined) {
    const [, number] = /(?:^|[v/])(\d{1,9})$/.exec(named.trim()) ?? [];
    const found = number === undefined ? undefined : await ofNumber(ctx, version, Number(number));
    return found ?? `its tag ${originTag} is "${named}", which is not another version of this model`;
  }
  const parent = await ofParentRun(ctx, version);
  if (parent) return parent;
  if (baseline) return { versionId: baseline.id, name: `v${baseline.version}, the champion` };
  return `its origin is unknown, and there is no champion. Set the tag ${originTag} to a version`;
}

async function ofNumber(ctx: Context, { modelId, id }: VersionDetails, number: number): Promise<Origin | undefined> {
  const [found] = await ctx.db
    .select({ id: modelVersions.id })
    .from(modelVersions)
    .where(
      and(
        eq(modelVersions.workspaceId, ctx.actor.workspaceId),
        eq(modelVersions.modelId, modelId),
        eq(modelVersions.version, number),
        ne(modelVersions.id, id),
      ),
    );
  return found && { versionId: found.id, name: `v${number}, from its tag ${originTag}` };
}

async function ofParentRun(ctx: Context, { modelId, id, runId }: VersionDetails): Promise<Origin | undefined> {
  const [found] = await ctx.db
    .select({ id: modelVersions.id, version: modelVersions.version })
    .from(runs)
    .innerJoin(modelVersions, eq(modelVersions.runId, runs.parentRunId))
    .where(
      and(
        eq(runs.workspaceId, ctx.actor.workspaceId),
        eq(modelVersions.workspaceId, ctx.actor.workspaceId),
        eq(runs.id, runId),
        eq(modelVersions.modelId, modelId),
        ne(modelVersions.id, id),
      ),
    )
    .orderBy(desc(modelVersions.version))
    .limit(1);
  return found && { versionId: found.id, name: `v${found.version}, from its parent run` };
}
