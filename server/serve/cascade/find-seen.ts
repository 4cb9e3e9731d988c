import { and, eq, inArray } from "drizzle-orm";
import { modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { servedPipeline } from "../versions/served-model.ts";
import type { SeenVersion } from "./signature-differences.ts";

/** Returns a version's interface to callers, also if an engine runs it. @throws DomainError "conflict" without a signature */
export async function findSeen(ctx: Context, versionId: string): Promise<SeenVersion> {
  const seen = (await findAllSeen(ctx, [versionId])).get(versionId);
  if (!seen) throw new DomainError("conflict", "The version has no signature, so its inputs are unknown.");
  return seen;
}

/** Returns the interfaces of versions to callers, by version. Versions without a signature are absent. */
export async function findAllSeen(ctx: Context, versionIds: readonly string[]): Promise<Map<string, SeenVersion>> {
  const rows = await ctx.db
    .select()
    .from(modelVersions)
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), inArray(modelVersions.id, [...versionIds])));
  return new Map(
    rows.flatMap((row) =>
      row.signature ? [[row.id, { signature: row.signature, pipeline: servedPipeline(row) }] as const] : [],
    ),
  );
}
