import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import { endpoints, modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import { DomainError } from "#server/errors.ts";
import { servedVersions } from "./served-versions.ts";

/**
 * Locks versions against being deployed until the transaction ends, and refuses if one of them serves, or is a step of a cascade.
 * @param where on columns of model_versions.
 * @throws DomainError "conflict" that names the endpoint.
 */
export async function refuseWhileServed(ctx: Context, where: SQL): Promise<void> {
  // A deployment refers to its version, so it waits for this lock, or this for it.
  await ctx.db.select({ id: modelVersions.id }).from(modelVersions).where(where).for("update");
  const [served] = await servedVersions(ctx, where);
  if (served) {
    throw new DomainError(
      "conflict",
      `Version ${served.version} serves the endpoint "${served.endpointName}". Deploy another version there first.`,
    );
  }
  const [step] = await ctx.db
    .select({ version: modelVersions.version, endpointName: endpoints.name })
    .from(modelVersions)
    .innerJoin(
      endpoints,
      sql`${endpoints.workspaceId} = ${modelVersions.workspaceId}
        and ${endpoints.cascade} -> 'next' @> jsonb_build_array(jsonb_build_object('versionId', ${modelVersions.id}))`,
    )
    .where(and(eq(endpoints.workspaceId, ctx.actor.workspaceId), isNull(endpoints.archivedAt), where))
    .limit(1);
  if (!step) return;
  throw new DomainError(
    "conflict",
    `Version ${step.version} is a step of the cascade of the endpoint "${step.endpointName}". Take it out there first.`,
  );
}
