import { and, desc, eq, isNotNull, sql } from "drizzle-orm";
import { deployments } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { decryptSecret } from "#server/platform/secrets/decrypt-secret.ts";
import type { Engine, NewEngine } from "./contract.ts";

/**
 * Returns the value of an engine's secret header: the given one, or else that of the newest deployment to the endpoint with the
 * same URL and header, so that users who cannot read it can deploy it again. Never one that was given for another URL.
 * @throws DomainError "invalid" when there is none
 */
export async function retainedSecret(
  ctx: Context,
  endpointId: string,
  { url, headerName }: Engine,
  header: NewEngine["header"],
): Promise<string | null> {
  if (!header || headerName === null) return null;
  if (header.value !== undefined) return header.value;
  const [before] = await ctx.db
    .select({ id: deployments.id, secret: deployments.engineSecret })
    .from(deployments)
    .where(
      and(
        eq(deployments.workspaceId, ctx.actor.workspaceId),
        eq(deployments.endpointId, endpointId),
        isNotNull(deployments.engineSecret),
        sql`${deployments.engine} ->> 'url' = ${url} and ${deployments.engine} ->> 'headerName' = ${headerName}`,
      ),
    )
    .orderBy(desc(deployments.id))
    .limit(1);
  if (before?.secret) return decryptSecret(ctx.db, "deployments.engine_secret", before.id, before.secret);
  throw new DomainError("invalid", `Enter a value for header ${headerName}; none is stored for ${url}.`);
}
