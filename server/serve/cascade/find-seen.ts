import { and, eq } from "drizzle-orm";
import { modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { servedPipeline } from "../versions/served-model.ts";
import type { SeenVersion } from "./signature-differences.ts";

/** Returns a version's interface to callers, also if an engine runs it. @throws DomainError "conflict" without a signature */
export async function findSeen(ctx: Context, versionId: string): Promise<SeenVersion> {
  const [row] = await ctx.db
    .select()
    .from(modelVersions)
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), eq(modelVersions.id, versionId)));
  if (!row?.signature) throw new DomainError("conflict", "The version has no signature, so its inputs are unknown.");
  return { signature: row.signature, pipeline: servedPipeline(row) };
}
